/** One published 集計: its tables, the rows behind a figure as of its moment, and what it is compared with. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { OpenedCell } from '../../components/figures/ledgerView.ts'
import { asRecordId } from '../../domain/ids.ts'
import { UNKNOWN_PART, countLedger, isCounted } from '../../domain/ledger.ts'
import { type LedgerDiff, diffLedgers } from '../../domain/ledgerDiff.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { readLedger } from '../../domain/types/figures.ts'
import { useClock } from '../../stores/clock.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { type ListRow, usePast } from '../../stores/past.ts'
import { usePublished } from '../../stores/published.ts'
import { useRecords } from '../../stores/records.ts'
import { useUnits } from '../../stores/units.ts'
import { dateTimeText } from '../../text/dates.ts'
import { pastProblem } from '../../text/past.ts'
import { publishedText } from '../../text/published.ts'

/** The list as it is now, among what can be compared with. */
const NOW = 'now'

export function usePublishedFigures(id: MaybeRefOrGetter<string>) {
  const clock = useClock()
  const initiatives = useInitiatives()
  const past = usePast()
  const published = usePublished()
  const records = useRecords()
  const units = useUnits()

  /** undefined while it is read; null when it is not here. */
  const record = shallowRef<StoredRecord | null>()
  watch(
    [() => toValue(id), () => records.loaded, () => records.lastChange],
    async ([asked, loaded]) => {
      if (!loaded) return
      const shown = await records.read(asRecordId(asked))
      if (asked === toValue(id)) record.value = shown?.record ?? null
    },
    { immediate: true },
  )
  const ledger = computed(() => (record.value ? readLedger(record.value) : undefined))
  const item = computed(() => published.items.find((each) => each.id === toValue(id)))

  const opened = shallowRef<OpenedCell>()
  const opening = shallowRef(false)
  const problem = shallowRef('')
  const list = computed(() => past.lists.get(item.value?.asOf ?? ''))
  async function open(cell: OpenedCell): Promise<void> {
    const asOf = item.value?.asOf
    if (asOf === undefined || opening.value) return
    problem.value = ''
    if (list.value === undefined) {
      opening.value = true
      const answer = await past.loadList(asOf)
      opening.value = false
      if (!answer.ok) {
        problem.value = pastProblem(answer.error.type)
        return
      }
    }
    opened.value = cell
  }
  const inYear = (row: ListRow): boolean =>
    item.value?.fiscalYear === null || row.fiscalYear === item.value?.fiscalYear
  /** Units stood under their 部 of then. */
  const partOf = (unit: string): string =>
    ledger.value?.units.find(({ key }) => key === unit)?.part ?? UNKNOWN_PART
  const rows = computed(() => {
    const cell = opened.value?.cell
    if (cell === undefined) return []
    return (list.value?.rows ?? []).filter((row) => inYear(row) && isCounted(cell, row, partOf))
  })

  const other = shallowRef('')
  watch(
    () => toValue(id),
    () => (other.value = ''),
  )
  const choices = computed(() => [
    { value: '', label: publishedText.compareNone },
    { value: NOW, label: publishedText.compareNow },
    ...published.items
      .filter((each) => each.id !== toValue(id))
      .map(({ id: value, title, asOf }) => ({ value, label: `${title}（${dateTimeText(asOf)}）` })),
  ])
  const otherRecord = shallowRef<StoredRecord>()
  watch(other, async (asked) => {
    otherRecord.value = undefined
    if (asked === '' || asked === NOW) return
    const shown = await records.read(asRecordId(asked))
    if (asked === other.value) otherRecord.value = shown?.record
  })
  /** From the earlier moment to the later one. */
  const comparison = computed<{ heading: string; diff: LedgerDiff } | undefined>(() => {
    const own = ledger.value
    const asOf = item.value?.asOf
    if (own === undefined || asOf === undefined || other.value === '') return undefined
    if (other.value === NOW) {
      const counted = countLedger(initiatives.items.filter(inYear), {
        ...{ units: units.units, themes: initiatives.themes },
      })
      return comparisonOf({ asOf, ledger: own }, { asOf: clock.now, ledger: counted })
    }
    const theirs = otherRecord.value === undefined ? undefined : readLedger(otherRecord.value)
    const theirMoment = published.items.find(({ id: each }) => each === other.value)?.asOf
    if (theirs === undefined || theirMoment === undefined) return undefined
    const [mine, yours] = [
      { asOf, ledger: own },
      { asOf: theirMoment, ledger: theirs },
    ]
    return asOf < theirMoment ? comparisonOf(mine, yours) : comparisonOf(yours, mine)
  })

  return {
    record,
    item,
    ledger,
    opened,
    opening: shallowReadonly(opening),
    problem: shallowReadonly(problem),
    open,
    rows,
    other,
    choices,
    comparison,
  }
}

type Dated = { readonly asOf: string; readonly ledger: Parameters<typeof diffLedgers>[0] }

function comparisonOf(before: Dated, after: Dated): { heading: string; diff: LedgerDiff } {
  return {
    heading: publishedText.compareTitle(dateTimeText(before.asOf), dateTimeText(after.asOf)),
    diff: diffLedgers(before.ledger, after.ledger),
  }
}
