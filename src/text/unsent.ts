/** What has not reached the server, and the file to carry it by hand [S27]. */
export const unsentText = {
  banner: {
    title: (count: number) => `24時間以上送れていない記録が${count}件あります`,
    photosTitle: (count: number) => `24時間以上送れていない写真が${count}枚あります`,
    photos: (count: number) => `写真も${count}枚、送れずに待っています。`,
    photosOnly: '写真はこの端末に残っています。通信のよい場所で、画面を開いたままにすると送れます。',
    since: (date: string) => `いちばん古いものは ${date} から待っています。`,
    queued:
      '内容はこの端末に残っています。通信のある場所で同期してください。送れないときは、ファイルに保存して本部事務局に渡してください。',
    parked:
      'サーバーが受け付けなかった記録です。内容は残っています。「保留の記録を見る」から、直して送ってください。',
    showParked: '保留の記録を見る',
  },
  file: {
    save: 'ファイルに保存',
    none: '保存する記録はありません',
    notYet:
      'この端末の登録をまだ確かめられないため、ファイルを作れません。しばらくしてから、もう一度押してください。記録は端末に残っています。',
    done: (count: number) => `${count}件をファイルに保存しました。本部事務局に渡してください。`,
    shareTitle: '改善帳の未送信の記録',
  },
} as const
