/** What two 集計 differ in, figure by figure. Pure. */
import { type Ledger, type LedgerLine, LEDGER_COLUMNS } from './ledgerTables.ts'

/** One line of either ledger; its figures are those of LEDGER_COLUMNS, and the sum. */
export interface ComparedLine {
  readonly key: string
  readonly label: string
  readonly figures: readonly { readonly before: number; readonly after: number }[]
  readonly changed: boolean
}

export interface LedgerDiff {
  readonly total: ComparedLine
  readonly parts: readonly ComparedLine[]
  /** Units and 分類 of which any figure differs. */
  readonly units: readonly ComparedLine[]
  readonly themes: readonly ComparedLine[]
}

/** Lines belong together by key; one that only one ledger has counts as zeros in the other. Names are the later ledger's. */
export function diffLedgers(before: Ledger, after: Ledger): LedgerDiff {
  const changedOf = (pair: readonly (readonly LedgerLine[])[]): ComparedLine[] =>
    compareLines(pair[0] ?? [], pair[1] ?? []).filter(({ changed }) => changed)
  return {
    total: compareLine(before.total, after.total),
    parts: compareLines(before.parts, after.parts),
    units: changedOf([before.units, after.units]),
    themes: changedOf([before.themes, after.themes]),
  }
}

function compareLines(before: readonly LedgerLine[], after: readonly LedgerLine[]): ComparedLine[] {
  const earlier = new Map(before.map((line) => [line.key, line]))
  const later = new Map(after.map((line) => [line.key, line]))
  return [...new Set([...later.keys(), ...earlier.keys()])].map((key) =>
    compareLine(earlier.get(key), later.get(key)),
  )
}

function compareLine(before: LedgerLine | undefined, after: LedgerLine | undefined): ComparedLine {
  const named = after ?? before
  const figuresOf = (line: LedgerLine | undefined): number[] =>
    line === undefined ? [...LEDGER_COLUMNS.map(() => 0), 0] : [...line.counts, line.total]
  const later = figuresOf(after)
  const figures = figuresOf(before).map((figure, column) => ({ before: figure, after: later[column] ?? 0 }))
  return {
    key: named?.key ?? '',
    label: named?.label ?? '',
    figures,
    changed: figures.some((figure) => figure.before !== figure.after),
  }
}
