/** Rows of a long list that scrolls with the page: over 100, only those near the screen are in the DOM. */
import { useWindowVirtualizer } from '@tanstack/vue-virtual'
import {
  type ComponentPublicInstance,
  type MaybeRefOrGetter,
  computed,
  onBeforeUnmount,
  onMounted,
  shallowRef,
  toValue,
  watch,
} from 'vue'

const MAX_PLAIN_ROWS = 100
const OVERSCAN_ROWS = 12

interface WindowRowsOptions {
  /** The element whose top is the list's top. */
  readonly container: MaybeRefOrGetter<HTMLElement | null>
  readonly estimatePx: number
  readonly gapPx: number
  /** Height of what stands in the container above the first row. */
  readonly headPx?: number
  /** The person asked for the search box; the list has none when absent. */
  readonly onSearch?: () => void
}

export function useWindowRows<T extends { readonly id: string }>(
  items: MaybeRefOrGetter<readonly T[]>,
  { container, estimatePx, gapPx, headPx = 0, onSearch }: WindowRowsOptions,
) {
  const all = computed(() => toValue(items))
  const isVirtual = computed(() => all.value.length > MAX_PLAIN_ROWS)
  const top = shallowRef(0)

  const virtualizer = useWindowVirtualizer<HTMLElement>(
    computed(() => {
      const rows = all.value
      return {
        count: isVirtual.value ? rows.length : 0,
        estimateSize: () => estimatePx,
        getItemKey: (index: number) => rows[index]?.id ?? index,
        gap: gapPx,
        overscan: OVERSCAN_ROWS,
        scrollMargin: top.value,
      }
    }),
  )

  function place(): void {
    const element = toValue(container)
    if (element !== null && isVirtual.value)
      top.value = Math.round(element.getBoundingClientRect().top + window.scrollY) + headPx
  }
  // What stands above the list (filters, banners) changes its height with the width and with the news.
  const observer = new ResizeObserver(place)
  // Tells at once, after the page was laid out: asked any earlier, the list would be laid out for the answer alone.
  onMounted(() => observer.observe(document.body))
  onBeforeUnmount(() => observer.disconnect())
  watch(() => all.value.length, place, { flush: 'post' })

  const shown = computed(() => (isVirtual.value ? virtualizer.value.getVirtualItems() : []))
  const rows = computed(() =>
    isVirtual.value
      ? shown.value.flatMap(({ index }) => {
          const item = all.value[index]
          return item === undefined ? [] : [{ item, index }]
        })
      : all.value.map((item, index) => ({ item, index })),
  )
  /** Heights of what is left out before and after. */
  const beforePx = computed(() => Math.max(0, (shown.value[0]?.start ?? top.value) - top.value))
  const afterPx = computed(() => {
    const end = shown.value.at(-1)?.end
    return end === undefined ? 0 : Math.max(0, virtualizer.value.getTotalSize() - (end - top.value))
  })

  /** For `:ref` of each row, which carries its `data-index`. */
  function measure(target: Element | ComponentPublicInstance | null): void {
    if (!isVirtual.value || target === null) return
    const element: unknown = target instanceof Element ? target : target.$el
    if (element instanceof HTMLElement) virtualizer.value.measureElement(element)
  }

  /** The row that is to have the focus once it is scrolled into the DOM; it may come and go until the scrolling ends. */
  let awaited: number | undefined

  const rowAt = (index: number): Element | null =>
    toValue(container)?.querySelector(`[data-index="${index}"]`) ?? null

  function focusAwaited(): void {
    const row = awaited === undefined ? null : rowAt(awaited)
    if (row === null) return
    if (!row.contains(document.activeElement)) row.querySelector('a')?.focus()
    if (!virtualizer.value.isScrolling) awaited = undefined
  }
  watch(virtualizer, focusAwaited, { flush: 'post' })

  function go(index: number): void {
    awaited = index
    if (rowAt(index) === null) virtualizer.value.scrollToIndex(index, { align: 'center' })
    else focusAwaited()
  }

  /** For `@keydown` of the container: keys that move between rows, and the one that leads to the search box. */
  function onKeydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return
    const at = Number(event.target.closest('[data-index]')?.getAttribute('data-index') ?? Number.NaN)
    const last = all.value.length - 1
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      j: at + 1,
      k: at - 1,
      Home: 0,
      End: last,
    }
    const index = targets[event.key]
    if (event.key === '/' && onSearch !== undefined) onSearch()
    else if (index === undefined || Number.isNaN(at) || index < 0 || index > last) return
    else go(index)
    event.preventDefault()
  }

  /** Brings the keyboard to a row that is in the list, unless something is being typed. */
  function focusRow(id: string): void {
    if (document.activeElement instanceof HTMLInputElement) return
    const index = id === '' ? -1 : all.value.findIndex((row) => row.id === id)
    if (index >= 0) go(index)
  }

  return { rows, beforePx, afterPx, measure, focusRow, onKeydown }
}
