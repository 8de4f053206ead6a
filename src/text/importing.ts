/** 取込 of a list from a spreadsheet (M2-12). */
import type { ImportError } from '../domain/importing.ts'
import type { PersonalDataKind } from '../domain/privacy/finding.ts'
import { FILE_LIMITS, type TableProblem } from '../domain/table.ts'
import { privacyKind } from './privacy.ts'

const counted = (count: number, unit = '件'): string => `${count.toLocaleString('ja-JP')}${unit}`
const MEGABYTE = 1024 * 1024

export const importText = {
  title: '一覧を取り込む',
  backToList: '局一覧へ戻る',
  lead: 'Excel（.xlsx）かCSVの一覧から、取組を作ります。同じ一覧をもう一度取り込んでも、取組は増えません。',
  forbidden: 'この画面は本部事務局が使います。',
  steps: { file: '1 ファイルを選ぶ', columns: '2 列と年度を確かめる', preview: '3 内容を確かめて取り込む' },
  choose: '取り込むファイル',
  chooseHelp: `.xlsx か .csv を選びます（${FILE_LIMITS.file / MEGABYTE}MB、${FILE_LIMITS.rows.toLocaleString('ja-JP')}行まで）。参考2の一覧表、全庁の様式、改善帳で書き出したファイルをそのまま読めます。`,
  reading: 'ファイルを読んでいます',
  stop: 'やめる',
  chosen: (name: string, rows: number) => `${name}（${rows.toLocaleString('ja-JP')}行）`,
  failedTitle: 'このファイルは取り込めません',
  failed: 'ファイルを読めませんでした。取組は何も変わっていません。もう一度お試しください。',
  header: '見出しの行',
  headerCells: (cells: readonly string[]) =>
    cells
      .filter((cell) => cell !== '')
      .join('、')
      .slice(0, 80)
      // Browsers that break lines between phrases take 部所名 for two of them.
      .replaceAll('部所', '部\u2060所'),
  columnsLead:
    'ファイルのどの列を、どの項目に取り込むかを確かめてください。空のセルは何も変えません。いまの内容がそのまま残ります。',
  moreColumns: (taken: number) => (taken === 0 ? 'ほかの項目' : `ほかの項目（${taken}つを取り込みます）`),
  noColumn: '取り込まない',
  year: '一覧の年度',
  yearHelp: '年度の列があるファイルでは、その列の年度になります。',
  yearMissing: '＊年度を選んでください。',
  titleMissing: '＊取組内容の列を選んでください。',
  unit: 'どの部所の取組ですか',
  unitHelp: '部所の列がないため、すべての行をこの部所の取組にします。',
  unitMissing: '＊部所を選んでください。',
  check: '内容を確かめる',
  checking: '行を確かめています',
  back: '列と年度に戻る',
  counts: '表示する行',
  all: 'すべて',
  status: {
    new: '新しい取組',
    changed: '変わる',
    same: '変わらない',
    kept: '変えない',
    error: '直すところ',
  },
  warned: '個人情報の注意',
  count: (label: string, count: number) => `${label} ${count.toLocaleString('ja-JP')}`,
  line: (line: number) => `${line}行目`,
  leaveOut: 'この行を除く',
  leaveOutOf: (line: number) => `この行を除く（${line}行目）`,
  takeIn: '除くのをやめる',
  takeInOf: (line: number) => `除くのをやめる（${line}行目）`,
  leftOut: '取り込みません',
  unitsHeading: '部所を選んでください',
  unitsLead:
    '次の部所名は、登録された部所のどれか分かりませんでした。どの部所か選ぶと、その行も取り込めます。',
  unitOf: (label: string, count: number) => `「${label}」${count === 0 ? '' : `（${counted(count)}）`}`,
  moreUnits: (count: number) =>
    `分からない部所名は、ほかに${count.toLocaleString('ja-JP')}種類あります。部所名の列が正しいか確かめてください。`,
  likely: (name: string) => `${name}（近い名前）`,
  choosePlaceholder: '選んでください',
  leaveErrors: (count: number) => `直すところのある${counted(count)}を除いて取り込む`,
  leaveErrorsHelp: 'ファイルを直してから、もう一度取り込むこともできます。',
  warningsSeen: (count: number) => `個人情報の注意がある${counted(count)}を確かめました`,
  warningsSeenHelp:
    '取り込むと、局のすべての部所から見えます。要らない情報は、ファイルで伏せ字（●●）にしてください。',
  errorsLeft: (count: number) =>
    `直すところのある行が${counted(count)}あります。除くか、ファイルを直して選び直してください。`,
  warningsLeft: '個人情報の注意がある行を確かめて、チェックを付けてください。',
  nothing: '取り込むものはありません。一覧は、改善帳の内容と同じです。',
  nothingButKept: '取り込むものはありません。違うところのある行は、部所の行なので変えません。',
  apply: (count: number) => `${counted(count)}を取り込む`,
  applying: '端末に保存しています',
  pause: '中断する',
  pausedTitle: '取込を中断しました',
  paused: (done: number, total: number) =>
    `${total.toLocaleString('ja-JP')}件のうち${counted(done)}を保存しました。続きから取り込めます。あとで同じファイルを選んでも、続きだけを取り込みます。`,
  goOn: '続きを取り込む',
  stoppedTitle: '途中で保存できなくなりました',
  doneTitle: (count: number) => `${counted(count)}を取り込みました`,
  done: '端末に保存しました。サーバーへ順に送ります。アプリを閉じても、次に開いたときに続きを送ります。',
  toList: '局一覧へ',
  change: (label: string, from: string, to: string) =>
    `${label}：${from || '（なし）'} → ${to || '（なし）'}`,
  keptField: (label: string, value: string) => `${label}「${value}」は、部所の行なので変えません。`,
  noTitle: '（取組内容なし）',
} as const

