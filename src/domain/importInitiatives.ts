/** 取込 (import) of a fiscal year's list from a spreadsheet (M2-12): what a row would change of the record it stands for. */
import * as v from 'valibot'
import type { Actor } from './actor.ts'
import type { IsoTime, RecordId } from './ids.ts'
import { type Reading, cellOf, isNothing, sameValue } from './importCells.ts'
import { type InitiativeSheet, type RowIdentity, identifyRows } from './importIdentity.ts'
import { type UnitReaderOptions, createUnitReader } from './importUnitCells.ts'
import type { ImportError, ImportPlan, ImportRow, ImportWarning } from './importing.ts'
import type { Json } from './json.ts'
import type { Change, Intention } from './mutation.ts'
import { findPersonalData } from './privacy/findPersonalData.ts'
import { type StoredRecord, fieldOf } from './record.ts'
import { type ColumnMapping, IMPORT_COLUMNS, guessMapping } from './sheetColumns.ts'
import { initiativeType } from './types/initiative.ts'

/** A field of a row that is there already and says something else; only its unit may change it. */
export interface KeptField {
  readonly field: string
  readonly from: Json
  /** As the sheet has it; text where it is not a value of the field. */
  readonly to: Json
}

/** What an import would do with one row. */
export interface RowPlan {
  readonly line: number
  /** `kept`: it differs, and only its unit may change it. */
  readonly status: 'new' | 'changed' | 'same' | 'kept' | 'error'
  readonly errors: readonly ImportError[]
  readonly warnings: readonly ImportWarning[]
  readonly kept: readonly KeptField[]
  /** What to save; none when there is nothing to, or something is wrong. */
  readonly intention?: Intention
}

export interface RowPlanner {
  plan(row: ImportRow, identity: RowIdentity, existing: StoredRecord | undefined): RowPlan
}

export interface RowPlannerOptions extends Omit<InitiativeSheet, 'rows'>, UnitReaderOptions {
  /** Who imports: what they may not change of a row that is there, stays. */
  readonly actor: Actor
  readonly at: IsoTime
}

/**
 * Plans rows one by one. A new row becomes a submitted 取組 of the unit it names; 部所名 is kept as written. Of a row that is
 * there already only what the importer may write is changed (No., 好事例): the rest is its unit's. An empty cell says nothing.
 */
