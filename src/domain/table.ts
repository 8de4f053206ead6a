/** Tables that come from files and go into them: what the workers of files/ and the views speak of (M2-11, M2-12). */
import type { CellValue } from './sheetColumns.ts'
import type { TableRow } from './csv.ts'

/** A table to be made a file of. */
export interface TableFile {
  readonly kind: 'xlsx' | 'csv'
  /** Sheet name, at most 31 characters. */
  readonly name: string
  /** Lines above the header. */
  readonly titles: readonly string[]
  readonly header: readonly string[]
  readonly rows: readonly (readonly CellValue[])[]
  /** Widths of the columns in characters; with them the sheet is made for paper: A4 landscape, wrapped, bordered. */
  readonly paperWidths?: readonly number[]
  /** CSV with a byte order mark, by which Excel knows UTF-8. */
  readonly bom?: boolean
}

/** Limits to what is read, so that no file, however made, takes more memory than a tablet has. */
export const FILE_LIMITS = {
  /** Bytes of the file. */
  file: 20 * 1024 * 1024,
  /** Bytes that a workbook's parts may become when unpacked. */
  unpacked: 64 * 1024 * 1024,
  /** Files in a workbook. */
  entries: 2000,
  /** Rows with something in them. */
  rows: 20_000,
  columns: 200,
  /** Characters of all cells. */
  characters: 24_000_000,
} as const

/** Why a file gave no table; nothing was taken from it. */
export type TableProblem =
  | { readonly type: 'tooLarge' | 'tooManyRows' | 'tooMuchText' | 'unpacksTooLarge' }
  | { readonly type: 'encrypted' | 'oldFormat' | 'macro' | 'unreadable' | 'encoding' | 'empty' }
  | { readonly type: 'quotation'; readonly line: number }
  /** The worker took too long and was ended. */
  | { readonly type: 'timeout' }

/** Thrown while reading; the adapter answers its problem. */
export class TableError extends Error {
  readonly problem: TableProblem
  constructor(problem: TableProblem) {
    super(problem.type)
    this.problem = problem
  }
}

/** Takes rows as they are read, without empty ones, and stops the reading at the limits. */
export function createRowCollector(): { add(row: TableRow): void; rows: readonly TableRow[] } {
  const rows: TableRow[] = []
  let characters = 0
  return {
    rows,
    add({ line, cells }) {
      const last = cells.findLastIndex((cell) => cell !== '')
      if (last === -1) return
      const kept = cells.slice(0, Math.min(last + 1, FILE_LIMITS.columns))
      if (rows.length >= FILE_LIMITS.rows) throw new TableError({ type: 'tooManyRows' })
      characters += kept.reduce((sum, cell) => sum + cell.length, 0)
      if (characters > FILE_LIMITS.characters) throw new TableError({ type: 'tooMuchText' })
      rows.push({ line, cells: kept })
    },
  }
}
