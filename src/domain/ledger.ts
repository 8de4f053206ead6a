/**
 * 集計: 部所 × 進捗 and 分類 × 進捗, whose sums agree with each other and with the list (M2-8). A joint row counts under its
 * leading unit alone; 未設定 has a column of its own; units and 分類 of which there is no row are shown with zeros. Pure.
 */
import * as v from 'valibot'
import {
  type InitiativeFilter,
  type ProgressChoice,
  NO_FILTER,
  isListed,
  themeKey,
} from './initiativeFilter.ts'
import { partOf } from './unitPart.ts'
import { PROGRESS_IDS, type Progress, progressLabel } from './progress.ts'
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

/** Columns of every table, in their order. */
export const LEDGER_COLUMNS: readonly ProgressChoice[] = [...PROGRESS_IDS, 'unset']

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

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const line = {
  key: v.pipe(v.string(), v.maxLength(200)),
  label: v.pipe(v.string(), v.maxLength(200)),
  /** One for each of LEDGER_COLUMNS. */
  counts: v.pipe(v.array(count), v.length(LEDGER_COLUMNS.length)),
  total: count,
}
const lineSchema = v.strictObject(line)
const lines = v.pipe(v.array(lineSchema), v.maxLength(1000))

/** Units have the key of their 部 in `part`; the lines of a part stand together. */
const ledgerShape = v.strictObject({
  units: v.pipe(v.array(v.strictObject({ ...line, part: line.key })), v.maxLength(1000)),
  parts: lines,
  themes: lines,
  total: lineSchema,
})
export type Ledger = v.InferOutput<typeof ledgerShape>
export type LedgerLine = Ledger['total']
export type UnitLine = Ledger['units'][number]

/** A ledger whose tables agree: what does not reconcile cannot be published. */
export const ledgerSchema = v.pipe(
  ledgerShape,
  v.check((ledger) => reconciles(ledger), 'the tables do not agree'),
)

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

function sumOf(summed: readonly LedgerLine[]): LedgerLine {
  return {
    key: '',
    label: '',
    counts: LEDGER_COLUMNS.map((_, column) =>
      summed.reduce((sum, { counts }) => sum + (counts[column] ?? 0), 0),
    ),
    total: summed.reduce((sum, { total }) => sum + total, 0),
  }
}

/** True when every line adds up, the units of each 部 make its subtotal, and units, 部 and 分類 make the same totals. */
export function reconciles({ units, parts, themes, total }: Ledger): boolean {
  const addsUp = (one: LedgerLine): boolean => one.counts.reduce((sum, each) => sum + each, 0) === one.total
  const agrees = (lines: readonly LedgerLine[], with_: LedgerLine): boolean => {
    const sum = sumOf(lines)
    return sum.total === with_.total && sum.counts.every((each, column) => each === with_.counts[column])
  }
  const distinct = (lines: readonly LedgerLine[]): boolean =>
    new Set(lines.map(({ key }) => key)).size === lines.length
  return (
    [...units, ...parts, ...themes, total].every(addsUp) &&
    [units, parts, themes].every((lines) => distinct(lines) && agrees(lines, total)) &&
    parts.every((part) =>
      agrees(
        units.filter((unit) => unit.part === part.key),
        part,
      ),
    ) &&
    units.every((unit) => parts.some(({ key }) => key === unit.part))
  )
}
