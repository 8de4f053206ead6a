/** How long each item of a meeting has been on, counted while it is shown. Quiet: nothing rings, nothing is stored. */
import { type MaybeRefOrGetter, computed, onScopeDispose, shallowRef, toValue } from 'vue'
import { meetingsText } from '../../text/meetings.ts'

const TICK_MS = 1000

/** `item` is undefined while none is shown. */
export function useItemTimer(item: MaybeRefOrGetter<{ key: string; minutes: number } | undefined>) {
  const spentMs = shallowRef<ReadonlyMap<string, number>>(new Map())
  let last = performance.now()
  const ticking = setInterval(() => {
    const now = performance.now()
    const [passed, shown] = [now - last, toValue(item)]
    last = now
    if (shown === undefined) return
    spentMs.value = new Map(spentMs.value).set(shown.key, (spentMs.value.get(shown.key) ?? 0) + passed)
  }, TICK_MS)
  onScopeDispose(() => clearInterval(ticking))

  return computed(() => {
    const shown = toValue(item)
    if (shown === undefined) return undefined
    const seconds = Math.floor((spentMs.value.get(shown.key) ?? 0) / 1000)
    const over = Math.floor(seconds / 60) - shown.minutes
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    return {
      text: meetingsText.timer(clock, shown.minutes),
      over: over > 0 ? meetingsText.timerOver(over) : '',
    }
  })
}
