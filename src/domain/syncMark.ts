/** Where a row is on its way to the server (1-product M1-6). */
export const SYNC_MARKS = ['local', 'sending', 'received', 'conflict', 'parked'] as const

export type SyncMark = (typeof SYNC_MARKS)[number]

const LABELS: Record<SyncMark, string> = {
  local: '端末に保存',
  sending: '送信中',
  received: '受領済',
  conflict: '要確認',
  parked: '保留',
}

/** The word shown for a mark. */
export function syncMarkLabel(mark: SyncMark): string {
  return LABELS[mark]
}
