/** The time of day for what views say of it: 「5分前」, deadlines. Moves once a minute. */
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import { isoDay, localDateOf } from '../domain/fiscal.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'

const TICK_MS = 60_000

export const useClock = defineStore('clock', () => {
  const session = useSession()
  const records = useRecords()
  const now = shallowRef('')
  const read = (): void => {
    now.value = session.workplace?.now() ?? now.value
  }
  // What has just changed is not older than a minute either.
  watch([() => session.workplace, () => records.lastChange], read, { immediate: true })
  setInterval(read, TICK_MS)

  /** Today in Tokyo as `YYYY-MM-DD`; '' while nobody is signed in. */
  const today = computed(() => (now.value === '' ? '' : isoDay(localDateOf(Date.parse(now.value)))))
  return { now: shallowReadonly(now), today }
})
