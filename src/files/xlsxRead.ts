/**
 * Reads the first visible sheet of an .xlsx as texts (ECMA-376). Piece by piece and within FILE_LIMITS, so that no file takes
 * the tablet's memory (ADR 14). Of a formula there is its last result, of furigana nothing; numbers as JavaScript writes them.
 */
import type { TableRow } from '../domain/csv.ts'
import { FILE_LIMITS, TableError, createRowCollector } from '../domain/table.ts'
import { fromCellText } from './xlsxText.ts'
import { type XmlHandler, attributeOf, createXmlScanner } from './xmlScan.ts'
import { type Budget, type ZipEntry, unpack, zipEntries } from './zip.ts'

/** @throws TableError */
export async function readXlsx(bytes: Uint8Array<ArrayBuffer>): Promise<readonly TableRow[]> {
  const entries = zipEntries(bytes)
  if ([...entries.keys()].some((name) => /vbaProject\.bin$/i.test(name)))
    throw new TableError({ type: 'macro' })
  const budget: Budget = { bytesLeft: FILE_LIMITS.unpacked }
  const scan = (entry: ZipEntry, handler: XmlHandler): Promise<void> =>
    scanPart(bytes, entry, { handler, budget })

  const workbook = entries.get('xl/workbook.xml')
  const relations = entries.get('xl/_rels/workbook.xml.rels')
  if (workbook === undefined || relations === undefined) throw new TableError({ type: 'unreadable' })
  const targets = new Map<string, { readonly path: string; readonly type: string }>()
  await scan(
    relations,
    openings('Relationship', (tag) => targets.set(attributeOf(tag, 'Id') ?? '', targetOf(tag))),
  )
  const sheets: string[] = []
  await scan(
    workbook,
    openings('sheet', (tag) => {
      if ((attributeOf(tag, 'state') ?? 'visible') === 'visible') sheets.push(attributeOf(tag, 'id') ?? '')
    }),
  )
  const sheet = entries.get(targets.get(sheets[0] ?? '')?.path ?? '')
  if (sheet === undefined) throw new TableError({ type: 'unreadable' })

  const shared: string[] = []
  const table = [...targets.values()].find(({ type }) => type.endsWith('/sharedStrings'))
  const sharedPart = table && entries.get(table.path)
  if (sharedPart !== undefined) await scan(sharedPart, sharedStrings(shared))
  const collector = createRowCollector()
  await scan(sheet, sheetRows(shared, collector.add))
  return collector.rows
}

async function scanPart(
  bytes: Uint8Array<ArrayBuffer>,
  entry: ZipEntry,
  { handler, budget }: { handler: XmlHandler; budget: Budget },
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const scanner = createXmlScanner(handler)
  try {
    for await (const piece of unpack(bytes, entry, budget)) scanner(decoder.decode(piece, { stream: true }))
    scanner(decoder.decode())
  } catch (error) {
    throw error instanceof TypeError ? new TableError({ type: 'unreadable' }) : error
  }
}

function targetOf(tag: string): { readonly path: string; readonly type: string } {
  const target = attributeOf(tag, 'Target') ?? ''
  return {
    path: target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`,
    type: attributeOf(tag, 'Type') ?? '',
  }
}

/** Tags of one name, and nothing else. */
function openings(wanted: string, take: (tag: string) => void): XmlHandler {
  return {
    open(name, tag) {
      if (name === wanted) take(tag)
    },
    close() {},
    text() {},
  }
}

/** Collects the text of `<t>` outside `<rPh>`, where furigana stand. */
function createTextParts() {
  let parts = ''
  let inText = false
  let inReading = 0
  return {
    open(name: string): void {
      if (name === 'rPh') inReading += 1
      inText = name === 't' && inReading === 0
    },
    close(name: string): void {
      if (name === 'rPh') inReading -= 1
      if (name === 't') inText = false
    },
    text(text: string): void {
      if (inText) parts += text
    },
    take(): string {
      const whole = fromCellText(parts)
      parts = ''
      return whole
    },
  }
}

function sharedStrings(shared: string[]): XmlHandler {
  const parts = createTextParts()
  return {
    open: parts.open,
    close(name) {
      parts.close(name)
      if (name === 'si') shared.push(parts.take())
    },
    text: parts.text,
  }
}

function sheetRows(shared: readonly string[], add: (row: TableRow) => void): XmlHandler {
  const parts = createTextParts()
  let line = 0
  let cells: string[] = []
  let column = -1
  let type = 'n'
  let value = ''
  let inValue = false

  function endCell(): void {
    const inline = parts.take()
    const text = type === 'inlineStr' ? inline : valueText(value, { type, shared })
    if (column < FILE_LIMITS.columns && text !== '') {
      while (cells.length < column) cells.push('')
      cells[column] = text
    }
    value = ''
  }

  return {
    open(name, tag) {
      parts.open(name)
      if (name === 'row') {
        line = Number(attributeOf(tag, 'r') ?? line + 1)
        cells = []
        column = -1
      } else if (name === 'c') {
        column = columnOf(attributeOf(tag, 'r')) ?? column + 1
        type = attributeOf(tag, 't') ?? 'n'
      }
      inValue = name === 'v'
    },
    close(name) {
      parts.close(name)
      if (name === 'v') inValue = false
      if (name === 'c') endCell()
      if (name === 'row') add({ line, cells })
    },
    text(text) {
      if (inValue) value += text
      else parts.text(text)
    },
  }
}

function valueText(value: string, { type, shared }: { type: string; shared: readonly string[] }): string {
  if (type === 's') return shared[Number(value)] ?? ''
  if (type === 'str' || type === 'd') return fromCellText(value)
  if (type === 'b') return value === '1' ? 'true' : value === '' ? '' : 'false'
  // #REF! and the like are no contents.
  if (type === 'e' || value.trim() === '') return ''
  const number = Number(value)
  return Number.isFinite(number) ? String(number) : ''
}

/** Index of the column in `BC12`, from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference ?? '')?.[1]
  if (letters === undefined) return undefined
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}