export function createRowPlanner(options: RowPlannerOptions): RowPlanner {
  const { columns, actor, at } = options
  const names = options.units.flatMap(({ name, shortName }) => [name, shortName])
  const readUnits = createUnitReader(options)
  const fieldColumns = IMPORT_COLUMNS.flatMap((column) => {
    const heading = columns[column.key]
    return heading === undefined || column.field === undefined
      ? []
      : [{ ...column, field: column.field, heading }]
  })

  /** Cells by field as the sheet has them; `value` is undefined where a cell means nothing the field knows. */
  function readCells(row: ImportRow, existing: StoredRecord | undefined): Reading[] {
    const readings = fieldColumns.flatMap(({ field, heading, codec, only }): Reading[] => {
      const cell = cellOf(row.cells, heading)
      return cell === '' || (only === 'import' && existing !== undefined)
        ? []
        : [{ field, heading, cell, value: codec.read(cell) }]
    })
    const schedule = readSchedule(row)
    return [...readings, ...schedule, ...readUnits(row.cells, existing)]
  }

  function readSchedule({ cells }: ImportRow): Reading[] {
    const heading = columns['schedule_from']
    const from = cellOf(cells, heading)
    if (heading === undefined || from === '') return []
    const value = { from, to: cellOf(cells, columns['schedule_to']) || null }
    return [{ field: 'schedule', heading, cell: from, value }]
  }

  function warningsOf(row: ImportRow, set: Readonly<Record<string, Change>>, readings: readonly Reading[]) {
    return readings.flatMap(({ field, heading }): ImportWarning[] => {
      const to = set[field]?.to
      if (initiativeType.fields[field]?.freeText !== true || typeof to !== 'string') return []
      const place = { line: row.line, column: heading, value: to }
      return findPersonalData(to, { exempt: names }).map((finding) => ({ ...place, ...finding }))
    })
  }

  function planNew(row: ImportRow, id: RecordId, importKey: string): RowPlan {
    const readings = readCells(row, undefined)
    const errors: ImportError[] = []
    const fail = (type: ImportError['type'], column: string, max = {}): void => {
      errors.push({ line: row.line, type, column, value: row.cells[column] ?? '', ...max })
    }
    const values: Record<string, Json> = {}
    for (const { field, heading, value, error } of readings) {
      if (error !== undefined || !isValid(field, value))
        fail(error ?? 'invalidValue', heading, maxOf(field, value))
      else values[field] = value
    }
    values['fiscalYear'] ??= options.fiscalYear
    values['importKey'] = importKey
    for (const field of ['title', 'leadUnit'])
      if (values[field] === undefined && !readings.some((reading) => reading.field === field))
        fail('missingValue', columns[field === 'title' ? 'title' : 'unit_label'] ?? '')
    if (errors.length > 0) return broken(row.line, errors)
    const set: Record<string, Change> = { stage: { from: null, to: 'submitted' } }
    for (const [field, to] of Object.entries(values)) if (!isNothing(to)) set[field] = { from: null, to }
    return {
      line: row.line,
      status: 'new',
      errors: [],
      warnings: warningsOf(row, set, readings),
      kept: [],
      intention: intention(id, { op: 'create', stage: null, set }),
    }
  }

  function planExisting(row: ImportRow, existing: StoredRecord): RowPlan {
    const readings = readCells(row, existing)
    const errors: ImportError[] = []
    const kept: KeptField[] = []
    const set: Record<string, Change> = {}
    for (const { field, heading, cell, value, error } of readings) {
      const from = fieldOf(existing, field)
      if (value !== undefined && sameValue(from, value)) continue
      const to = value ?? cell
      const may =
        initiativeType.fields[field]?.write({
          actor,
          record: existing,
          parent: undefined,
          value: to,
        }) === true
      if (!may) kept.push({ field, from, to })
      else if (error !== undefined || !isValid(field, value))
        errors.push({
          ...{ line: row.line, type: error ?? 'invalidValue', column: heading, value: cell },
          ...maxOf(field, value),
        })
      else set[field] = { from, to: value }
    }
    if (errors.length > 0) return broken(row.line, errors)
    const changes = Object.keys(set).length > 0
    return {
      line: row.line,
      status: changes ? 'changed' : kept.length > 0 ? 'kept' : 'same',
      errors: [],
      warnings: warningsOf(row, set, readings),
      kept,
      ...(changes ? { intention: intention(existing.id, { op: 'edit', stage: existing.stage, set }) } : {}),
    }
  }

  function intention(id: RecordId, what: Pick<Intention, 'op' | 'stage' | 'set'>): Intention {
    return { v: initiativeType.version, type: initiativeType.name, id, blobs: [], at, ...what }
  }

  return {
    plan(row, identity, existing) {
      if (!('error' in identity))
        return existing === undefined
          ? planNew(row, identity.id, identity.importKey)
          : planExisting(row, existing)
      const { error: type, column } = identity
      return broken(row.line, [{ line: row.line, type, column, value: row.cells[column] ?? '' }])
    },
  }
}

/** Plans a whole sheet at once; `existing` holds the records that its rows' ids stand for. */
export function importInitiatives({
  rows,
  existing,
  columns = guessMapping(Object.keys(rows[0]?.cells ?? {})),
  ...options
}: Omit<RowPlannerOptions, 'columns'> & {
  readonly rows: readonly ImportRow[]
  readonly columns?: ColumnMapping
  readonly existing: ReadonlyMap<string, StoredRecord>
}): ImportPlan {
  const planner = createRowPlanner({ ...options, columns })
  const identities = identifyRows({ rows, columns, fiscalYear: options.fiscalYear }, [])
  const plans = rows.flatMap((row, index) => {
    const identity = identities[index]
    if (identity === undefined) return []
    return [planner.plan(row, identity, 'error' in identity ? undefined : existing.get(identity.id))]
  })
  return {
    intentions: plans.flatMap(({ intention }) => intention ?? []),
    errors: plans.flatMap(({ errors }) => errors),
    kept: plans.filter(({ kept }) => kept.length > 0).map(({ line }) => line),
    warnings: plans.flatMap(({ warnings }) => warnings),
  }
}

function broken(line: number, errors: readonly ImportError[]): RowPlan {
  return { line, status: 'error', errors, warnings: [], kept: [] }
}

/** Where the value is longer than the field takes. */
function maxOf(field: string, value: Json | undefined): Pick<ImportError, 'max'> {
  const { issues } = v.safeParse(initiativeType.fields[field]?.schema ?? v.never(), value)
  const max = issues?.find(({ type }) => type === 'max_length')?.requirement
  return typeof max === 'number' ? { max } : {}
}

function isValid(field: string, value: Json | undefined): value is Json {
  if (value === undefined) return false
  return value === null || v.is(v.nonOptional(initiativeType.fields[field]?.schema ?? v.never()), value)
}
