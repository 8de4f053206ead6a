/** Dragging rows of a list by pointer: mouse, pen and touch. Rows carry `data-index`, their handle `data-handle`. */
import { type MaybeRefOrGetter, onBeforeUnmount, shallowRef, toValue } from 'vue'

/** So near to the edge of the screen that the page is to scroll on. */
const EDGE_PX = 120
const SCROLL_PX = 12

interface DragOptions {
  /** Holds the rows, and stays in the DOM while they move. */
  readonly container: MaybeRefOrGetter<HTMLElement | null>
  readonly begin: () => void
  readonly move: (from: number, to: number) => void
  /** The drag was given up: as it was when it began. */
  readonly cancel: () => void
}

export function useDragRows({ container, begin, move, cancel }: DragOptions) {
  /** Index of the row that is dragged. */
  const dragged = shallowRef<number>()
  let pointer: { id: number; x: number; y: number } | undefined
  let frame = 0

  const indexOf = (element: Element | null): number =>
    Number(element?.closest('[data-index]')?.getAttribute('data-index') ?? Number.NaN)

  function onPointerdown(event: PointerEvent): void {
    const { target, button } = event
    if (button !== 0 || !(target instanceof Element) || target.closest('[data-handle]') === null) return
    const index = indexOf(target)
    if (Number.isNaN(index)) return
    // The container catches the pointer: a row that moves in the DOM would lose it.
    toValue(container)?.setPointerCapture(event.pointerId)
    pointer = { id: event.pointerId, x: event.clientX, y: event.clientY }
    dragged.value = index
    begin()
    frame = requestAnimationFrame(follow)
  }

  function onPointermove(event: PointerEvent): void {
    if (event.pointerId === pointer?.id) pointer = { id: pointer.id, x: event.clientX, y: event.clientY }
  }

  /** Puts the row where the pointer is, and scrolls on at the edges. */
  function follow(): void {
    if (pointer === undefined || dragged.value === undefined) return
    const beyond = pointer.y < EDGE_PX ? -1 : pointer.y > window.innerHeight - EDGE_PX ? 1 : 0
    if (beyond !== 0) window.scrollBy(0, beyond * SCROLL_PX)
    const to = placeAt(pointer, dragged.value)
    if (to !== undefined) {
      move(dragged.value, to)
      dragged.value = to
    }
    frame = requestAnimationFrame(follow)
  }

  /** Where a row at `from` goes with the pointer there: past the middle of another row, so that it does not jump back. */
  function placeAt({ x, y }: { x: number; y: number }, from: number): number | undefined {
    const over = document
      .elementsFromPoint(x, y)
      .find((element) => toValue(container)?.contains(element) === true && !Number.isNaN(indexOf(element)))
    const row = over?.closest('[data-index]')
    const to = indexOf(row ?? null)
    if (row === undefined || row === null || Number.isNaN(to) || to === from) return undefined
    const { top, height } = row.getBoundingClientRect()
    return to > from === y > top + height / 2 ? to : undefined
  }

  function end(): void {
    cancelAnimationFrame(frame)
    pointer = undefined
    dragged.value = undefined
  }

  function giveUp(): void {
    if (pointer === undefined) return
    end()
    cancel()
  }

  function onKeydown(event: KeyboardEvent): void {
    if (event.key === 'Escape') giveUp()
  }
  window.addEventListener('keydown', onKeydown)
  onBeforeUnmount(() => {
    end()
    window.removeEventListener('keydown', onKeydown)
  })

  return {
    dragged,
    /** For `v-on` of the container. */
    listeners: {
      pointerdown: onPointerdown,
      pointermove: onPointermove,
      pointerup: end,
      pointercancel: giveUp,
    },
  }
}
