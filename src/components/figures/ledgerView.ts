/** What the tables of 集計 are given. */
import type { RouteLocationRaw } from 'vue-router'
import type { LedgerCell } from '../../domain/ledger.ts'
import type { LedgerLine } from '../../domain/ledgerTables.ts'

/** Where a figure's rows are; undefined = they are shown on the page. */
export type CellLink = (cell: LedgerCell) => RouteLocationRaw | undefined

/** A figure that was opened, in words. */
export interface OpenedCell {
  readonly cell: LedgerCell
  readonly line: string
  readonly column: string
}

export interface LineProps {
  readonly line: LedgerLine
  readonly label: string
  readonly of: LedgerCell['of']
  readonly linkOf: CellLink
}
