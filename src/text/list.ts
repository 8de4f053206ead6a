/** 局一覧. */
export const listText = {
  title: '局一覧',
  ofAll: (count: number) => `全${count.toLocaleString('ja-JP')}件のうち`,
  sort: '並べ替え',
  sorted: (count: number) => `並べ替え（${count}）`,
  columns: '列',
  views: '保存した条件',
  tools: 'その他',
  number: '番号を付ける',
  print: '印刷',
  export: '書き出す',
  import: '取り込む',
  qr: 'QRコード',
  qrOf: (title: string) => `「${title}」を開くQRコード`,
  year: '年度',
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
  keys: '行の上では、↑↓（J・K）で前後の行、Homeで最初、Endで最後の行に移り、Enterで開きます。横に開いた取組は、Escで閉じます。「/」で検索に移ります。',
  beside: '開いている取組',
  openAlone: 'この取組だけを開く',
} as const

export const sortText = {
  heading: '並べ替え',
  help: '上から順に使います。何も選ばないと、年度の新しい順、No.順に並びます。',
  step: (n: number) => `${n}番目`,
  none: '（使わない）',
  direction: (n: number) => `${n}番目の向き`,
  up: '小さい順・古い順',
  down: '大きい順・新しい順',
  key: {
    no: 'No.',
    title: '取組内容',
    unit: '部所の順',
    theme: '分類',
    progress: '進捗',
    stage: '段階',
    fiscalYear: '年度',
    updatedAt: '更新日',
  },
  reset: '並べ替えを解除',
  done: '一覧を見る',
  /** Read out beside a column that orders, when several do. */
  nth: (n: number) => `（${n}番目の並べ替え）`,
} as const

export const columnText = {
  heading: '表の列',
  help: '広い画面の表に出す列を選びます。この端末に残ります。',
  reset: 'はじめの列に戻す',
} as const