/** What is wrong with a cell, and what to do. */
export function rowErrorText({ type, column = '', value = '', max }: ImportError): string {
  const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value
  switch (type) {
    case 'missingValue':
      return column === '' ? '必要な項目の列がありません。' : `「${column}」が空です。`
    case 'invalidValue':
      return max === undefined
        ? `「${column}」の「${shown}」は読み取れません。`
        : `「${column}」は${counted(max, '文字')}以内にしてください（いまは${counted(value.length, '文字')}）。`
    case 'duplicate':
      return `上の行と同じ取組です（${column}「${shown}」）。`
    case 'unknownUnit':
      return `「${shown}」という部所は登録されていません。`
    case 'ambiguousUnit':
      return `「${shown}」という部所は2つ以上あります。`
    case 'malformedRow':
      return '列の数が見出しと違います。'
  }
}

export function rowWarningText(column: string, kind: PersonalDataKind, found: string): string {
  return `「${column}」に${privacyKind(kind)}らしきもの「${found}」があります。`
}

/** Why a file gave no table, what to do, and that nothing happened to what it would have been imported as. */
export function tableProblemText(problem: TableProblem, records: '取組' | '部所'): string {
  return `${reasonOf(problem)}${records}は何も変わっていません。`
}

function reasonOf(problem: TableProblem): string {
  switch (problem.type) {
    case 'tooLarge':
      return `ファイルが${FILE_LIMITS.file / MEGABYTE}MBより大きいため、読めません。ファイルを分けて保存し直してください。`
    case 'tooManyRows':
      return `行が${FILE_LIMITS.rows.toLocaleString('ja-JP')}行より多いため、読めません。ファイルを分けて保存し直してください。`
    case 'tooMuchText':
      return '文字が多すぎて、読めません。ファイルを分けて保存し直してください。'
    case 'unpacksTooLarge':
      return '開くと大きすぎるファイルです。表だけを新しいブックに写して、保存し直してください。'
    case 'encrypted':
      return 'パスワードの付いたファイルは読めません。パスワードを外して保存し直してください。'
    case 'oldFormat':
      return '古い形式（.xls）のファイルは読めません。Excelで開き、.xlsx で保存し直してください。'
    case 'macro':
      return 'マクロの入ったファイルは読めません。Excelで開き、.xlsx（マクロなし）で保存し直してください。'
    case 'encoding':
      return '文字コードが分からないか、表のファイルではありません。.xlsx か、UTF-8 の .csv で保存し直してください。'
    case 'empty':
      return '表に何も書かれていません。表があるシートを、いちばん左にして保存し直してください。'
    case 'quotation':
      return `${problem.line}行目の引用符（"）が閉じていません。ファイルを直してください。`
    case 'timeout':
      return '読むのに時間がかかりすぎたため、やめました。ファイルを分けて保存し直してください。'
    case 'unreadable':
      return 'ファイルが壊れているか、.xlsx ではありません。Excelで開いて保存し直してください。'
  }
}
