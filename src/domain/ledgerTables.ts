/** The tables of 集計 as they are kept, and what makes them agree: what does not reconcile cannot be published (M4-18). Pure. */
import * as v from 'valibot'
import type { ProgressChoice } from './initiativeFilter.ts'
import { PROGRESS_IDS } from './progress.ts'

/** Columns of every table, in their order. */
export const LEDGER_COLUMNS: readonly ProgressChoice[] = [...PROGRESS_IDS, 'unset']

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

/** A ledger whose tables agree. */
export const ledgerSchema = v.pipe(
  ledgerShape,
  v.check((ledger) => reconciles(ledger), 'the tables do not agree'),
)

/** One line of all. */
export function sumOf(summed: readonly LedgerLine[]): LedgerLine {
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
