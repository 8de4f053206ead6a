/** 取込 (import) from a spreadsheet: rows in, intentions and per-row errors out. Here of units; of 取組 in importInitiatives.ts. */
import * as v from 'valibot'
import { type IsoTime, type RecordId, asRecordId, unitIdSchema } from './ids.ts'
import { type Json, jsonEqual } from './json.ts'
import type { Intention } from './mutation.ts'
import { type RecordType, type StoredRecord, fieldOf } from './record.ts'
import type { Finding } from './privacy/finding.ts'
import { unitType } from './types/unit.ts'

/** A row of the sheet: its line in the file (1 = the header) and its cells by column name, as written. */
export interface ImportRow {
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

/** Why a row was left out; the words come from text/ja.ts. `value` is the cell that was not accepted. */
export interface ImportError {
  readonly line: number
  readonly type:
    'malformedRow' | 'missingValue' | 'invalidValue' | 'duplicate' | 'unknownUnit' | 'ambiguousUnit'
  readonly column?: string
  readonly value?: string
  /** So many UTF-16 units the field takes, where the value is longer. */
  readonly max?: number
}

/** What an import would do; nothing is written until its intentions are. */
export interface ImportPlan {
  readonly intentions: readonly Intention[]
  readonly errors: readonly ImportError[]
  /** Lines of rows that are there already and say something else by now: they are left as they are. */
  readonly kept: readonly number[]
  /** Personal data in rows that would be written (M12); the rows are taken all the same. */
  readonly warnings: readonly ImportWarning[]
}

/** A place in a cell that looks like somebody's data. `start` and `end` are UTF-16 offsets into `value`, the cell trimmed. */
export interface ImportWarning extends Finding {
  readonly line: number
  readonly column: string
  readonly value: string
}

interface ImportContext {
  readonly rows: readonly ImportRow[]
  /** Records by id, as they stand. */
  readonly existing: ReadonlyMap<string, StoredRecord>
  readonly at: IsoTime
}

/** Columns of a file of units; the last two are written and, where they are missing, not asked for. */
export const UNIT_COLUMNS = [
  'id',
  'name',
  'short_name',
  'kana',
  'kind',
  'parent',
  'source',
  'order',
  'stage',
] as const

/**
 * Plans the import of units (UNIT_COLUMNS without `stage`). Without `order` their order in the file is the bureau's; an empty one
 * leaves a unit where it stands.
 */
export function importUnits({ rows, existing, at }: ImportContext): ImportPlan {
  const ids = new Set([...existing.keys(), ...rows.map(({ cells }) => (cells['id'] ?? '').trim())])
  const columns = {
    name: 'name',
    shortName: 'short_name',
    kana: 'kana',
    kind: 'kind',
    parent: 'parent',
    source: 'source',
  }
  return plan({ rows, existing, at, type: unitType, stage: 'active' }, ({ cells }, index) => {
    const id = (cells['id'] ?? '').trim()
    if (!v.is(unitIdSchema, id)) return { error: 'invalidValue', column: 'id' }
    const before = existing.get(id)
    // A column that the file does not have says nothing of units that are there.
    const given = Object.entries(columns).filter(
      ([, column]) => before === undefined || cells[column] !== undefined,
    )
    const values = given.map(([field, column]): [string, Json] => {
      const value = (cells[column] ?? '').trim()
      return [field, value === '' ? null : value]
    })
    const parent = (cells['parent'] ?? '').trim()
    if (parent !== '' && !ids.has(parent)) return { error: 'unknownUnit', column: 'parent' }
    return {
      id: asRecordId(id),
      idColumn: 'id',
      columns: { ...columns, order: 'order' },
      values: { ...Object.fromEntries(values), order: placeOf(cells, { index, before }) },
    }
  })
}

function placeOf(
  cells: ImportRow['cells'],
  { index, before }: { index: number; before: StoredRecord | undefined },
): Json {
  const text = cells['order']?.normalize('NFKC').trim()
  if (text === undefined || text === '') return before === undefined ? index + 1 : fieldOf(before, 'order')
  return /^\d{1,6}$/.test(text) ? Number(text) : text
}

/** A row read: the record it stands for, or the column that stops it. `columns` says which column a field came from. */
type Reading =
  | { readonly error: ImportError['type']; readonly column: string }
  | {
      readonly id: RecordId
      readonly idColumn: string
      readonly columns: Readonly<Record<string, string>>
      readonly values: Readonly<Record<string, Json>>
    }

interface PlanContext extends ImportContext {
  readonly type: RecordType
  /** Stage of new records. */
  readonly stage: string
}

function plan(context: PlanContext, read: (row: ImportRow, index: number) => Reading): ImportPlan {
  const intentions: Intention[] = []
  const errors: ImportError[] = []
  const seen = new Set<string>()
  for (const [index, row] of context.rows.entries()) {
    const reading = read(row, index)
    const problem = 'error' in reading ? reading : problemOf(reading, { type: context.type, seen })
    if (problem !== undefined) {
      const { error, column } = problem
      errors.push({ line: row.line, type: error, column, value: row.cells[column] ?? '' })
      continue
    }
    if ('error' in reading) continue
    seen.add(reading.id)
    const intention = intentionOf(reading.id, reading.values, context)
    if (intention !== undefined) intentions.push(intention)
  }
  return { intentions, errors, kept: [], warnings: [] }
}

function problemOf(
  { id, idColumn, columns, values }: Exclude<Reading, { error: unknown }>,
  { type, seen }: { readonly type: RecordType; readonly seen: ReadonlySet<string> },
): Extract<Reading, { error: unknown }> | undefined {
  if (seen.has(id)) return { error: 'duplicate', column: idColumn }
  for (const [field, value] of Object.entries(values)) {
    const spec = type.fields[field]
    const column = columns[field] ?? ''
    const empty = value === null || value === ''
    if (empty && spec?.required === true) return { error: 'missingValue', column }
    if (!empty && !v.is(v.nonOptional(spec?.schema ?? v.never()), value))
      return { error: 'invalidValue', column }
  }
  return undefined
}

/** A create, an edit of what differs, or undefined when the record already says the same. */
function intentionOf(
  id: RecordId,
  values: Readonly<Record<string, Json>>,
  { type, stage, existing, at }: PlanContext,
): Intention | undefined {
  const before = existing.get(id)
  const changes = Object.entries(values)
    .map(([field, to]) => ({ field, from: before === undefined ? null : fieldOf(before, field), to }))
    .filter(({ from, to }) => !jsonEqual(from, to))
    .map(({ field, from, to }) => [field, { from, to }])
  if (before !== undefined && changes.length === 0) return undefined
  const set = Object.fromEntries(changes)
  const common = { v: type.version, type: type.name, id, blobs: [], at }
  return before === undefined
    ? { ...common, op: 'create', stage: null, set: { stage: { from: null, to: stage }, ...set } }
    : { ...common, op: 'edit', stage: before.stage, set }
}
