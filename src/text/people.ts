/** The people of a tablet: taking turns, the offline lease, the end [S26]. */
export const leaseText = {
  title: 'サーバーで確かめるまで、画面を開けません',
  why: 'この端末は、30日よりも長くサーバーにつながっていません。利用できることを確かめるまで、記録を表示しません。',
  safe: '端末の中の記録は消えていません。',
  unsent: (count: number) => `未送信と保留の${count}件も、そのまま残っています。`,
  how: 'ネットワークにつなぐと自動で確かめ、続きから使えます。つながっているのに開かないときは、「今すぐ確かめる」を押してください。',
  clock:
    '端末の日付と時刻が合っているかも確かめてください。日付が大きく変わると、この画面が出ることがあります。',
  lastMet: '最後につながった日時',
  notKnown: '不明',
  status: '同期の状態',
  tryNow: '今すぐ確かめる',
  signIn: 'もう一度ログインする',
} as const

export const endText = {
  title: 'この端末での利用は終わりました',
  wiping: '記録をこの端末から消しています',
  wipingHelp:
    '消し終わるまで、画面を閉じないでください。途中で閉じても、次に改善帳を開いたときに続きを行います。',
  why: '本部事務局が、この端末か、あなたの利用を止めました。',
  handedOver: 'まだ送っていなかった記録は、消す前にすべて本部事務局が預かりました。',
  gone: 'この端末からは、あなたの記録と鍵をすべて消しました。保存していなかった書きかけも残っていません。',
  contact: '心当たりがないときや、また使うときは、本部事務局に連絡してください。',
  toSignIn: 'ログインの画面へ',
} as const

export const turnsText = {
  heading: 'だれが使いますか',
  help: 'この端末でログインしたことがある人です。選んでPINを入れると、通信がなくても使えます。',
  unsent: (count: number | null) => (count === null ? '未送信 件数不明' : `未送信 ${count}件`),
  usedAt: (date: string) => `最後に使った日 ${date}`,
  noPin: 'PINなし',
  locked: 'PINはロック中',
  noPinHelp: (name: string) =>
    `${name}さんはPINを決めていません。ネットワークにつないで、パスワードでログインしてください。記録は端末に残っています。`,
  lockedHelp: (name: string) =>
    `PINを10回まちがえたため、${name}さんのPINは使えません。ネットワークにつないで、パスワードでログインすると、また使えます。記録は端末に残っています。`,
  pinHeading: (name: string) => `${name}さんのPIN`,
  pin: 'PIN（数字6けた）',
  pinMissing: '＊PINを数字6けたで入力してください。',
  enter: '開く',
  others: 'ほかの人を選ぶ',
  failedTitle: '開けませんでした',
  wrongPin: (left: number) => `＊PINが違います。あと${left}回まちがえると、PINが使えなくなります。`,
  failed: '端末の中を読めませんでした。記録は消えていません。画面を読み込み直してください。',
} as const

export const pinText = {
  heading: { set: 'PINを決める', change: 'PINを変える', remove: 'PINをなくす' },
  body: {
    set: '同じ端末をほかの人と使うとき、PINで自分の画面に戻れます。通信がなくても使えます。',
    change: '今のPINを確かめてから、新しいPINに変えます。',
    remove: 'PINをなくすと、交代したあとに戻るには、ネットワークとパスワードが必要になります。',
  },
  current: '今のPIN',
  next: '新しいPIN',
  nextHelp: '数字6けた。同じ数字や数字の組のくり返し、123456のような並びは使えません。',
  repeat: '新しいPIN（もう一度）',
  submit: { set: 'PINを決める', change: 'PINを変える', remove: 'PINをなくす' },
  done: { set: 'PINを決めました', change: 'PINを変えました', remove: 'PINをなくしました' },
  forgotten: '今のPINを忘れたときは、ログアウトしてログインし直すと、新しく決められます。',
  currentMissing: '＊今のPINを数字6けたで入力してください。',
  currentWrong: (left: number) => `＊今のPINが違います。あと${left}回まちがえると、PINが使えなくなります。`,
  locked:
    'PINを10回まちがえたため、このPINは使えません。ネットワークにつないでパスワードでログインし直すと、また使えます。',
  weak: {
    notSixDigits: '＊新しいPINを数字6けたで入力してください。',
    repeated: '＊同じ数字や数字の組のくり返しは、すぐに当てられます。別のPINにしてください。',
    sequence: '＊順に並んだ数字は、すぐに当てられます。別のPINにしてください。',
  },
  different: '＊上のPINと違います。同じPINをもう一度入力してください。',
  failed: 'PINを保存できませんでした。PINは元のままです。画面を読み込み直してください。',
  inviteTitle: 'この端末をほかの人と使いますか',
  inviteBody: 'PINを決めておくと、交代したあと、通信がなくても自分の画面に戻れます。',
  later: 'あとで',
  cardHeading: '交代とPIN',
  cardHelp:
    '交代すると、ほかの人がこの端末でログインできます。あなたの記録と未送信の記録は、この端末に残ります。PINがあれば、通信がなくても自分の画面に戻れます。',
  term: 'PIN',
  standing: { none: '決めていません', set: '決めてあります', locked: 'ロック中' },
} as const

export const leaveText = {
  heading: 'PINを決めてから交代しませんか',
  lockedHeading: 'PINが使えない状態です',
  body: '今のまま交代すると、この画面に戻るときに、ネットワークとパスワードが必要です。',
  kept: '未送信の記録も書きかけも、この端末に残ります。',
  setPin: 'PINを決めて交代する',
  leave: 'このまま交代する',
} as const
