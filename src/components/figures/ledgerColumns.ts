/** Headings of the figures' columns. */
import { columnLabel } from '../../domain/ledger.ts'
import { LEDGER_COLUMNS } from '../../domain/ledgerTables.ts'
import { figuresText } from '../../text/figures.ts'

export const LEDGER_HEADINGS = [
  ...LEDGER_COLUMNS.map((column) => ({ key: column, label: columnLabel(column), align: 'right' }) as const),
  { key: 'sum', label: figuresText.sum, align: 'right', pinned: true } as const,
]
