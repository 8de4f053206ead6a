/** CSV as spreadsheets read and write it (RFC 4180): text in, cells with their lines out, and back (M2-11, M2-12). */
import type { ImportError, ImportRow } from './importing.ts'

/** Cells of one record as written, and the line of the file it begins on (from 1). */
export interface TableRow {
  readonly line: number
  readonly cells: readonly string[]
}

/** A quotation that does not close, or goes on after it has closed: nobody knows where rows begin. */
export class CsvQuoteError extends Error {
  readonly line: number
  constructor(line: number) {
    super(`Broken quotation in line ${line}`)
    this.line = line
  }
}

/** Records one by one, without empty lines. Lines are counted as people see them. @throws CsvQuoteError */
export function* csvRecords(text: string): Generator<TableRow> {
  // One kind of line end, also inside cells.
  const all = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n')
  let line = 1
  let position = 0
  while (position < all.length) {
    const begun = line
    const empty = all[position] === '\n'
    const cells: string[] = []
    let ended = false
    while (!ended) {
      const cell = all[position] === '"' ? quotedCell(all, position, line) : plainCell(all, position)
      cells.push(cell.text)
      line += cell.text.split('\n').length - 1
      ended = all[cell.end] !== ','
      position = cell.end + 1
    }
    if (!empty) yield { line: begun, cells }
    line += 1
  }
}

interface Cell {
  readonly text: string
  /** Where the comma, the line end or the end of the text is. */
  readonly end: number
}

const CELL_END = /[,\n]/g

function plainCell(all: string, start: number): Cell {
  CELL_END.lastIndex = start
  const end = CELL_END.exec(all)?.index ?? all.length
  return { text: all.slice(start, end), end }
}

function quotedCell(all: string, start: number, line: number): Cell {
  let text = ''
  let from = start + 1
  for (;;) {
    const quote = all.indexOf('"', from)
    if (quote === -1) throw new CsvQuoteError(line)
    text += all.slice(from, quote)
    if (all[quote + 1] !== '"') {
      const end = quote + 1
      if (end < all.length && all[end] !== ',' && all[end] !== '\n') throw new CsvQuoteError(line)
      return { text, end }
    }
    text += '"'
    from = quote + 2
  }
}

/** What a file says. With a broken quotation there is that error alone. */
export interface CsvContent {
  readonly rows: readonly ImportRow[]
  readonly errors: readonly ImportError[]
}

/** Reads a CSV whose first line names the columns. A row with too few or too many cells is an error of its own. */
export function readCsv(text: string): CsvContent {
  let records: readonly TableRow[]
  try {
    records = [...csvRecords(text)]
  } catch (error) {
    if (!(error instanceof CsvQuoteError)) throw error
    return { rows: [], errors: [{ line: error.line, type: 'malformedRow' }] }
  }
  const [header, ...body] = records
  const columns = header?.cells.map((name) => name.trim()) ?? []
  const fits = ({ cells }: TableRow): boolean => cells.length === columns.length
  return {
    rows: body.filter(fits).map(({ line, cells }) => ({
      line,
      cells: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])),
    })),
    errors: body.filter((row) => !fits(row)).map(({ line }) => ({ line, type: 'malformedRow' })),
  }
}

/** What a spreadsheet would take for a formula, full-width signs too. */
const FORMULA = /^'*[=+\-@＝＋－＠\t\r\n]/
const NUMBER = /^-?\d+(?:\.\d+)?$/
const GUARDED = /^'+[=+\-@＝＋－＠\t\r\n]/

/** Puts an apostrophe before what a spreadsheet would run as a formula; plain numbers stay. `restored` takes it away again. */
export function guarded(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
}

/** The text that was guarded. */
export function restored(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text
}

/** One record as a line, with its line end. Cells are guarded against formulas. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? quoted(guarded(cell)) : String(cell ?? '')))
  // A lone empty cell would be an empty line.
  return `${texts.length === 1 && texts[0] === '' ? '""' : texts.join(',')}\r\n`
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
