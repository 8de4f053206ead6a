import type { SortKey } from '../../domain/initiativeOrder.ts'
import { initiativeText } from '../../text/initiative.ts'

export type ColumnKey = SortKey | 'mark'

interface Column {
  readonly key: ColumnKey
  readonly label: string
  readonly align?: 'right'
  /** Whether rows can be ordered by it. */
  readonly sortable?: true
}

/** The columns the 取組 table can have, in their order. For UiTable. */
export const INITIATIVE_COLUMNS: readonly Column[] = [
  { key: 'no', label: initiativeText.no, align: 'right', sortable: true },
  { key: 'title', label: initiativeText.title, sortable: true },
  { key: 'unit', label: initiativeText.unit, sortable: true },
  { key: 'theme', label: initiativeText.theme, sortable: true },
  { key: 'fiscalYear', label: initiativeText.fiscalYear, sortable: true },
  { key: 'progress', label: initiativeText.progress, sortable: true },
  { key: 'stage', label: initiativeText.stage, sortable: true },
  { key: 'updatedAt', label: initiativeText.updatedAt, sortable: true },
  { key: 'mark', label: initiativeText.syncMark },
]

const FIRST_COLUMNS: readonly string[] = ['no', 'title', 'unit', 'progress', 'stage', 'updatedAt', 'mark']

/** Keys of known columns in their order, always with 取組内容; those a table begins with when none are asked for. */
export function columnsOf(asked: readonly string[]): readonly ColumnKey[] {
  const wanted = asked.length === 0 ? FIRST_COLUMNS : [...asked, 'title']
  return INITIATIVE_COLUMNS.map(({ key }) => key).filter((key) => wanted.includes(key))
}
