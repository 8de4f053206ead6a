/** What has not reached the server from this tablet, kept in step with the outbox. */
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import type { Workplace } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useSyncStatus } from '../../stores/syncStatus.ts'

export type UnsettledEntry = Awaited<ReturnType<Workplace['outbox']['unsettled']>>[number]

export function useUnsettled() {
  const session = useSession()
  const records = useRecords()
  const sync = useSyncStatus()
  const entries = shallowRef<readonly UnsettledEntry[]>([])

  async function reload(): Promise<void> {
    const { workplace } = session
    const fresh = (await workplace?.outbox.unsettled()) ?? []
    if (session.workplace === workplace) entries.value = fresh
  }
  watch([() => session.workplace, () => records.lastChange, () => sync.status], reload, { immediate: true })

  return {
    entries: shallowReadonly(entries),
    parked: computed(() => entries.value.filter(({ state }) => state === 'parked')),
    queuedCount: computed(() => entries.value.filter(({ state }) => state === 'queued').length),
    reload,
  }
}
