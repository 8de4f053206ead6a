/** 保留 entries in words, and sending them again or letting them go. */
import { type MaybeRefOrGetter, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import { typeOf } from '../../domain/types/index.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { dateTimeText } from '../../text/dates.ts'
import { detailText } from '../../text/detail.ts'
import { initiativeText } from '../../text/initiative.ts'
import { settingsText } from '../../text/settings.ts'
import { reasonText } from '../../text/saveError.ts'
import type { UnsettledEntry } from './useUnsettled.ts'

export interface ParkedItem {
  readonly entry: UnsettledEntry
  readonly title: string
  readonly kind: string
  readonly savedAt: string
  readonly reason: string
}

export function useParked(parked: MaybeRefOrGetter<readonly UnsettledEntry[]>) {
  const session = useSession()
  const records = useRecords()
  const toasts = useToasts()
  const items = shallowRef<readonly ParkedItem[]>([])
  /** `n` of the entry being saved again. */
  const resending = shallowRef<number>()

  watch(
    () => toValue(parked),
    async (entries) => {
      const fresh = await Promise.all(entries.map(describe))
      if (toValue(parked) === entries) items.value = fresh
    },
    { immediate: true },
  )

  async function describe(entry: UnsettledEntry): Promise<ParkedItem> {
    const { mutation, receipt } = entry
    return {
      entry,
      title: await titleOf(entry),
      kind: settingsText.tablet.entry(
        typeOf(mutation.type)?.label ?? mutation.type,
        detailText.op[mutation.op],
      ),
      savedAt: dateTimeText(mutation.at),
      reason: reasonText(receipt?.reason ?? { type: 'failed' }, mutation.type),
    }
  }

  /** Its own words, else the title of the record it belongs to. */
  async function titleOf({ mutation, recordId }: UnsettledEntry): Promise<string> {
    const shown = await records.read(recordId)
    const titles = [
      mutation.set['title']?.to,
      mutation.set['text']?.to,
      mutation.set['reply']?.to,
      shown?.record.fields['title'],
      shown?.parent?.fields['title'],
    ]
    return (
      titles.filter((title) => typeof title === 'string').find((title) => title.trim() !== '') ??
      initiativeText.noTitle
    )
  }

  /** Saves the same intention anew; the parked entry goes only once that is safe. */
  async function resend({ entry }: ParkedItem): Promise<void> {
    const { workplace } = session
    if (workplace === undefined || resending.value !== undefined) return
    resending.value = entry.n
    try {
      const { v, op, type, id, stage, set, blobs, resolves } = entry.mutation
      const saved = await workplace.outbox.save({
        ...{ v, op, type, id, stage, set, blobs },
        ...(resolves === undefined ? {} : { resolves }),
        at: workplace.now(),
      })
      if (!saved.ok) return toasts.show(settingsText.tablet.notResent(reasonText(saved.error, type)), 'error')
      await workplace.outbox.discardParked(entry.n)
      workplace.sync.saved()
      toasts.show(settingsText.tablet.resent)
    } finally {
      resending.value = undefined
    }
  }

  async function discard({ entry }: ParkedItem): Promise<void> {
    await session.workplace?.outbox.discardParked(entry.n)
    toasts.show(settingsText.tablet.discarded)
  }

  return { items: shallowReadonly(items), resending: shallowReadonly(resending), resend, discard }
}
