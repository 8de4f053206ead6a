/** 点検: the cycles, where their rows stand, and writing and submitting checks (M4-13, M4-16). */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { type CheckLine, checkLines } from '../domain/checks.ts'
import type { RecordId } from '../domain/ids.ts'
import { type StoredRecord, fieldOf, textOf } from '../domain/record.ts'
import { type Result, ok } from '../domain/result.ts'
import { SUBMITTED_AS, checkIdOf } from '../domain/types/check.ts'
import { type CycleKind, cycleIdOf, parseCycleKind } from '../domain/types/cycle.ts'
import { nextStages } from '../domain/types/initiative.ts'
import type { IndexEntry, OutboxEntry, SaveError } from '../sync/ports.ts'
import { type FieldValues, changesBetween, createWish, editWish } from './changes.ts'
import { useInitiatives } from './initiatives.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'

type Saved = Promise<Result<OutboxEntry, SaveError>>

/** What headquarters decides of a cycle; days as `YYYY-MM-DD`. */
export interface CycleTerms {
  readonly opens: string
  readonly dueDate: string
  readonly note: string
}

export const useCycles = defineStore('cycles', () => {
  const records = useRecords()
  const session = useSession()
  const initiatives = useInitiatives()

  /** Those that take checks first, then the newest deadline. */
  const cycles = computed<readonly IndexEntry[]>(() =>
    records.ofType('cycle').toSorted((a, b) => {
      if (a.stage !== b.stage) return a.stage === 'open' ? -1 : 1
      return String(a.facets['dueDate']) < String(b.facets['dueDate']) ? 1 : -1
    }),
  )

  function linesOf(cycle: IndexEntry): CheckLine<IndexEntry>[] {
    return checkLines(cycle, { rows: records.ofType('initiative'), checks: records.ofType('check') })
  }

  const valuesOf = ({ opens, dueDate, note }: CycleTerms): FieldValues => ({
    opens,
    dueDate,
    note: note.trim() === '' ? null : note.trim(),
  })

  async function start(
    { fiscalYear, kind }: { fiscalYear: number; kind: CycleKind },
    terms: CycleTerms,
  ): Saved {
    const values = { stage: 'open', fiscalYear, kind, ...valuesOf(terms) }
    return records.save(createWish('cycle', cycleIdOf(fiscalYear, kind), values))
  }

  const edit = (started: StoredRecord, values: FieldValues): Saved => records.save(editWish(started, values))

  const change = (started: StoredRecord, terms: CycleTerms): Saved => edit(started, valuesOf(terms))

  /** Saves a check as it is written; `started` is the version the person began from, undefined for a new one. */
  async function saveCheck(
    { cycle, row, started }: { cycle: IndexEntry; row: RecordId; started: StoredRecord | undefined },
    values: FieldValues,
  ): Promise<Result<unknown, SaveError>> {
    if (started === undefined) {
      const all = { ...values, stage: 'draft', initiative: row, cycle: cycle.id, kind: kindOf(cycle) }
      return records.save(createWish('check', checkIdOf(cycle.id, row), all))
    }
    const isSame = Object.keys(changesBetween(started.fields, values)).length === 0
    return isSame ? ok(undefined) : edit(started, values)
  }

  /**
   * Submits a saved check, then moves its row on, 結果 with it. In this order: should the row have moved meanwhile, the check
   * is there all the same. Done again, it does what is left to do.
   */
  async function submitCheck(cycle: IndexEntry, row: RecordId): Promise<Result<unknown, SaveError>> {
    const check = (await records.read(checkIdOf(cycle.id, row)))?.record
    const { check: stage, row: to } = SUBMITTED_AS[kindOf(cycle)]
    if (check?.stage === 'draft') {
      const submitted = await edit(check, { stage })
      if (!submitted.ok) return submitted
    }
    const record = (await records.read(row))?.record
    const actor = session.workplace?.actor
    if (check === undefined || record === undefined || actor === undefined) return ok(undefined)
    if (!nextStages({ actor, record, parent: undefined }).includes(to)) return ok(undefined)
    const result = textOf(check, 'result') === '' ? {} : { result: fieldOf(check, 'result') }
    return initiatives.edit(record, { stage: to, ...result })
  }

  return { cycles, linesOf, start, edit, change, saveCheck, submitCheck }
})

const kindOf = ({ facets }: IndexEntry): CycleKind => parseCycleKind(facets['kind'])
