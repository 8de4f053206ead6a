/** What いま必要なこと shows. */
import type { TaskKind, Urgency } from '../../domain/tasks.ts'

export interface TaskItem {
  readonly key: string
  /** Place where it is done. */
  readonly to: string
  readonly title: string
  readonly urgency: Urgency
  /** Deadline or reason, '' when there is neither. */
  readonly note: string
}

export interface TaskGroup {
  /** `unfinished` = 書きかけ, forms kept on this tablet. */
  readonly kind: TaskKind | 'unfinished'
  readonly items: readonly TaskItem[]
}
