/** 取込 (import) of units and of 参考2's list from a spreadsheet (M2-12): rows in, intentions and per-row errors out. */
import * as v from 'valibot'
import { type IsoTime, type RecordId, asRecordId, unitIdSchema } from './ids.ts'
import { type Json, jsonEqual } from './json.ts'
import type { Intention } from './mutation.ts'
import { type RecordType, type StoredRecord, fieldOf } from './record.ts'
import type { Finding } from './privacy/finding.ts'
import { findPersonalData } from './privacy/findPersonalData.ts'
import { initiativeType } from './types/initiative.ts'
import { type Unit, unitType } from './types/unit.ts'
import { createUnitFinder } from './unitNames.ts'

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

/** Columns of 参考2 (seed 002). */
const NO = 'No'
const TITLE = '取組内容'
const UNIT = '部所名'

const importKey = (fiscalYear: number, no: number): string => `fy${fiscalYear}.${no}`

/** Id of row `no` of a fiscal year's list: the same row is the same record however often it is imported. */
export function importedInitiativeId(fiscalYear: number, no: number): RecordId {
  return asRecordId(`import.${importKey(fiscalYear, no)}`)
}

/** Ids of the records these rows stand for, to be looked up before importInitiatives; rows without a number have none. */
export function importedInitiativeIds(rows: readonly ImportRow[], fiscalYear: number): RecordId[] {
  return rows.flatMap(({ cells }) => {
    const no = readNo(cells)
    return no === undefined ? [] : [importedInitiativeId(fiscalYear, no)]
  })
}

/**
 * Plans the import of a fiscal year's list (No, 取組内容, 部所名). A row that is there already is its unit's: it is left as
 * it is, and named in `kept` when the sheet says something else. 部所名 is kept as written; 進捗 stays 未設定.
 */
export function importInitiatives({
  rows,
  existing,
  at,
  units,
  fiscalYear,
}: ImportContext & { readonly units: readonly Unit[]; readonly fiscalYear: number }): ImportPlan {
  const findUnits = createUnitFinder(units)
  const names = units.flatMap(({ name, shortName }) => [name, shortName])
  return plan(
    { rows, existing, at, type: initiativeType, stage: 'submitted', keepsExisting: true, exempt: names },
    ({ cells }) => {
      const no = readNo(cells)
      if (no === undefined) return { error: 'invalidValue', column: NO }
      const unitLabel = cells[UNIT] ?? ''
      if (unitLabel.trim() === '') return { error: 'missingValue', column: UNIT }
      const found = findUnits(unitLabel)
      if (found.type !== 'found') return { error: found.type, column: UNIT }
      const [leadUnit = '', ...jointUnits] = found.ids
      return {
        id: importedInitiativeId(fiscalYear, no),
        idColumn: NO,
        columns: { title: TITLE, no: NO, unitLabel: UNIT },
        values: {
          title: (cells[TITLE] ?? '').trim(),
          leadUnit,
          jointUnits: jointUnits.length > 0 ? jointUnits : null,
          unitLabel,
          fiscalYear,
          no,
          importKey: importKey(fiscalYear, no),
        },
      }
    },
  )
}

/** Plans the import of units (id, name, short_name, kana, kind, parent, source); their order in the file is the bureau's. */
export function importUnits({ rows, existing, at }: ImportContext): ImportPlan {
  const columns = {
    name: 'name',
    shortName: 'short_name',
    kana: 'kana',
    kind: 'kind',
    parent: 'parent',
    source: 'source',
  }
  return plan(
    { rows, existing, at, type: unitType, stage: 'active', keepsExisting: false, exempt: [] },
    ({ cells }, index) => {
      const id = (cells['id'] ?? '').trim()
      if (!v.is(unitIdSchema, id)) return { error: 'invalidValue', column: 'id' }
      const values = Object.entries(columns).map(([field, column]): [string, Json] => {
        const value = (cells[column] ?? '').trim()
        return [field, value === '' ? null : value]
      })
      return {
        id: asRecordId(id),
        idColumn: 'id',
        columns,
        values: { ...Object.fromEntries(values), order: index + 1 },
      }
    },
  )
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
  readonly keepsExisting: boolean
  /** Names that are nobody's data. */
  readonly exempt: readonly string[]
}

function plan(context: PlanContext, read: (row: ImportRow, index: number) => Reading): ImportPlan {
  const intentions: Intention[] = []
  const errors: ImportError[] = []
  const kept: number[] = []
  const warnings: ImportWarning[] = []
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
    if (intention === undefined) continue
    if (context.keepsExisting && intention.op === 'edit') kept.push(row.line)
    else {
      intentions.push(intention)
      warnings.push(...warningsOf(row.line, { reading, intention }, context))
    }
  }
  return { intentions, errors, kept, warnings }
}

/** Personal data in the free texts an intention would write. */
function warningsOf(
  line: number,
  { reading, intention }: { reading: Exclude<Reading, { error: unknown }>; intention: Intention },
  { type, exempt }: PlanContext,
): ImportWarning[] {
  return Object.entries(intention.set).flatMap(([field, { to }]) => {
    if (type.fields[field]?.freeText !== true || typeof to !== 'string') return []
    const place = { line, column: reading.columns[field] ?? '', value: to }
    return findPersonalData(to, { exempt }).map((finding) => ({ ...place, ...finding }))
  })
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

function readNo(cells: ImportRow['cells']): number | undefined {
  const text = (cells[NO] ?? '').normalize('NFKC').trim()
  return /^\d{1,5}$/.test(text) ? Number(text) : undefined
}
