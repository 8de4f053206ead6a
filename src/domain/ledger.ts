/**
 * 集計: 部所 × 進捗 and 分類 × 進捗, whose sums agree with each other and with the list (M2-8). A joint row counts under its
 * leading unit alone; 未設定 has a column of its own; units and 分類 of which there is no row are shown with zeros. Pure.
 */
import {
  type InitiativeFilter,
  type ProgressChoice,
  NO_FILTER,
  isListed,
  themeKey,
} from './initiativeFilter.ts'
import { partOf } from './unitPart.ts'
import { type Ledger, type LedgerLine, type UnitLine, LEDGER_COLUMNS, sumOf } from './ledgerTables.ts'
import { type Progress, progressLabel } from './progress.ts'
import type { Stage } from './stage.ts'

/** What is counted of a row. */
export interface CountedRow {
  readonly leadUnit: string
  /** 部所名 as written in the list, for a unit that master data does not name. */
  readonly unitLabel: string
  readonly theme: string
  readonly progress: Progress | null
  readonly stage: Stage
}

/** A 部所 as figures need it, in the bureau's order. */
export interface CountedUnit {
  readonly id: string
  readonly shortName: string
  readonly parent: string
  /** An ended unit is shown only while it has rows. */
  readonly ended: boolean
}

/** Heading of a column. */
export const columnLabel = (column: ProgressChoice): string =>
  progressLabel(column === 'unset' ? null : column)

/** Key of the 部 of units that master data does not name. */
export const UNKNOWN_PART = ''

/** A figure: of a 部所, a 部, a 分類 or of all; of one 進捗, or of every one (null). */
export interface LedgerCell {
  readonly of: 'unit' | 'part' | 'theme' | 'all'
  readonly key: string
  readonly progress: ProgressChoice | null
}

/** The filter of the list that shows a figure's rows; undefined where no filter can. */
export function filterOfCell(cell: LedgerCell, fiscalYear: number | null): InitiativeFilter | undefined {
  if (cell.of === 'part' && cell.key === UNKNOWN_PART) return undefined
  return {
    ...NO_FILTER,
    fiscalYear,
    scope: 'listed',
    progress: cell.progress === null ? [] : [cell.progress],
    units: cell.of === 'unit' ? [cell.key] : [],
    part: cell.of === 'part' ? cell.key : '',
    theme: cell.of === 'theme' ? cell.key : '',
  }
}

/** Whether a figure counts the row. */
export function isCounted(
  { of, key, progress }: LedgerCell,
  row: CountedRow,
  partOfUnit: (unit: string) => string,
): boolean {
  const keys = { unit: row.leadUnit, part: partOfUnit(row.leadUnit), theme: themeKey(row.theme), all: key }
  return (
    isListed(row.stage) && keys[of] === key && (progress === null || progress === (row.progress ?? 'unset'))
  )
}

/** Counts the rows of the bureau's list among `rows` (submitted and on, not withdrawn). */
export function countLedger(
  rows: readonly CountedRow[],
  { units, themes }: { units: readonly CountedUnit[]; themes: readonly string[] },
): Ledger {
  const listed = rows.filter(({ stage }) => isListed(stage))
  const byUnit = Map.groupBy(listed, ({ leadUnit }) => leadUnit)
  const byTheme = Map.groupBy(listed, ({ theme }) => themeKey(theme))
  const unitLines = unitsShown(units, byUnit)
  const parts = [...new Set(unitLines.map(({ part }) => part))].map((part) => ({
    ...sumOf(unitLines.filter((unit) => unit.part === part)),
    key: part,
    label: units.find(({ id }) => id === part)?.shortName ?? part,
  }))
  const themeKeys = new Set([...themes.map(themeKey), ...byTheme.keys(), themeKey('')])
  const themeLines = [...themeKeys]
    .toSorted((a, b) => Number(a === themeKey('')) - Number(b === themeKey('')))
    .map((key) => lineOf(key, key === themeKey('') ? '' : key, byTheme.get(key) ?? []))
  return { units: unitLines, parts, themes: themeLines, total: sumOf(unitLines) }
}

/** Every unit once, part by part, the 部 itself first, else in the bureau's order; then units that only rows name. */
function unitsShown(
  units: readonly CountedUnit[],
  byUnit: ReadonlyMap<string, readonly CountedRow[]>,
): UnitLine[] {
  const shown = units.filter(({ id, ended }) => !ended || byUnit.has(id))
  const known = new Set(units.map(({ id }) => id))
  const parts = new Set([...shown.filter(({ parent }) => parent === ''), ...shown].map(partOf))
  const lines = [...parts].flatMap((part) =>
    shown
      .filter((unit) => partOf(unit) === part)
      .toSorted((a, b) => Number(b.id === part) - Number(a.id === part))
      .map(({ id, shortName }) => ({ ...lineOf(id, shortName, byUnit.get(id) ?? []), part })),
  )
  const unknown = [...byUnit].filter(([id]) => !known.has(id))
  return [
    ...lines,
    ...unknown.map(([id, rows]) => ({
      ...lineOf(id, rows[0]?.unitLabel || id, rows),
      part: UNKNOWN_PART,
    })),
  ]
}

function lineOf(key: string, label: string, rows: readonly CountedRow[]): LedgerLine {
  const counts = LEDGER_COLUMNS.map(
    (column) => rows.filter(({ progress }) => (progress ?? 'unset') === column).length,
  )
  return { key, label, counts, total: rows.length }
}
