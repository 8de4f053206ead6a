/** 部所. */
import type { Json } from '../domain/json.ts'
import type { UnitKind } from '../domain/types/unit.ts'

/** 区分 as people read it, one and many alike. */
export const unitKind: Readonly<Record<UnitKind, string>> = {
  department: '本庁の部',
  office: '事業所',
  affiliate: '監理団体等',
}

/** 区分 of a record as stored; one of a later release as it is written. */
export function unitKindText(value: Json): string {
  return Object.entries(unitKind).find(([kind]) => kind === value)?.[1] ?? String(value)
}

export const unitsText = {
  title: '部所',
  lead: '一覧と集計の部所です。名称を変えても、これまでの取組には当時の部所名が残ります。',
  add: '部所を追加',
  search: '部所をさがす',
  showEnded: '廃止した部所も表示する',
  count: (count: number) => `${count.toLocaleString('ja-JP')}件`,
  ended: '廃止',
  parentOf: (name: string) => `所管：${name}`,
  up: (name: string) => `「${name}」を1つ上へ`,
  down: (name: string) => `「${name}」を1つ下へ`,
  emptyTitle: '部所が見つかりません',
  emptyBody: '検索の言葉を変えるか、「廃止した部所も表示する」を選んでください。',
  noneTitle: '部所がまだ登録されていません',
  noneBody: '「部所を追加」から1つずつ登録するか、CSVファイルからまとめて取り込んでください。',
  back: '部所の一覧へ',
  notFoundTitle: 'この部所は見つかりません',
  notFoundBody: '同期が終わっていない場合は、しばらくしてから開いてください。',
  addTitle: '部所を追加',
  code: '部所コード',
  codeHelp: '半角の英小文字・数字・ハイフンで付けます。あとから変えられません。',
  codeMissing: '＊部所コードを半角の英小文字・数字・ハイフンで入力してください。',
  codeTaken: '＊この部所コードは、ほかの部所が使っています。',
  name: '名称',
  nameMissing: '＊名称を入力してください。',
  shortName: '略称',
  shortNameHelp: '一覧や選択肢に使います。',
  shortNameMissing: '＊略称を入力してください。',
  kana: 'かな',
  kind: '区分',
  kindMissing: '＊区分を選んでください。',
  parent: '所管の部',
  basics: '登録内容',
  save: '変更を保存',
  create: '追加する',
  saved: '部所を保存しました',
  formerNames: '旧名称',
  open: 'まだ終わっていないこと',
  openNothing: 'ありません。',
  openMembers: (count: number) => `利用中の職員 ${count}人`,
  openRows: (count: number) => `結果まとめが済んでいない取組 ${count}件`,
  openFeedback: (count: number) => `回答を待っているフィードバック ${count}件`,
  openChildren: (count: number) => `所管する部所 ${count}件`,
  draftsUnseen: '下書きは自部所と共同実施の部所だけに見えるため、ここには数えていません。',
  end: 'この部所を廃止する',
  endTitle: (name: string) => `「${name}」を廃止しますか`,
  endBody:
    'これまでの取組は、廃止したあとも読めて、直せます。新しい取組の登録と、職員の追加・異動先にはできなくなります。あとで再開できます。',
  endNow: '廃止する',
  endedDone: '部所を廃止しました',
  endedTitle: '廃止した部所です',
  endedBody: 'これまでの取組は読めます。新しい取組と職員は登録できません。',
  reopen: 'この部所を再開する',
  reopened: '部所を再開しました',
} as const

/** 部所 as a file. */
export const unitFilesText = {
  title: '部所の一覧',
  fileName: '改善帳_部所.csv',
  export: 'CSVに書き出す',
  exportFailed: 'ファイルを作れませんでした。部所の登録はそのままです。もう一度押してください。',
  import: 'CSVから取り込む',
  importTitle: '部所をファイルから取り込む',
  importLead:
    'CSV（UTF-8、Shift_JIS）か .xlsx を選びます。内容を確かめてから取り込みます。1行でも誤りがあれば、何も取り込みません。',
  columns: (names: string) =>
    `1行目の列名：${names}。同じ id の部所は、違うところだけ直します。空のセルはその項目を空にし、ない列の項目は変えません。stage は読みません。「CSVに書き出す」のファイルを直して使えます。`,
  choose: 'ファイル',
  unreadableTitle: 'ファイルを読めませんでした',
  counts: (created: number, changed: number, unchanged: number) =>
    `追加 ${created}件、変更 ${changed}件、変わらない ${unchanged}件`,
  errors: (count: number) => `誤りが${count}行あります。まだ何も取り込んでいません。`,
  errorsBody: 'ファイルを直して、もう一度選んでください。',
  error: (line: number, column: string, what: string) => `${line}行目　${column}：${what}`,
  errorKind: {
    malformedRow: '列の数が合いません',
    missingValue: '空になっています',
    invalidValue: '使えない値です',
    duplicate: '同じ id の行があります',
    unknownUnit: '登録のない部所です',
    ambiguousUnit: '部所が1つに決まりません',
  },
  isNew: '追加',
  more: (count: number) => `ほか${count}件`,
  take: (count: number) => `${count}件を取り込む`,
  done: (count: number) => `${count}件の部所を保存しました`,
  failed: (done: number) =>
    `${done}件まで保存して、止まりました。同じファイルを選び直すと、残りだけを取り込めます。`,
} as const
