/** 取込 (import) of a fiscal year's list from a spreadsheet (M2-12): which record a row stands for, and what it would change. */
import * as v from 'valibot'
import type { Actor } from './actor.ts'
import { type IsoTime, type RecordId, asRecordId, recordIdSchema } from './ids.ts'
import type { ImportError, ImportPlan, ImportRow, ImportWarning } from './importing.ts'
import { type Json, isArray, jsonEqual } from './json.ts'
import type { Change, Intention } from './mutation.ts'
import { findPersonalData } from './privacy/findPersonalData.ts'
import { type StoredRecord, fieldOf, listOf, textOf } from './record.ts'
import { type ColumnMapping, IMPORT_COLUMNS, guessMapping, readNumber } from './sheetColumns.ts'
import { initiativeType } from './types/initiative.ts'
import type { Unit } from './types/unit.ts'
import { createUnitFinder } from './unitNames.ts'

const keyOf = (fiscalYear: number, no: number): string => `fy${fiscalYear}.${no}`
const IMPORTED = 'import.'

/** Id of row `no` of a fiscal year's list: the same row is the same record however often it is imported. */
export function importedInitiativeId(fiscalYear: number, no: number): RecordId {
  return asRecordId(IMPORTED + keyOf(fiscalYear, no))
}

/** A sheet and how to read it. */
export interface InitiativeSheet {
  readonly rows: readonly ImportRow[]
  readonly columns: ColumnMapping
  /** Year of the rows, where no column says it. */
  readonly fiscalYear: number
}

/** What tells rows apart that are there already. */
export interface KnownRow {
  readonly id: RecordId
  readonly fiscalYear: number
  readonly no: number | null
  readonly title: string
  readonly unitLabel: string
}

/** The record a row stands for; `importKey` is what a new one carries. Or why it stands for none. */
export type RowIdentity =
  | { readonly id: RecordId; readonly importKey: string }
  | { readonly error: ImportError['type']; readonly column: string }

/**
 * Which record each row stands for, in the order of the rows: by its id, by year and No., and without a number, or before it
 * was given one, by what it says. A row that stands for the same record as an earlier one is a duplicate. Where several
 * records would do, the first of `known` is taken.
 */
export function identifyRows(sheet: InitiativeSheet, known: readonly KnownRow[]): RowIdentity[] {
  const { columns } = sheet
  const byId = new Map(known.map((row) => [String(row.id), row]))
  const byNo = Map.groupBy(known, (row) => `${row.fiscalYear}.${row.no}`)
  const saying = (year: number, title: string, unitLabel: string): string =>
    [year, title, columns['unit_label'] === undefined ? '' : unitLabel].join('\n')
  const byText = Map.groupBy(known, (row) =>
    saying(row.fiscalYear, cleaned(row.title), cleaned(row.unitLabel)),
  )
  const taken = new Set<string>()

  const identify = ({ cells }: ImportRow): RowIdentity => {
    const cell = (key: string): string => cellOf(cells, columns[key])
    const written = cell('id')
    if (written !== '') {
      const importKey = written.startsWith(IMPORTED) ? written.slice(IMPORTED.length) : written
      const id = byId.get(written)?.id ?? readId(IMPORTED + importKey)
      return id === undefined || readId(written) === undefined
        ? { error: 'invalidValue', column: columns['id'] ?? '' }
        : { id, importKey }
    }
    const year = readYear(cells, sheet)
    if (year === undefined) return { error: 'invalidValue', column: columns['fiscal_year'] ?? '' }
    const no = readNo(cell('no'))
    if (no === undefined) return { error: 'invalidValue', column: columns['no'] ?? '' }
    const text = saying(year, cell('title'), cell('unit_label'))
    const numbered = no === null ? [] : (byNo.get(`${year}.${no}`) ?? [])
    const saysSo = byText.get(text) ?? []
    const free = (row: KnownRow): boolean => !taken.has(row.id)
    const found =
      numbered.find((row) => free(row) && saysSo.includes(row)) ??
      numbered.find(free) ??
      numbered[0] ??
      saysSo.find((row) => free(row) && (no === null || row.no === null))
    if (found !== undefined) return { id: found.id, importKey: '' }
    if (no === null) return { error: 'missingValue', column: columns['no'] ?? '' }
    return { id: importedInitiativeId(year, no), importKey: keyOf(year, no) }
  }

  return sheet.rows.map((row) => {
    const identity = identify(row)
    if ('error' in identity) return identity
    if (taken.has(identity.id)) {
      const column = ['id', 'no', 'title'].find((key) => cellOf(row.cells, columns[key]) !== '') ?? ''
      return { error: 'duplicate', column: columns[column] ?? '' }
    }
    taken.add(identity.id)
    return identity
  })
}

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

