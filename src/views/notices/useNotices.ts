/** お知らせ of the person, with what they have read on this tablet. */
import { computed } from 'vue'
import { type Notice, noticesOf } from '../../domain/notices.ts'
import { useClock } from '../../stores/clock.ts'
import { useRecords } from '../../stores/records.ts'
import { useSeen } from '../../stores/seen.ts'
import { useSession } from '../../stores/session.ts'
import { useUnsent } from '../../stores/unsent.ts'

export interface ReadableNotice extends Notice {
  readonly isRead: boolean
}

export function useNotices() {
  const session = useSession()
  const records = useRecords()
  const clock = useClock()
  const seen = useSeen()
  const unsent = useUnsent()

  const notices = computed<readonly ReadableNotice[]>(() => {
    const actor = session.workplace?.actor
    const { ids } = seen
    if (actor === undefined || ids === undefined || !records.loaded) return []
    return noticesOf(records.all, {
      actor,
      today: clock.today,
      parked: unsent.parked.map(({ n, recordId, mutation }) => ({ n, recordId, at: mutation.at })),
    }).map((notice) => ({ ...notice, isRead: ids.has(notice.id) }))
  })
  const unread = computed(() => notices.value.filter(({ isRead }) => !isRead))

  return {
    notices,
    unread,
    markRead: (id: string) => seen.add(id),
    markAllRead: () => seen.add(...unread.value.map(({ id }) => id)),
  }
}
