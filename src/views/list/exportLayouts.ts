/** The list as tables: in 参考2's layout, in the all-bureau sheet's, and for programs (M2-11). */
import { localDateOf, warekiDate } from '../../domain/fiscal.ts'
import { progressLabel } from '../../domain/progress.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { DATA_COLUMNS, dataCells } from '../../domain/sheetColumns.ts'
import type { TableFile } from '../../domain/table.ts'
import { readInitiative } from '../../domain/types/initiative.ts'
import type { InitiativeItem } from '../../stores/initiatives.ts'
import { sheetText } from '../../text/exporting.ts'

export const LAYOUTS = ['list', 'bureau', 'dataXlsx', 'dataCsv'] as const
export type Layout = (typeof LAYOUTS)[number]

/** Layouts of one fiscal year's list, without drafts and what was withdrawn. */
export const isYearly = (layout: Layout): boolean => layout === 'list' || layout === 'bureau'

/** A row as far as a layout needs it. */
export interface FullRow {
  readonly item: InitiativeItem
  readonly record: StoredRecord
  /** 取組状況: the result, else the last 経過. */
  readonly status: string
}

export function rowsFor(
  items: readonly InitiativeItem[],
  layout: Layout,
  year: number,
): readonly InitiativeItem[] {
  if (!isYearly(layout)) return items
  return items.filter(
    ({ fiscalYear, stage }) => fiscalYear === year && stage !== 'draft' && stage !== 'withdrawn',
  )
}

export function listTable(items: readonly InitiativeItem[], year: number): TableFile {
  return {
    kind: 'xlsx',
    name: sheetText.sheet,
    titles: [sheetText.list.title(year)],
    header: sheetText.list.header,
    rows: items.map(({ no, title, unitLabel }) => [no, title, unitLabel]),
    paperWidths: [6, 92, 40],
  }
}

export function bureauTable(
  rows: readonly FullRow[],
  { year, nowIso }: { year: number; nowIso: string },
): TableFile {
  const month = warekiDate(localDateOf(Date.parse(nowIso))).replace(/月.*$/, '月')
  return {
    kind: 'xlsx',
    name: sheetText.sheet,
    titles: [sheetText.bureau.title(year)],
    header: sheetText.bureau.header(month),
    rows: rows.map(({ item, record, status }) => {
      const { detail, plan } = readInitiative(record)
      return [
        item.no,
        item.title,
        detail,
        status,
        progressLabel(item.progress),
        plan,
        sheetText.bureau.bureau,
      ]
    }),
    paperWidths: [6, 26, 40, 34, 12, 28, 14],
  }
}

export function dataTable(rows: readonly FullRow[], kind: TableFile['kind'], bom: boolean): TableFile {
  return {
    kind,
    name: sheetText.dataSheet,
    titles: [],
    header: DATA_COLUMNS.map(({ key }) => key),
    rows: rows.map(({ item, record }) => dataCells(record, item.unitLabel)),
    bom,
  }
}
