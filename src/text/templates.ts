/** ひな形 for a new 取組: the beginnings of sentences that offices write most often. ○ is left to be filled in. */
export interface Template {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly theme: string
  readonly background: string
  readonly detail: string
  readonly goal: string
  readonly goalIndicator: string
  readonly goalUnit: string
}

export const templates: readonly Template[] = [
  {
    id: 'counter',
    name: '窓口の案内・待ち時間',
    title: '窓口の○○を分かりやすくする',
    theme: '窓口サービス',
    background: '○○の窓口では、○○のために待ち時間が長くなっている。',
    detail: '案内表示と記入例を見直し、○○を事前に確認できるようにする。',
    goal: '待ち時間を短くする。',
    goalIndicator: '平均の待ち時間',
    goalUnit: '分',
  },
  {
    id: 'paperless',
    name: '紙を減らす',
    title: '○○の資料を電子化する',
    theme: 'ペーパーレス',
    background: '○○の資料を毎回○部印刷している。',
    detail: '資料を共有フォルダーに置き、会議では端末で見る。印刷は必要な分だけにする。',
    goal: '印刷の枚数を減らす。',
    goalIndicator: '月の印刷枚数',
    goalUnit: '枚',
  },
  {
    id: 'meeting',
    name: '会議を短くする',
    title: '○○会議の進め方を見直す',
    theme: '会議',
    background: '○○会議は説明の時間が長く、話し合う時間が足りない。',
    detail: '資料を前日までに配り、会議では決めることだけを扱う。',
    goal: '会議の時間を短くする。',
    goalIndicator: '1回の会議時間',
    goalUnit: '分',
  },
  {
    id: 'overtime',
    name: '残業を減らす',
    title: '○○の事務を見直して超過勤務を減らす',
    theme: '働き方',
    background: '○月は○○の事務が集中し、超過勤務が多い。',
    detail: '事務の手順を書き出し、前もってできるもの、やめられるもの、分けられるものを決める。',
    goal: '超過勤務を減らす。',
    goalIndicator: '一人当たりの超過勤務',
    goalUnit: '時間',
  },
  {
    id: 'share',
    name: '知識を引き継ぐ',
    title: '○○の手引きを作り、だれでもできるようにする',
    theme: '人材育成',
    background: '○○の事務は担当者しか分からず、異動のたびに時間がかかる。',
    detail: '手順を手引きにまとめ、若手職員が見直して使いやすくする。',
    goal: '引継ぎにかかる時間を減らす。',
    goalIndicator: '引継ぎにかかる日数',
    goalUnit: '日',
  },
  {
    id: 'publicity',
    name: '知らせ方を変える',
    title: '○○の周知方法を見直す',
    theme: '広報',
    background: '○○を知らない利用者が多い。',
    detail: '利用者がよく見る場所と時期を調べ、ウェブサイトとちらしの内容をそろえる。',
    goal: '利用を増やす。',
    goalIndicator: '利用件数',
    goalUnit: '件',
  },
]
