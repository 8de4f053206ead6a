/** 保留 entries in words, and mending them, sending them again or letting them go. */
import { shallowReadonly, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import type { HistoryChange } from '../../components/initiative/historyView.ts'
import { hasRole } from '../../domain/actor.ts'
import { textOf } from '../../domain/record.ts'
import { mayWrite } from '../../domain/types/initiative.ts'
import type { Shown } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { useUnits } from '../../stores/units.ts'
import { type UnsentEntry, useUnsent } from '../../stores/unsent.ts'
import { dateTimeText } from '../../text/dates.ts'
import { initiativeText } from '../../text/initiative.ts'
import { changeLines, mutationKind, mutationTitle } from '../../text/mutation.ts'
import { parkedText } from '../../text/parked.ts'
import { reasonText } from '../../text/saveError.ts'
import { prepareMending } from '../log/mendForm.ts'

export interface ParkedItem {
  readonly entry: UnsentEntry
  readonly title: string
  readonly kind: string
  readonly savedAt: string
  readonly reason: string
  readonly changes: readonly HistoryChange[]
  readonly mendable: boolean
  readonly rowTo: string | undefined
}

/** Types written in a form on the row's own page. */
const FORMS_ON_ROW = ['note', 'feedback']

export function useParked() {
  const session = useSession()
  const records = useRecords()
  const units = useUnits()
  const unsent = useUnsent()
  const toasts = useToasts()
  const router = useRouter()
  const items = shallowRef<readonly ParkedItem[]>([])
  /** `n` of the entry being saved again. */
  const resending = shallowRef<number>()

  watch(
    () => unsent.parked,
    async (entries) => {
      const fresh = await Promise.all(entries.map(describe))
      if (unsent.parked === entries) items.value = fresh
    },
    { immediate: true },
  )

  async function describe(entry: UnsentEntry): Promise<ParkedItem> {
    const { mutation, receipt, recordId } = entry
    const shown = await records.read(recordId)
    const row = [shown?.record, shown?.parent].find((one) => one?.type === 'initiative')
    const exists = row !== undefined && row.rev > 0
    return {
      entry,
      title:
        mutationTitle(mutation, (id) => (id === row?.id ? textOf(row, 'title') : undefined)) ??
        initiativeText.noTitle,
      kind: mutationKind(mutation),
      savedAt: dateTimeText(mutation.at),
      reason: reasonText(receipt?.reason ?? { type: 'failed' }, mutation.type),
      changes: changeLines(mutation, units.nameOf).map((line) => ({
        ...line,
        parents: [],
        restorable: undefined,
      })),
      mendable: isMendable(entry, shown),
      rowTo: exists ? `/initiatives/${row.id}` : undefined,
    }
  }

  /** There is a form for what was written, and the person may still write it. */
  function isMendable({ mutation }: UnsentEntry, shown: Shown | undefined): boolean {
    const actor = session.workplace?.actor
    const fields = Object.keys(mutation.set).filter((field) => field !== 'stage')
    if (actor === undefined || shown === undefined || mutation.op === 'remove' || fields.length === 0)
      return false
    if (mutation.type !== 'initiative')
      return FORMS_ON_ROW.includes(mutation.type) && shown.parent !== undefined
    return shown.record.rev === 0
      ? hasRole(actor, 'staff', 'lead')
      : mayWrite('title', { actor, record: shown.record, parent: undefined })
  }

  /** Opens the form with what was written; the parked entry goes when it is saved there. */
  async function mend(entry: UnsentEntry): Promise<void> {
    const { workplace } = session
    const shown = await records.read(entry.recordId)
    if (workplace === undefined || shown === undefined) return
    if (shown.parent !== undefined) {
      await router.push(`/initiatives/${shown.parent.id}?mend=${entry.n}`)
      return
    }
    const place = await prepareMending(workplace.forms, entry, shown)
    if (place === undefined) toasts.show(parkedText.otherTab, 'error')
    else await router.push(place)
  }

  /** Saves the same intention anew; the parked entry goes only once that is safe. */
  async function resend(entry: UnsentEntry): Promise<void> {
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
      if (!saved.ok) return toasts.show(parkedText.notResent(reasonText(saved.error, type)), 'error')
      await workplace.outbox.discardParked(entry.n)
      workplace.sync.saved()
      toasts.show(parkedText.resent)
    } finally {
      resending.value = undefined
      await unsent.reload()
    }
  }

  async function discard({ entry }: ParkedItem): Promise<void> {
    await session.workplace?.outbox.discardParked(entry.n)
    await unsent.reload()
    toasts.show(parkedText.discarded)
  }

  return { items: shallowReadonly(items), resending: shallowReadonly(resending), mend, resend, discard }
}
