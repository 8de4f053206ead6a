/** What a person is told when syncing needs them: what happened, that the data is safe, what to do. */
export const syncTroubleText = {
  signInNeeded: {
    title: 'もう一度ログインしてください',
    body: '端末の中の記録はそのままです。ログインすると続きから送信します。',
  },
  stalled: {
    title: '送信が進んでいません',
    body: '記録は端末に残っています。電波のよい場所で「今すぐ同期」を押してください。続くときは、「設定」で未送信の記録を書き出し、本部事務局に渡してください。',
  },
  updateNeeded: {
    title: 'アプリが古くなりました',
    body: '記録の送信は続いています。ほかの人の記録を受信するには、アプリを更新してください。入力中の内容は端末に保存されています。',
  },
  revoked: {
    title: '送信できません',
    body: 'この端末または職員の利用が停止されています。送っていない記録は、つながったときに本部事務局が預かり、そのあとこの端末から消えます。',
  },
  refused: {
    title: '送信できません',
    body: 'サーバーが受け付けませんでした。記録は端末に残っています。続くときは本部事務局に連絡してください。',
  },
  malformed: {
    title: '送信できません',
    body: 'サーバーの応答を読み取れませんでした。記録は端末に残っています。しばらくしてから同期してください。',
  },
  database: {
    title: '端末の保存領域に接続できません',
    body: '画面を読み込み直してください。保存した記録と入力中の内容は残っています。',
  },
  action: { signIn: 'ログインへ', update: '更新する', reload: '読み込み直す' },
} as const
