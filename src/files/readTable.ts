/** A chosen file as rows of texts: .xlsx, or CSV in UTF-8 or Shift_JIS. What it is, its content says, not its name. */
import { CsvQuoteError, type TableRow, csvRecords, restored } from '../domain/csv.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { FILE_LIMITS, TableError, type TableProblem, createRowCollector } from '../domain/table.ts'
import { readXlsx } from './xlsxRead.ts'

export type TableRead = Result<readonly TableRow[], TableProblem>

const ZIP = [0x50, 0x4b, 0x03, 0x04]
/** Compound files: .xls, and workbooks with a password. */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0]
/** Name of the stream an encrypted workbook lies in, in UTF-16. */
const ENCRYPTED_STREAM = [...'EncryptedPackage'].flatMap((char) => [char.charCodeAt(0), 0])

export async function readTable(file: Blob): Promise<TableRead> {
  if (file.size > FILE_LIMITS.file) return err({ type: 'tooLarge' })
  const bytes = new Uint8Array(await file.arrayBuffer())
  try {
    const rows = await rowsOf(bytes)
    return rows.length === 0 ? err({ type: 'empty' }) : ok(rows)
  } catch (error) {
    if (error instanceof TableError) return err(error.problem)
    if (error instanceof CsvQuoteError) return err({ type: 'quotation', line: error.line })
    console.error('A file could not be read.', error)
    return err({ type: 'unreadable' })
  }
}

async function rowsOf(bytes: Uint8Array<ArrayBuffer>): Promise<readonly TableRow[]> {
  if (startsWith(bytes, ZIP)) return readXlsx(bytes)
  if (startsWith(bytes, COMPOUND))
    throw new TableError({ type: includes(bytes, ENCRYPTED_STREAM) ? 'encrypted' : 'oldFormat' })
  const collector = createRowCollector()
  for (const { line, cells } of csvRecords(decoded(bytes)))
    collector.add({ line, cells: cells.map(restored) })
  return collector.rows
}

/** @throws TableError when it is neither UTF-8 nor Shift_JIS, or no text at all */
function decoded(bytes: Uint8Array): string {
  for (const encoding of ['utf-8', 'shift_jis']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      if (text.includes('\0')) break
      return text
    } catch {
      // The next one may fit.
    }
  }
  throw new TableError({ type: 'encoding' })
}

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte)

function includes(bytes: Uint8Array, wanted: readonly number[]): boolean {
  const [first = 0] = wanted
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1))
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return true
  return false
}
