const NUMBER = new Intl.NumberFormat('ja-JP')

/** Words of the conditions of 局一覧. */
export const filterText = {
  filters: '絞り込み',
  search: '検索',
  all: 'すべて',
  allYears: 'すべての年度',
  allUnits: 'すべての部所',
  allParts: 'すべての部',
  names: {
    fiscalYear: '年度',
    units: '部所',
    progress: '進捗',
    stages: '段階',
    theme: '分類',
    part: '部',
    updatedFrom: '更新日（から）',
    updatedTo: '更新日（まで）',
    scope: '範囲',
    query: '検索',
  },
  noTheme: '未分類',
  listed: '集計に数える取組',
  listedHelp: '下書きと取下げを除きます。共同実施の取組は、主管の部所だけで数えます。',
  counted: (label: string, count: number) => `${label}（${NUMBER.format(count)}）`,
  condition: (name: string, words: string) => `${name}：${words}`,
  /** Several values of one condition, in a select that chooses one. */
  several: (count: number) => `${count}つを選択中`,
  more: 'くわしい条件',
  chips: 'いまの条件',
  remove: (label: string) => `条件「${label}」を外す`,
  clear: '条件をすべて解除',
  dialogHelp: '選ぶとすぐに一覧が変わります。同じ項目では、いくつでも選べます。',
  show: (count: number) => `${NUMBER.format(count)}件を見る`,
  chosen: (name: string, count: number) => (count === 0 ? name : `${name}（${count}つ選択中）`),
  dates: '更新日',
} as const
