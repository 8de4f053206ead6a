/** 進捗 (progress) of an initiative: the six words of the all-bureau table (seed 000), or null = 未設定. */
export const PROGRESS_IDS = ['done', 'doing', 'partial', 'planned', 'considering', 'later'] as const

export type Progress = (typeof PROGRESS_IDS)[number]

const LABELS: Record<Progress, string> = {
  done: '実施済',
  doing: '実施中',
  partial: '一部実施中',
  planned: '今後実施',
  considering: '検討中',
  later: '今後検討',
}

/** The word shown for a progress; null (imported rows that never had one) is 未設定. */
export function progressLabel(progress: Progress | null): string {
  return progress === null ? '未設定' : LABELS[progress]
}

/** The progress a stored value names; null for 未設定 or anything unknown. */
export function parseProgress(value: unknown): Progress | null {
  return PROGRESS_IDS.find((id) => id === value) ?? null
}
