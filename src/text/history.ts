/** 変更の履歴. */
export const historyText = {
  heading: '変更の履歴',
  show: '履歴を表示',
  again: '読み込み直す',
  empty: 'まだ変更はありません',
  before: '変更前',
  after: '変更後',
  changes: (count: number) => `変更の内容（${count}項目）`,
  savedAt: (date: string) => `端末での保存は ${date}`,
  field: '項目で絞り込む',
  allFields: 'すべての項目',
  parents: '合わせる前の2つの内容',
  server: 'サーバーにあった内容',
  mine: (name: string) => `${name}が保存した内容`,
  becameConflict: '2つの内容が残り、要確認になりました。',
  bothVersions: 'そのときの2つの内容',
  restore: 'この時点の文章に戻す',
  restoreOf: (field: string) => `「${field}」をこの時点の文章に戻す`,
  restoreTitle: (field: string) => `「${field}」を前の文章に戻しますか`,
  restoreHelp:
    '今の文章から次のように変わります。戻したあとも、今の文章は変更の履歴に残ります。ほかの人が同時に直していたときは、いつもの編集と同じように合わせます。',
  restoreNow: 'この文章に戻す',
  restored: '前の文章に戻しました',
  purged: (fields: readonly string[], reason: string) =>
    `${fields.length === 0 ? 'この記録の内容' : `「${fields.join('」「')}」の以前の内容`}を消しました。\n理由：${reason}`,
  offline: '変更の履歴を見るには、通信が必要です。つながってから、もう一度押してください。',
  offlineKnown: (date: string) =>
    `通信がないため、${date} に読み込んだ履歴を表示しています。その後の変更は含みません。`,
  signInNeeded: '変更の履歴を見るには、もう一度ログインしてください。端末の記録はそのままです。',
  failed:
    '変更の履歴を読み込めませんでした。記録の内容はそのままです。しばらくしてから、もう一度押してください。',
} as const
