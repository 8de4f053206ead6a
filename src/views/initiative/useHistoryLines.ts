/** The history of a record in words: who changed what, merged from what, and what it can be put back to. */
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import type { HistoryChange, HistoryLine } from '../../components/initiative/historyView.ts'
import { type Json, jsonEqual } from '../../domain/json.ts'
import { type StoredRecord, fieldOf } from '../../domain/record.ts'
import { typeOf } from '../../domain/types/index.ts'
import type { HistoryEntry } from '../../domain/wire.ts'
import { type LoadedHistory, useHistory } from '../../stores/history.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { dateTimeText } from '../../text/dates.ts'
import { detailText } from '../../text/detail.ts'
import { fieldValueText } from '../../text/fieldValue.ts'
import { historyText } from '../../text/history.ts'
import { fieldLabel } from '../../text/saveError.ts'

/** Not for people. */
const HIDDEN_FIELDS = ['importKey', 'publicKey', 'source', 'owner']
/** A save that reached the server later than this was made without a network. */
const LATE_MS = 10 * 60 * 1000

export function useHistoryLines(target: MaybeRefOrGetter<StoredRecord>) {
  const session = useSession()
  const history = useHistory()
  const units = useUnits()

  const loaded = computed(() => history.known.get(toValue(target).id))
  const lines = computed(() =>
    (loaded.value?.entries ?? []).map((entry) => lineOf(entry, loaded.value?.versions ?? [])),
  )
  /** Fields that were ever changed, in the type's order. */
  const fields = computed(() => {
    const { type } = toValue(target)
    const named = new Set(
      lines.value.flatMap(({ changes, conflicts }) => [...changes, ...conflicts].map(({ field }) => field)),
    )
    const order = ['stage', ...Object.keys(typeOf(type)?.fields ?? {}), 'removed']
    return order
      .filter((field) => named.has(field))
      .map((field) => ({ field, label: fieldLabel(type, field) }))
  })

  const nameOf = (uid: string): string => units.memberName(uid) || detailText.someone
  const words = (field: string, value: Json): string =>
    fieldValueText(field, value, units.nameOf, toValue(target).type)

  function lineOf(entry: HistoryEntry, versions: LoadedHistory['versions']): HistoryLine {
    const { type } = toValue(target)
    const late = Date.parse(entry.acceptedAt) - Date.parse(entry.at) > LATE_MS
    const parents = (theirs: string, mine: string): HistoryChange['parents'] => [
      { heading: historyText.server, text: theirs },
      { heading: historyText.mine(nameOf(entry.by)), text: mine },
    ]
    return {
      key: `${entry.rev}|${entry.acceptedAt}|${entry.at}`,
      who: nameOf(entry.by),
      when: dateTimeText(entry.acceptedAt),
      savedAt: late ? dateTimeText(entry.at) : undefined,
      summary: summaryOf(entry),
      note: entry.purge === undefined ? undefined : purgeNote(entry.purge),
      changes: Object.entries(entry.set)
        .filter(([field]) => !HIDDEN_FIELDS.includes(field))
        .map(([field, { from, to, mine }]) => ({
          field,
          label: fieldLabel(type, field),
          from: words(field, from),
          to: words(field, to),
          isText: typeOf(type)?.fields[field]?.freeText === true,
          parents: mine === undefined ? [] : parents(words(field, from), words(field, mine)),
          restorable: mayRestore(field, to) ? { value: to } : undefined,
        })),
      conflicts: entry.conflicted.map((field) => {
        const kept = versions.find(
          (version) => version.field === field && version.by === entry.by && version.at === entry.at,
        )
        return {
          field,
          label: fieldLabel(type, field),
          parents: kept === undefined ? [] : parents(words(field, kept.theirs), words(field, kept.mine)),
        }
      }),
    }
  }

  function purgeNote({ scope, reason }: NonNullable<HistoryEntry['purge']>): string {
    const { type } = toValue(target)
    const labels = scope === 'record' ? [] : scope.map((field) => fieldLabel(type, field))
    return historyText.purged(labels, reason)
  }

  /** A text that stood once and does not now, and that this person may write. */
  function mayRestore(field: string, value: Json): boolean {
    const record = toValue(target)
    const actor = session.workplace?.actor
    const spec = typeOf(record.type)?.fields[field]
    if (actor === undefined || spec?.freeText !== true || (spec.merge !== 'text' && field !== 'title'))
      return false
    if (typeof value !== 'string' || jsonEqual(fieldOf(record, field), value)) return false
    return spec.write({ actor, record, parent: undefined, value })
  }

  return { loaded, lines, fields }
}

function summaryOf({ op, outcome, conflicted }: HistoryEntry): string {
  const word = Object.entries(detailText.op).find(([name]) => name === op)?.[1] ?? detailText.op.edit
  if (conflicted.length > 0) return `${word}（${detailText.conflicted}）`
  return outcome === 'merged' ? `${word}（${detailText.merged}）` : word
}
