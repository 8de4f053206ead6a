/** Whoever comes for one part of a page (a task, a notice) is brought there, past what stands above it and loads later. */
import { type Ref, onBeforeUnmount, onMounted } from 'vue'
import { useRoute } from 'vue-router'

/** What stands above has come by then. */
const SETTLED_MS = 2_000
/** With one of these the person decides what is in view. */
const TAKEN_OVER = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

/**
 * For the address with this `hash`: the keyboard goes to the heading, which stays in view, as does the first form of its
 * section, until the page has settled or the person takes over.
 */
export function useArrival(hash: string, heading: Readonly<Ref<HTMLElement | null>>): void {
  const route = useRoute()
  const ended = new AbortController()
  const end = (): void => ended.abort()

  function show(): void {
    heading.value?.scrollIntoView()
    heading.value?.closest('section')?.querySelector('form')?.scrollIntoView({ block: 'nearest' })
  }

  onMounted(() => {
    if (route.hash !== hash) return
    heading.value?.focus({ preventScroll: true })
    const layout = new ResizeObserver(show)
    layout.observe(document.body)
    const { signal } = ended
    signal.addEventListener('abort', () => layout.disconnect())
    for (const act of TAKEN_OVER) addEventListener(act, end, { signal, passive: true, capture: true })
    setTimeout(end, SETTLED_MS)
  })
  onBeforeUnmount(end)
}
