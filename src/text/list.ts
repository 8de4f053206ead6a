/** 局一覧. */
export const listText = {
  title: '局一覧',
  filters: '絞り込み',
  search: '検索',
  year: '年度',
  unit: '部所',
  progress: '進捗',
  stage: '段階',
  allYears: 'すべての年度',
  allUnits: 'すべての部所',
  all: 'すべて',
  ofAll: (count: number) => `全${count.toLocaleString('ja-JP')}件のうち`,
  clear: '条件をすべて解除',
  print: '印刷',
  printedAt: (date: string) => `${date} 現在`,
  printCapped: (count: number, cap: number) =>
    `全${count.toLocaleString('ja-JP')}件のうち、先頭の${cap.toLocaleString('ja-JP')}件を印刷しています。`,
  printLimit: (cap: number) =>
    `印刷は先頭の${cap.toLocaleString('ja-JP')}件までです。条件で絞り込んでから印刷してください。`,
  loading: '読み込んでいます',
  receiving: 'サーバーから一覧を受け取っています',
  emptyTitle: 'まだ取組がありません',
  emptyBody: '局のすべての部所の取組が、ここに並びます。まだ届いていないときは、同期してください。',
  noHitTitle: '条件に合う取組はありません',
  noHitBody: '検索の言葉を短くするか、条件を解除してください。',
} as const
