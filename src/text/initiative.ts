/** Words of the components of a 取組: cards, form, feedback, 要確認. */
export const initiativeText = {
  noTitle: '（取組内容 未記入）',
  no: 'No.',
  title: '取組内容',
  unit: '部所名',
  progress: '進捗',
  stage: '段階',
  updatedAt: '更新日',
  syncMark: '同期',
  updated: (label: string) => `${label} 更新`,
  me: '自分',
  lastChange: (when: string, who: string) => `最終更新 ${when}${who === '' ? '' : `（${who}）`}`,
  noteCount: (count: number) => `経過 ${count}件`,
  feedbackCount: (count: number) => `フィードバック ${count}件`,
  progressMove: '進捗の変更',
  to: 'から',
} as const

export const feedbackText = {
  kind: { request: '依頼', advice: '助言', praise: '好事例' },
  open: '未回答',
  closed: '回答済',
  due: (label: string) => `回答期限 ${label}`,
  reply: '回答',
} as const

export const formText = {
  unit: '部所名',
  title: '取組内容',
  titleHelp: '何をどう良くするかを、ひとことで書きます。',
  progress: '進捗',
  background: '現状・課題',
  detail: '具体的な取組内容',
  more: 'くわしく書く',
  moreHelp: '目標・予定・結果・視点',
  goal: '目標',
  plan: '今後の予定',
  result: '結果',
  viewpoints: '視点',
  viewpoint: {
    citizenFirst: '都民ファースト',
    openness: '情報公開',
    wiseSpending: 'ワイズ・スペンディング',
  },
  lifeWorkBalance: 'ライフ・ワーク・バランス',
  lifeWorkBalanceHelp: '働き方の見直しにつながる取組です。',
} as const