export interface RowPlannerOptions extends Omit<InitiativeSheet, 'rows'> {
  readonly units: readonly Unit[]
  /** Who imports: what they may not change of a row that is there, stays. */
  readonly actor: Actor
  readonly at: IsoTime
  /** Units chosen by a person for names that mean none, by the name as written, trimmed. */
  readonly chosenUnits?: ReadonlyMap<string, string>
  /** Unit of rows that name none. */
  readonly defaultUnit?: string | undefined
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
    const fail = (type: ImportError['type'], column: string): void => {
      errors.push({ line: row.line, type, column, value: row.cells[column] ?? '' })
    }
    const values: Record<string, Json> = {}
    for (const { field, heading, value, error } of readings) {
      if (error !== undefined || !isValid(field, value)) fail(error ?? 'invalidValue', heading)
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
        errors.push({ line: row.line, type: error ?? 'invalidValue', column: heading, value: cell })
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

/** Ids of the records these rows stand for, to be looked up before importInitiatives; rows without a number have none. */
export function importedInitiativeIds(rows: readonly ImportRow[], fiscalYear: number): RecordId[] {
  const columns = guessMapping(Object.keys(rows[0]?.cells ?? {}))
  return identifyRows({ rows, columns, fiscalYear }, []).flatMap((identity) =>
    'error' in identity ? [] : [identity.id],
  )
}

/** One cell read: the field it is for, its heading, and its value; `value` undefined = none the field knows. */
interface Reading {
  readonly field: string
  readonly heading: string
  readonly cell: string
  readonly value: Json | undefined
  readonly error?: ImportError['type']
}

type UnitReader = (cells: ImportRow['cells'], existing: StoredRecord | undefined) => Reading[]

/** Reads 部所: by id, by name, by a person's choice, or the one given for all. */
function createUnitReader({ columns, units, chosenUnits, defaultUnit }: RowPlannerOptions): UnitReader {
  const find = createUnitFinder(units)
  const ids = new Set(units.map(({ id }) => id))
  const reading = (field: string, heading: string, cell: string, value: Json): Reading => ({
    field,
    heading,
    cell,
    value,
  })

  return (cells, existing) => {
    const label = cellOf(cells, columns['unit_label'])
    const labelHeading = columns['unit_label'] ?? ''
    const labelReading = label === '' ? [] : [reading('unitLabel', labelHeading, label, label)]
    const id = cellOf(cells, columns['unit_id'])
    if (id !== '') {
      const heading = columns['unit_id'] ?? ''
      const joint = cellOf(cells, columns['joint_unit_ids'])
        .split(/[\s,、]+/)
        .filter((one) => one !== '')
      if (existing === undefined && ![id, ...joint].every((one) => ids.has(one)))
        return [{ field: 'leadUnit', heading, cell: id, value: undefined, error: 'unknownUnit' }]
      const jointReading =
        joint.length === 0 ? [] : [reading('jointUnits', columns['joint_unit_ids'] ?? '', '', joint)]
      // A row without a name of its own is written with its unit's.
      const nameless = existing !== undefined && textOf(existing, 'unitLabel') === ''
      return [reading('leadUnit', heading, id, id), ...jointReading, ...(nameless ? [] : labelReading)]
    }
    if (label === '') {
      return defaultUnit === undefined || existing !== undefined
        ? []
        : [reading('leadUnit', '', '', defaultUnit)]
    }
    if (existing !== undefined && cleaned(textOf(existing, 'unitLabel')) === label) return []
    const chosen = chosenUnits?.get(label)
    const found = chosen === undefined ? find(label) : ({ type: 'found', ids: [chosen] } as const)
    if (found.type !== 'found')
      return [{ field: 'leadUnit', heading: labelHeading, cell: label, value: undefined, error: found.type }]
    const [leadUnit = '', ...jointUnits] = found.ids
    const nameless =
      existing !== undefined &&
      textOf(existing, 'unitLabel') === '' &&
      textOf(existing, 'leadUnit') === leadUnit &&
      sameValue(listOf(existing, 'jointUnits'), jointUnits)
    if (nameless) return []
    return [
      reading('leadUnit', labelHeading, label, leadUnit),
      ...(jointUnits.length > 0 ? [reading('jointUnits', labelHeading, label, jointUnits)] : []),
      ...labelReading,
    ]
  }
}

function broken(line: number, errors: readonly ImportError[]): RowPlan {
  return { line, status: 'error', errors, warnings: [], kept: [] }
}

function isValid(field: string, value: Json | undefined): value is Json {
  if (value === undefined) return false
  return value === null || v.is(v.nonOptional(initiativeType.fields[field]?.schema ?? v.never()), value)
}

const isNothing = (value: Json): boolean =>
  value === null || value === '' || (isArray(value) && value.length === 0)

/** Equal but for white space around a text, the kind of its line ends, and the order of a list. */
function sameValue(from: Json, to: Json): boolean {
  if (isNothing(from) && isNothing(to)) return true
  if (typeof from === 'string' && typeof to === 'string') return cleaned(from) === cleaned(to)
  if (isArray(from) && isArray(to)) return jsonEqual([...from].sort(), [...to].sort())
  return jsonEqual(from, to)
}

function cleaned(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').trim()
}

function cellOf(cells: ImportRow['cells'], heading: string | undefined): string {
  return heading === undefined ? '' : cleaned(cells[heading] ?? '')
}

function readId(text: string): RecordId | undefined {
  const read = v.safeParse(recordIdSchema, text)
  return read.success ? read.output : undefined
}

/** Null for an empty cell, undefined for what is no number. */
function readNo(cell: string): number | null | undefined {
  if (cell === '') return null
  const no = readNumber(cell)
  return no !== undefined && Number.isInteger(no) && no >= 1 && no <= 99_999 ? no : undefined
}

function readYear(
  cells: ImportRow['cells'],
  { columns, fiscalYear }: Pick<InitiativeSheet, 'columns' | 'fiscalYear'>,
): number | undefined {
  const cell = cellOf(cells, columns['fiscal_year'])
  if (cell === '') return fiscalYear
  const column = IMPORT_COLUMNS.find(({ key }) => key === 'fiscal_year')
  const year = column?.codec.read(cell)
  return typeof year === 'number' ? year : undefined
}
