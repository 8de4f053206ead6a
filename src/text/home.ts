/** ホーム. */
export const homeText = {
  title: (unit: string) => (unit === '' ? '取組' : `${unit}の取組`),
  hqTitle: '局の取組',
  log: '取組を記録',
  needsMe: '対応が必要なもの',
  rows: '取組',
  earlier: '前年度までの取組',
  showEarlier: (count: number) => `前年度までの取組（${count}件）`,
  unfinished: '書きかけ',
  unfinishedItem: (title: string) => (title === '' ? '取組内容は未入力です' : title),
  resume: '続きを書く',
  conflict: '要確認：2つの内容があります',
  parked: '保留：送信できませんでした',
  returned: '差戻し：直して提出してください',
  feedback: (count: number) => `フィードバック ${count}件に回答してください`,
  emptyTitle: 'まだ取組がありません',
  emptyBody:
    '業務をよくする取組を、現場で1行から記録できます。通信がなくても保存され、つながると自動で送られます。',
  loading: '読み込んでいます',
  firstSync: '局の取組を受信しています',
  overview: '局一覧を見る',
  submittedCount: '提出された取組',
} as const
