/** 段階 (stage) of an initiative (1-product M1-3): 下書き→提出済⇄差戻し→中間点検済→結果まとめ済, 取下げ from any. */
export const STAGE_IDS = ['draft', 'submitted', 'returned', 'reviewed', 'concluded', 'withdrawn'] as const

export type Stage = (typeof STAGE_IDS)[number]

const LABELS: Record<Stage, string> = {
  draft: '下書き',
  submitted: '提出済',
  returned: '差戻し',
  reviewed: '中間点検済',
  concluded: '結果まとめ済',
  withdrawn: '取下げ',
}

/** The word shown for a stage. */
export function stageLabel(stage: Stage): string {
  return LABELS[stage]
}

/** The stage a stored value names; a row of a newer version's stage is shown as 提出済, the widest known. */
export function parseStage(value: unknown): Stage {
  return STAGE_IDS.find((id) => id === value) ?? 'submitted'
}
