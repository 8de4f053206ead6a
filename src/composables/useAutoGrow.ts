import { nextTick, onBeforeUnmount, onMounted, toValue, watch } from 'vue'
import type { MaybeRefOrGetter } from 'vue'

/** Lets a textarea grow with its text. Browsers with `field-sizing` do it in CSS; the others are measured. */
export function useAutoGrow(
  element: MaybeRefOrGetter<HTMLTextAreaElement | null>,
  text: MaybeRefOrGetter<string>,
): void {
  let observer: ResizeObserver | null = null
  let lastWidth = 0

  function fit(): void {
    const area = toValue(element)
    if (!area || area.clientWidth === 0) return
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`
  }

  onMounted(() => {
    if (CSS.supports('field-sizing', 'content')) return
    const area = toValue(element)
    if (!area) return
    // A hidden field (closed disclosure) has no width until it is shown; a rotation changes it.
    observer = new ResizeObserver(() => {
      if (area.clientWidth === lastWidth) return
      lastWidth = area.clientWidth
      fit()
    })
    observer.observe(area)
    fit()
  })
  watch(
    () => toValue(text),
    () => {
      if (observer) void nextTick(fit)
    },
  )
  onBeforeUnmount(() => observer?.disconnect())
}
