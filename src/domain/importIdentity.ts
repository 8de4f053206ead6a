/** Which record a row of an imported list stands for (M2-12): by its id, by year and No., or by what it says. */
import * as v from 'valibot'
import { type RecordId, asRecordId, recordIdSchema } from './ids.ts'
import { cellOf, cleaned } from './importCells.ts'
import type { ImportError, ImportRow } from './importing.ts'
import { type ColumnMapping, IMPORT_COLUMNS, guessMapping, readNumber } from './sheetColumns.ts'

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

/** Ids of the records these rows stand for, to be looked up before importInitiatives; rows without a number have none. */
export function importedInitiativeIds(rows: readonly ImportRow[], fiscalYear: number): RecordId[] {
  const columns = guessMapping(Object.keys(rows[0]?.cells ?? {}))
  return identifyRows({ rows, columns, fiscalYear }, []).flatMap((identity) =>
    'error' in identity ? [] : [identity.id],
  )
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
