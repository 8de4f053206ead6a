/** 点検. */
import { fiscalYearLabel } from '../domain/fiscal.ts'
import type { CheckState } from '../domain/checks.ts'
import type { Facets } from '../domain/record.ts'
import type { Achievement } from '../domain/types/check.ts'
import { type CycleKind, parseCycleKind } from '../domain/types/cycle.ts'

export const cycleKindText: Readonly<Record<CycleKind, string>> = {
  interim: '中間点検',
  result: '結果まとめ',
}

export const achievementText: Readonly<Record<Achievement, string>> = {
  exceeded: '目標を上回る',
  achieved: '目標どおり',
  partly: '一部達成',
  missed: '未達成',
  tooEarly: 'まだ判断できない',
}

/** 「令和8年度 中間点検」. */
export function cycleTitle(facets: Facets): string {
  return `${fiscalYearLabel(Number(facets['fiscalYear'] ?? 0))} ${cycleKindText[parseCycleKind(facets['kind'])]}`
}

export const cycleText = {
  nav: '点検の中のページ',
  title: '点検',
  lead: '年度の途中（中間点検）と終わり（結果まとめ）に、取組を1件ずつ振り返って提出します。',
  loading: '読み込んでいます',
  choose: '表示する点検',
  none: '点検はまだ始まっていません',
  noneBody: '本部事務局が点検を始めると、ここに自分の部所の取組が並びます。',
  noneHq: '「点検を始める」から、年度と提出期限を決めてください。始めると全部所に知らせが届きます。',
  start: '点検を始める',
  change: '期限などを変える',
  close: '締め切る',
  closeConfirm: '締め切ると、部所は点検票を書けなくなります。提出済みの内容は残り、あとで再開できます。',
  reopen: '再開する',
  closed: '締切済',
  open: '受付中',
  notYet: '開始前',
  due: (date: string) => `提出期限 ${date}`,
  begins: (date: string) => `${date}から`,
  year: '年度',
  kind: '種別',
  opens: '開始日',
  dueDate: '提出期限',
  note: '本部からの説明',
  noteHelp: '何をどう書いてほしいかを、部所に伝えます。',
  dayMissing: (label: string) => `＊${label}を選んでください。`,
  dueBeforeStart: '＊提出期限は開始日以降にしてください。',
  duePast: '＊提出期限は今日以降の日付にしてください。',
  exists: 'この年度の同じ種別の点検はもう始まっています。「期限などを変える」から直してください。',
  saved: '点検を保存しました',
  overview: '部所ごとの提出状況',
  overviewLead: '数字を押すと、その取組が下に並びます。',
  unit: '部所',
  total: '計',
  allUnits: '全部所',
  cell: (unit: string, state: string, count: number) => `${unit}、${state} ${count}件を見る`,
  remind: (units: number) => `未提出の${units}部所に督促する`,
  rows: '点検する取組',
  ours: '自分の部所の取組',
  showAll: '絞り込みを解除',
  shown: (unit: string, state: string, count: number) =>
    `${[unit, state].filter((part) => part !== '').join('・')}　${count}件`,
  noRows: '当てはまる取組はありません。',
  noRowsBody: '点検するのは、この年度の提出済みの取組です。',
  state: { submitted: '提出済', draft: '下書き', none: '未着手' } satisfies Readonly<
    Record<CheckState, string>
  >,
  notSubmitted: '未提出',
  act: { submitted: '点検票を見る', draft: '続きを書く', none: '点検を書く' } satisfies Readonly<
    Record<CheckState, string>
  >,
} as const

export const checkText = {
  fields: {
    achievement: '達成度',
    rate: '達成率（％）',
    issues: '課題',
    measures: '対応策',
    opinions: '若手職員の意見',
    next: '次の一手',
    result: '結果',
    learnt: '学んだこと',
  },
  rateHelp: '数字で言えるときだけ書きます。例：80',
  opinionsHelp: '1行に1人分ずつ書いてください。提出するには1人分以上が要ります。',
  resultHelp: '提出すると、取組の「結果」になります。',
  learntHelp: '次年度に引き継ぐとき、新しい取組の「現状・課題」に入ります。',
  save: '下書きを保存',
  saveChange: '変更を保存',
  submit: '提出する',
  submitNote: {
    interim: '提出すると、取組の段階が「中間点検済」になります。',
    result: '提出すると、取組の段階が「結果まとめ済」になり、取組の文章は直せなくなります。',
  },
  leadSubmits: '下書きを保存すると、所長・企画担当者が提出できます。',
  saved: '点検票を端末に保存しました',
  submitted: '点検票を提出しました',
  restored: '書きかけの点検票を復元しました',
  keeping: '入力した内容は端末に自動で残ります',
  kept: '書きかけを端末に残しました',
  missing: (label: string) => `＊${label}を${label === '達成度' ? '選んで' : '入力して'}ください。`,
  opinionMissing: '＊若手職員の意見を1人分以上入力してください。',
  rateWrong: '＊達成率は0以上の数字で入力してください（例：80）。',
  tooLong: (label: string, max: number) => `＊${label}は${max}文字以内で入力してください。`,
  tooManyOpinions: (max: number) => `＊若手職員の意見は${max}人分までです。`,
  returned:
    '差戻しの取組です。先に取組を直して提出してから、点検票を提出してください。下書きは保存できます。',
  closed: 'この点検は締め切られました。内容は見るだけになります。',
  otherTab: 'この点検票は別のタブで書いています。そのタブで保存するか閉じてから、もう一度開いてください。',
  unwritten: 'まだ書かれていません。',
  gone: 'この点検または取組は端末にありません。同期が終わってから、もう一度開いてください。',
  toCycle: '点検へ戻る',
  toRow: '取組を見る',
  panel: '点検',
  submittedBy: (name: string, date: string) => `${name}　${date}`,
} as const

export const carryText = {
  lead: '結果まとめが済みました。学んだことを添えて、次年度の下書きを作れます。',
  carry: '次年度へ引き継ぐ',
  carryMany: (count: number) => `${count}件を次年度へ引き継ぐ`,
  heading: '次年度へ引き継ぐ取組',
  preview: '選んだ取組から、次年度の下書きを作ります。進捗・実施時期・実績値・結果は空から始まります。',
  becomes: (year: string, learnt: string) =>
    `${year}の下書きになります。${learnt === '' ? '学んだことは書かれていません。' : `学んだこと：${learnt}`}`,
  learnt: (year: string, learnt: string) => `【${year}に学んだこと】\n${learnt}`,
  done: (count: number) => `次年度の下書きを${count}件作りました`,
  undo: '元に戻す',
  undone: '次年度の下書きを取り消しました',
  nextRows: '引き継いだ次年度の取組',
} as const
