/** ホーム. */
import type { TaskKind } from '../domain/tasks.ts'
import { localDateText } from './dates.ts'

export const homeText = {
  title: (unit: string) => (unit === '' ? '取組' : `${unit}の取組`),
  hqTitle: '局の取組',
  log: '取組を記録',
  needsMe: 'いま必要なこと',
  nothingNeeded: 'いま対応が必要なことはありません。',
  more: (count: number) => `ほか${count}件を表示`,
  overdue: '期限超過',
  overdueBy: (days: number, date: string) => `${localDateText(date)}まで（${days}日過ぎています）`,
  dueToday: '今日まで',
  dueIn: (days: number, date: string) => `${localDateText(date)}まで（あと${days}日）`,
  checksLeft: (count: number, due: string) => `提出していない取組 ${count}件。${due}`,
  due: (date: string) => `${localDateText(date)}まで`,
  reason: (reason: string) => `理由：${reason}`,
  elsewhere: 'この端末の記録',
  reminded: '本部から督促が届いています',
  rows: '取組',
  search: '取組をさがす',
  year: '年度',
  progress: '進捗',
  found: (count: number) => `${count.toLocaleString('ja-JP')}件`,
  clear: '条件を解除',
  noHitTitle: '条件に合う取組はありません',
  noHitBody: '言葉を短くするか、条件を解除してください。ほかの部所の取組は局一覧でさがせます。',
  showEarlier: (count: number) => `前年度までの取組（${count}件）`,
  draftTitle: (title: string) => (title === '' ? '取組内容は未入力です' : title),
  unfinishedNote: (text: string) => (text.trim() === '' ? '経過' : `経過：${text}`),
  noteTitle: (title: string) => `経過：${title}`,
  emptyTitle: '今年度の取組はまだありません',
  emptyBody:
    '業務をよくする取組を、現場で1行から記録できます。通信がなくても保存され、つながると自動で送られます。',
  emptyAction: '最初の取組を書く',
  offline: 'オフラインです。このまま記録できます。つながると自動で送ります。',
  neverSyncedTitle: '取組をまだ受信していません',
  neverSyncedBody: 'ネットワークにつながると自動で受信します。新しい取組は、このまま記録できます。',
  loading: '読み込んでいます',
  firstSync: '局の取組を受信しています',
  overview: '局一覧を見る',
  submittedCount: '提出された取組',
} as const

/** What waits, and what one does about it. `unfinished` = 書きかけ, forms kept on this tablet. */
export const taskText: Readonly<Record<TaskKind | 'unfinished', { heading: string; act: string }>> = {
  parked: { heading: '保留（送信できませんでした）', act: '理由を見る' },
  conflict: { heading: '要確認（2つの内容があります）', act: '内容を決める' },
  returned: { heading: '差戻し', act: '直して提出する' },
  reply: { heading: 'フィードバックへの回答', act: '回答する' },
  register: { heading: '督促（取組が登録されていません）', act: '登録する' },
  update: { heading: '督促（取組が更新されていません）', act: '更新する' },
  check: { heading: '点検', act: '点検する' },
  action: { heading: '会議で決まった対応事項', act: '対応事項を見る' },
  confirm: { heading: '届いた回答', act: '回答を読む' },
  awaited: { heading: '期限までに届いていない回答', act: '取組を見る' },
  unfinished: { heading: '書きかけ', act: '続きを書く' },
}
