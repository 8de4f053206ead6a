/** What HistoryList shows of one accepted change. */
import type { Json } from '../../domain/json.ts'

export interface HistoryChange {
  readonly field: string
  readonly label: string
  readonly from: string
  readonly to: string
  /** Free text: shown sentence by sentence. */
  readonly isText: boolean
  /** Where it came from two sides: both, with their headings. */
  readonly parents: readonly { readonly heading: string; readonly text: string }[]
  /** The value it can be put back to; undefined where that is not for this person, or it stands so already. */
  readonly restorable: { readonly value: Json } | undefined
}

export interface HistoryLine {
  readonly key: string
  readonly who: string
  readonly when: string
  /** When the tablet had saved it, where that was long before. */
  readonly savedAt: string | undefined
  readonly summary: string
  /** What else is to be said of it. */
  readonly note?: string | undefined
  readonly changes: readonly HistoryChange[]
  /** Fields that became 要確認 with this change, with both versions where they are known. */
  readonly conflicts: readonly Pick<HistoryChange, 'field' | 'label' | 'parents'>[]
}
