/** CSV as spreadsheets write it (RFC 4180, with or without BOM) → rows with their line, and errors by line. */
import { CsvError, parse } from 'csv-parse/sync'
import * as v from 'valibot'
import type { ImportError, ImportRow } from '../../src/domain/importing.ts'

/** What a file says. With a broken quotation nobody knows where rows begin: then there is that error alone. */
export interface CsvContent {
  readonly rows: readonly ImportRow[]
  readonly errors: readonly ImportError[]
}

const recordsSchema = v.array(
  v.object({ record: v.array(v.string()), info: v.object({ lines: v.number() }) }),
)

/** Reads a CSV whose first line names the columns. A row with too few or too many cells is an error of its own. */
export function readCsv(text: string): CsvContent {
  // One kind of line end, also inside cells: lines are then counted as people see them.
  const unified = text.replaceAll(/\r\n?/g, '\n')
  let parsed: unknown
  try {
    parsed = parse(unified, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { rows: [], errors: [{ line: Number(error['lines'] ?? 1), type: 'malformedRow' }] }
  }
  const [header, ...records] = v.parse(recordsSchema, parsed).map(({ record, info }) => ({
    cells: record,
    line: info.lines - (record.join('').match(/\n/g)?.length ?? 0),
  }))
  const columns = header?.cells.map((name) => name.trim()) ?? []
  const fits = (cells: readonly string[]): boolean => cells.length === columns.length
  return {
    rows: records
      .filter(({ cells }) => fits(cells))
      .map(({ line, cells }) => ({
        line,
        cells: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])),
      })),
    errors: records.filter(({ cells }) => !fits(cells)).map(({ line }) => ({ line, type: 'malformedRow' })),
  }
}
