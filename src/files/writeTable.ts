/** A table as the bytes of a file: .xlsx for paper or for programs, or CSV. The only place that knows the xlsx library. */
import { type CellStyle, type WriteSheet, writeXlsx } from 'hucre/xlsx'
import { csvLine } from '../domain/csv.ts'
import type { CellValue } from '../domain/sheetColumns.ts'
import type { TableFile } from '../domain/table.ts'
import { toCellText } from './xlsxText.ts'

export async function writeTable(table: TableFile): Promise<Uint8Array<ArrayBuffer>> {
  if (table.kind === 'csv') {
    const lines = [table.header, ...table.rows].map(csvLine).join('')
    return new TextEncoder().encode((table.bom === true ? '\uFEFF' : '') + lines)
  }
  return new Uint8Array(
    await writeXlsx({
      sheets: [table.paperWidths === undefined ? dataSheet(table) : paperSheet(table, table.paperWidths)],
      defaultFont: { name: 'ＭＳ Ｐゴシック', size: 11, family: 3, charset: 128 },
      properties: { title: toCellText(table.titles[0] ?? table.name) },
    }),
  )
}

function linesOf({ titles, header, rows }: TableFile) {
  const lines = [...titles.map((title) => [title]), header, ...rows]
  return lines.map((cells) => cells.map((cell) => (typeof cell === 'string' ? toCellText(cell) : cell)))
}

function dataSheet(table: TableFile): WriteSheet {
  return { name: table.name, rows: linesOf(table), freezePane: { rows: 1 } }
}

const LINE = { style: 'thin', color: { rgb: '808080' } } as const
const BORDER = { top: LINE, right: LINE, bottom: LINE, left: LINE }
const TITLE: CellStyle = { font: { bold: true, size: 14 }, alignment: { vertical: 'center' } }
const HEADER: CellStyle = {
  font: { bold: true },
  fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: 'E8E8E8' } },
  border: BORDER,
  alignment: { horizontal: 'center', vertical: 'center', wrapText: true },
}
const TEXT: CellStyle = { border: BORDER, alignment: { vertical: 'top', wrapText: true } }
const NUMBER: CellStyle = { border: BORDER, alignment: { horizontal: 'center', vertical: 'top' } }

const LINE_POINTS = 18
/** What spreadsheets allow. */
const MAX_ROW_POINTS = 409

/** Height of a row in points: programs that open the file do not all work it out themselves. */
function rowHeight(cells: readonly CellValue[], widths: readonly number[]): number {
  const lines = cells.map((cell, column) => linesIn(String(cell ?? ''), (widths[column] ?? 10) - 1))
  return Math.min(MAX_ROW_POINTS, Math.max(1, ...lines) * LINE_POINTS)
}

/** Lines a text takes in a column of that many narrow characters; the others take two. */
function linesIn(text: string, width: number): number {
  const paragraphs = text.split('\n').map((paragraph) => {
    const wide = paragraph.replaceAll(/[\u0020-\u007e\uff61-\uff9f]/g, '').length
    return Math.max(1, Math.ceil((paragraph.length + wide) / width))
  })
  return paragraphs.reduce((sum, lines) => sum + lines, 0)
}

/** A4 landscape, one page wide; titles and header on every page, with the page's number. */
function paperSheet(table: TableFile, widths: readonly number[]): WriteSheet {
  const rows = linesOf(table)
  const headerRow = table.titles.length
  const cells: WriteSheet['cells'] = new Map()
  const rowDefs: WriteSheet['rowDefs'] = new Map()
  rows.forEach((row, index) => {
    rowDefs.set(index, { height: index < headerRow ? 24 : rowHeight(row, widths) })
    row.forEach((value, column) => {
      const style =
        index < headerRow ? TITLE : index === headerRow ? HEADER : typeof value === 'number' ? NUMBER : TEXT
      cells.set(`${index},${column}`, { value, style })
    })
  })
  return {
    name: table.name,
    rows,
    cells,
    rowDefs,
    columns: widths.map((width) => ({ width })),
    freezePane: { rows: headerRow + 1 },
    pageSetup: {
      paperSize: 'a4',
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      margins: { top: 0.6, right: 0.5, bottom: 0.7, left: 0.5, header: 0.3, footer: 0.3 },
      printTitlesRow: `$1:$${headerRow + 1}`,
      horizontalCentered: true,
    },
    headerFooter: { oddFooter: '&C&P / &N' },
  }
}
