/** 次年度へ引き継ぐ: next year's draft from a concluded row, with what was learnt; one tap, and one to take it back (M4-16). */
import { computed } from 'vue'
import { fiscalYearLabel } from '../../domain/fiscal.ts'
import type { RecordId } from '../../domain/ids.ts'
import { readKeptReasons } from '../../domain/keptReasons.ts'
import { type StoredRecord, textOf } from '../../domain/record.ts'
import { readInitiative } from '../../domain/types/initiative.ts'
import type { FieldValues } from '../../stores/changes.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import type { IndexEntry } from '../../stores/ports.ts'
import { type Wish, useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { carryText } from '../../text/cycle.ts'
import { reasonText } from '../../text/saveError.ts'
import { draftCarriedFrom, valuesOf } from '../log/useLogForm.ts'

export function useCarryOver() {
  const records = useRecords()
  const session = useSession()
  const initiatives = useInitiatives()
  const toasts = useToasts()

  /** Rows that go on from a row, by that row's id. */
  const next = computed(() =>
    Map.groupBy(records.ofType('initiative'), ({ facets }) => String(facets['carriedFrom'] ?? '')),
  )
  const nextOf = (row: RecordId): readonly IndexEntry[] => next.value.get(row) ?? []

  /** A concluded row of the person's unit that nobody has carried over. */
  function mayCarry({
    id,
    type,
    stage,
    facets,
  }: Pick<IndexEntry, 'id' | 'type' | 'stage' | 'facets'>): boolean {
    return (
      type === 'initiative' &&
      stage === 'concluded' &&
      session.has('staff', 'lead') &&
      facets['leadUnit'] === session.profile?.unit &&
      nextOf(id).length === 0
    )
  }

  async function learntOf(row: RecordId): Promise<StoredRecord | undefined> {
    const checks = await records.where('check', 'initiative', row)
    return checks.map(({ record }) => record).find((check) => textOf(check, 'learnt') !== '')
  }

  /** Makes the drafts, all or none, and offers to take them back. Answers whether they were made. */
  async function carry(rows: readonly RecordId[]): Promise<boolean> {
    const drafts: Wish[] = []
    for (const id of rows) {
      const record = (await records.read(id))?.record
      if (record === undefined) continue
      const values = nextValues(record, await learntOf(id))
      drafts.push(initiatives.newRow(initiatives.newId(), { stage: 'draft', values }))
    }
    const saved = await records.saveAll(drafts)
    if (!saved.ok) {
      toasts.show(reasonText(saved.error.error, 'initiative'), 'error')
      return false
    }
    const made = drafts.map(({ id }) => id)
    toasts.offer(carryText.done(made.length), { label: carryText.undo, run: () => void takeBack(made) })
    return true
  }

  async function takeBack(made: readonly RecordId[]): Promise<void> {
    for (const id of made) {
      const record = (await records.read(id))?.record
      if (record?.stage === 'draft') await initiatives.removeDraft(record)
    }
    toasts.show(carryText.undone)
  }

  return { nextOf, mayCarry, carry, learntOf }
}

/** What the new draft begins with: what the row set out to do, and what was learnt under 現状・課題. */
function nextValues(record: StoredRecord, check: StoredRecord | undefined): FieldValues {
  const { fiscalYear, unitLabel, background } = readInitiative(record)
  const learnt = check === undefined ? '' : textOf(check, 'learnt').trim()
  const said = learnt === '' ? '' : carryText.learnt(fiscalYearLabel(fiscalYear), learnt)
  const values = valuesOf(draftCarriedFrom(record))
  const begins = [background.trim(), said].filter((text) => text !== '').join('\n\n')
  const reasons = [
    ...readKeptReasons(record).filter(({ field }) => (values[field] ?? null) !== null),
    ...(check === undefined ? [] : readKeptReasons(check))
      .filter(({ field }) => field === 'learnt')
      .map((reason) => ({ ...reason, field: 'background' })),
  ]
  return {
    ...values,
    fiscalYear: fiscalYear + 1,
    unitLabel: unitLabel === '' ? null : unitLabel,
    background: begins === '' ? null : begins,
    keptReasons: reasons.length === 0 ? null : reasons,
  }
}
