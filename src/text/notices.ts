/** お知らせ. */
import type { NoticeKind } from '../domain/notices.ts'
import { localDateText } from './dates.ts'

export const noticesText = {
  title: 'お知らせ',
  unreadIn: (unread: number) => `（未読${unread}件）`,
  lead: 'この端末にある記録から作っています。通信がなくても見られます。',
  unread: '未読',
  unreadCount: (count: number) => `未読 ${count}件`,
  allRead: 'すべて読みました。',
  markAll: 'すべて既読にする',
  markOne: (title: string) => `既読にする：${title}`,
  markOneShort: '既読にする',
  emptyTitle: 'お知らせはありません',
  emptyBody: '本部からのフィードバックや差戻し、回答の期限が、ここに新しい順に並びます。',
  loading: '読み込んでいます',
  by: (name: string) => (name === '' ? '' : `${name}から`),
} as const

/** What a notice says; `due` is its deadline as `YYYY-MM-DD`, '' when there is none. */
export const noticeText: Readonly<Record<NoticeKind, (due: string) => string>> = {
  parked: () => '送信した記録が保留になりました',
  conflict: () => '2つの内容があります（要確認）',
  returned: () => '差戻しになりました',
  feedback: (due) => `フィードバックが届きました${due === '' ? '' : `（回答期限 ${localDateText(due)}）`}`,
  praise: () => '好事例に選ばれました',
  dueSoon: (due) => `回答期限が近づいています（${localDateText(due)}まで）`,
  overdue: (due) => `回答期限を過ぎました（期限 ${localDateText(due)}）`,
  reply: () => '部所から回答が届きました',
  awaited: (due) => `期限までに回答が届いていません（期限 ${localDateText(due)}）`,
  register: (due) => `本部から督促：取組を登録して、提出してください${until(due)}`,
  update: (due) => `本部から督促：取組の進捗や経過を更新してください${until(due)}`,
  check: (due) => `本部から督促：点検票を提出してください${until(due)}`,
  cycle: (due) => `点検が始まりました${until(due)}`,
  checkSoon: (due) => `点検の提出期限が近づいています${until(due)}`,
  checkLate: (due) => `点検の提出期限を過ぎました（期限 ${localDateText(due)}）`,
  action: (due) => `会議で対応事項が決まりました${until(due)}`,
}

function until(due: string): string {
  return due === '' ? '' : `（${localDateText(due)}まで）`
}
