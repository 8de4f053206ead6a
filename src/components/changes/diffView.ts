/** What DiffEntry shows of one changed row. */
import type { Progress } from '../../domain/progress.ts'
import type { HistoryChange } from '../initiative/historyView.ts'

export interface DiffLine {
  readonly id: string
  readonly no: number | null
  readonly title: string
  readonly unitLabel: string
  readonly progress: Progress | null
  /** Where 進捗 came from; undefined when it did not move. */
  readonly moved: { readonly from: Progress | null } | undefined
  readonly changes: readonly HistoryChange[]
}
