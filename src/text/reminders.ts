/** 督促. */
import { fiscalYearLabel } from '../domain/fiscal.ts'
import type { ReminderGroup } from '../domain/reminders.ts'
import type { ReminderReason } from '../domain/types/reminder.ts'
import { cycleKindText } from './cycle.ts'
import { localDateText } from './dates.ts'

const CYCLE_ABOUT =
  '点検票をまだ提出していない取組がある部所です。未同期の部所は含めず、下の「未同期」に出しています。'

export const remindersText = {
  title: '督促',
  lead: '取組の登録や更新がない部所を見つけて、お知らせやメールで督促します。廃止した部所は出ません。',
  year: '年度',
  updatedSince: 'この日以降に更新がなければ「未更新」',
  seenSince: 'この日以降に接続がなければ「未同期」',
  kind: '区分',
  allKinds: 'すべて',
  loading: '読み込んでいます',
  offline:
    '通信がないため、この端末にある記録から数えています。本部が最後に直した取組では、その前の部所の更新が分からないことがあります。',
  again: '読み込み直す',
  group: {
    unregistered: '未登録',
    stale: '未更新',
    unseen: '未同期',
    interim: '中間点検が未提出',
    result: '結果まとめが未提出',
  } satisfies Record<ReminderGroup, string>,
  about: {
    unregistered: '提出された取組が1件もない部所です。下書きは本部からは見えません。',
    stale: '取組はあるが、上の日以降に、部所の職員による更新や経過がない部所です。',
    unseen:
      '端末が上の日以降つながっていない部所です。端末に未送信の記録があるかもしれないため、督促はせず、表示だけします。',
    interim: CYCLE_ABOUT,
    result: CYCLE_ABOUT,
  } satisfies Record<ReminderGroup, string>,
  none: '当てはまる部所はありません。',
  unsubmitted: (count: number) => `未提出 ${count}件`,
  rows: (count: number) => `取組 ${count}件`,
  updatedAt: (date: string) => (date === '' ? '更新なし' : `最終更新 ${date}`),
  seenAt: (date: string) => (date === '' ? '接続の記録なし' : `最終接続 ${date}`),
  noTablet: '端末の登録なし',
  noLead: '所長・企画担当者の登録なし',
  remindedOn: (date: string) => `前回の督促 ${date}`,
  choose: (name: string) => `${name}を選ぶ`,
  chooseAll: (count: number) => `すべて選ぶ（${count}部所）`,
  chooseNone: '選択をすべて外す',
  remind: (count: number) => (count === 0 ? '督促する' : `選んだ${count}部所に督促する`),
  nothingChosen: '督促する部所を選んでください。',
  dialogTitle: (group: string, count: number) => `${group}の${count}部所に督促`,
  dueDate: '期限',
  dueMissing: '＊期限は今日より後の日付を選んでください。',
  notice: 'お知らせで送る',
  noticeHelp:
    '所長・企画担当者の「いま必要なこと」と「お知らせ」に出ます。登録・更新・提出をすると消えます。',
  noticeNobody: (names: string) => `所長・企画担当者の登録がないため、お知らせを読む人がいません：${names}`,
  send: (count: number) => `${count}部所にお知らせを送る`,
  sent: (count: number) => `${count}部所への督促を保存しました`,
  mail: 'メールで送る',
  mailHelp: '宛先と文面をコピーして、お使いのメールに貼り付けられます。',
  addresses: (count: number) => `宛先（所長・企画担当者 ${count}人）`,
  text: '文面',
  copyAddresses: '宛先をコピー',
  copyText: '文面をコピー',
  openMail: 'メールソフトを開く',
  copied: 'コピーしました',
  copyFailed: 'コピーできませんでした。文面を選んで、コピーしてください。',
} as const

/** A mail to the leads of the units that are reminded. `due` is `YYYY-MM-DD` or ''. */
export function reminderMail({
  reason,
  fiscalYear,
  due,
  since,
}: {
  readonly reason: ReminderReason
  readonly fiscalYear: number
  readonly due: string
  readonly since: string
}): { readonly subject: string; readonly body: string } {
  const year = fiscalYearLabel(fiscalYear)
  const until = due === '' ? '' : `${localDateText(due)}までに、`
  const submitting = (name: string) => ({
    subject: `改善帳：${year}の${name}の提出のお願い`,
    lines: [
      `改善帳で、貴部所の${year}の取組の${name}がまだ提出されていません。`,
      `${until}点検票を書いて、提出してくださるようお願いします。`,
    ],
  })
  const what = {
    unregistered: {
      subject: `改善帳：${year}の取組の登録のお願い`,
      lines: [
        `改善帳に、貴部所の${year}の取組がまだ提出されていません。`,
        `${until}取組を登録し、提出してくださるようお願いします。`,
      ],
    },
    stale: {
      subject: `改善帳：${year}の取組の更新のお願い`,
      lines: [
        `改善帳にある貴部所の${year}の取組に、${localDateText(since)}以降の更新がありません。`,
        `${until}進捗と経過を更新してくださるようお願いします。変わりがないときは、その旨を経過に書いてください。`,
      ],
    },
    ...{ interim: submitting(cycleKindText.interim), result: submitting(cycleKindText.result) },
  }[reason]
  return {
    subject: what.subject,
    body: [
      '所長・企画担当者 様',
      '',
      ...what.lines,
      '',
      '行き違いの場合はご容赦ください。端末に「未送信」と出ているときは、通信のあるところで「今すぐ同期」を押してください。',
      '',
      '本部事務局',
    ].join('\n'),
  }
}
