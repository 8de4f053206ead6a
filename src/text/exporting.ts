/** 書き出し of the list: the dialog, and the words that stand in the files (seeds 002 参考2 and 000). */
import { fiscalYearLabel } from '../domain/fiscal.ts'

const counted = (count: number): string => `${count.toLocaleString('ja-JP')}件`

export const exportText = {
  title: '一覧を書き出す',
  layout: '様式',
  layouts: {
    list: '参考2の一覧表',
    bureau: '全庁の様式',
    dataXlsx: '集計用（Excel）',
    dataCsv: '集計用（CSV）',
  },
  help: {
    list: 'Excelのファイルです。No.・取組内容・部所の名前を、A4横で印刷できる表にします。',
    bureau: 'Excelのファイルです。取組状況や今後の予定まで、A4横で印刷できる表にします。',
    dataXlsx: '1行目が項目名の、すべての項目の表（Excel）です。本部事務局は「取り込む」で読み込めます。',
    dataCsv: 'すべての項目を並べたCSV（UTF-8）です。ほかのシステムで読むときに使います。',
  },
  year: '年度',
  bom: 'Excelで開く（文字化けを防ぐBOMを付ける）',
  count: (count: number) => `いまの条件に合う${counted(count)}を書き出します。`,
  countOf: (count: number, left: number) =>
    `いまの条件に合う取組のうち${counted(count)}を書き出します。下書き・取下げ・ほかの年度の${counted(left)}は入りません。`,
  none: '書き出す取組がありません。条件か年度を変えてください。',
  make: 'ファイルを作る',
  reading: '取組を読んでいます',
  making: 'ファイルを作っています',
  cancel: 'やめる',
  ready: (count: number) => `${counted(count)}のファイルができました`,
  save: 'ファイルを保存',
  again: '別の様式で作る',
  saved: 'ファイルを渡しました',
  failedTitle: 'ファイルを作れませんでした',
  failed: '取組は変わっていません。条件で件数を減らして、もう一度お試しください。',
  printCodes: 'QRコードを付けて印刷',
  fileTitle: '改善帳の取組一覧',
  fileName: (layout: string, year: number | null, day: string) =>
    [`取組一覧`, layout, ...(year === null ? [] : [fiscalYearLabel(year)]), day.replaceAll('-', '')].join(
      '_',
    ),
} as const

/** Words in the files. */
export const sheetText = {
  sheet: '取組一覧',
  dataSheet: 'data',
  list: {
    title: (year: number) => `《参考2》事業所で実施している業務改善の取組一覧表（${fiscalYearLabel(year)}）`,
    header: ['No', '取組内容', '部所名'],
  },
  bureau: {
    title: (year: number) => `自律改革の取組状況（${fiscalYearLabel(year)}）`,
    header: (month: string) => [
      'No.',
      '取組事項',
      '具体的な取組内容',
      `取組状況（${month}時点）`,
      '進捗状況',
      '今後の予定',
      '局',
    ],
    bureau: '産業労働局',
  },
} as const
