/**
 * Words of the frame: common, design system, shell, app. Each screen has its own file beside this one, so that the first
 * load carries only what it shows. Words of 進捗, 段階 and 同期 come from the domain.
 */
export const ja = {
  common: {
    appName: '改善帳',
    close: '閉じる',
    cancel: 'やめる',
    save: '保存する',
    count: (count: number) => `${count.toLocaleString('ja-JP')}件`,
    number: (no: number) => `No. ${no}`,
    none: '（なし）',
    unwritten: '（未記入）',
  },
  ui: {
    required: '※必須',
    optional: '※任意',
    showPassword: 'パスワードを表示する',
    hidePassword: 'パスワードを隠す',
    show: '表示',
    hide: '隠す',
    clearChoice: '選択を解除',
    clearSearch: '検索語を消す',
    characters: (count: number, max: number) => `${count}／${max}文字`,
    options: (count: number) => (count === 0 ? '当てはまるものがありません' : `${count}件の候補`),
    errorSummary: (count: number) => `入力内容を確認してください（${count}件）`,
    dismissToast: 'この知らせを閉じる',
    toasts: 'お知らせ',
    working: '処理中',
    tone: { info: 'お知らせ', success: '完了', warning: '注意', error: 'エラー' },
    progress: (value: number, max: number) =>
      `${value.toLocaleString('ja-JP')}／${max.toLocaleString('ja-JP')}件`,
  },
  shell: {
    skip: '本文へ移動',
    nav: '主なメニュー',
    home: 'ホーム',
    list: '局一覧',
    review: '本部レビュー',
    manage: '管理',
    settings: '設定',
    log: '記録',
    logHere: '取組を記録',
    leave: '交代する',
    syncLabel: '同期の状態',
    syncNow: '今すぐ同期',
    syncDetails: '同期のくわしい状態',
    sync: {
      allSent: 'すべて送信済み',
      pending: (count: number) => `未送信 ${count}件`,
      stalled: (count: number) => `送信待ち ${count}件`,
      sending: '送信中',
      loading: (rows: number, total: number) =>
        `読み込み中 ${rows.toLocaleString('ja-JP')} / ${total.toLocaleString('ja-JP')}件`,
      offline: (count: number) => `オフライン 未送信 ${count}件`,
      signInNeeded: 'ログインが必要',
      updateNeeded: '更新が必要',
      storageFull: '端末の空き不足',
      cannotSend: '送信できません',
    },
    updateTitle: '新しい版があります',
    updateBody: '入力中の内容は端末に保存されています。',
    update: '更新する',
    later: 'あとで',
  },
  app: {
    mustChangeTitle: '1回限りのパスワードのままです',
    mustChangeBody: '自分だけが知るパスワードに変えてください。',
    mustChange: 'パスワードを変える',
    screenMissing:
      '画面を開けませんでした。書いたものは端末に残っています。通信のあるところで、もう一度押してください。',
  },
} as const
