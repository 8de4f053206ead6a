/** What the sync bar says, for the signed-in person. */
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import type { SyncStatus } from '../sync/status.ts'
import { useSession } from './session.ts'

/** A tablet clock further off than this is told to the person [S2]. */
const SKEW_WARNING_MS = 10 * 60 * 1000

export const useSyncStatus = defineStore('syncStatus', () => {
  const session = useSession()
  const status = shallowRef<SyncStatus>({ type: 'sending' })
  const clockIsOff = shallowRef(false)
  let stop: (() => void) | undefined

  watch(
    () => session.workplace,
    (workplace) => {
      stop?.()
      stop = workplace?.sync.onStatus((next) => {
        status.value = next
        clockIsOff.value = Math.abs(workplace.sync.clockSkewMs() ?? 0) > SKEW_WARNING_MS
      })
    },
    { immediate: true },
  )

  return {
    status: shallowReadonly(status),
    isSending: computed(() => status.value.type === 'sending'),
    /** Rows of this person may still be on their way to a new tablet. */
    isReceiving: computed(() => status.value.type === 'sending' || status.value.type === 'loading'),
    clockIsOff: shallowReadonly(clockIsOff),
    syncNow: () => session.workplace?.sync.now() ?? Promise.resolve(),
  }
})
