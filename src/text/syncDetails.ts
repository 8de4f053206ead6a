/** The details behind the sync bar. */
export const syncDetailsText = {
  heading: '同期の状態',
  facts: {
    queued: '送信を待っている記録',
    photos: '送信を待っている写真',
    parked: '保留の記録',
    met: '最後にサーバーとつながった時刻',
    never: 'まだつながっていません',
  },
  photos: (count: number) => `${count}枚`,
  syncNow: '今すぐ同期',
  showParked: '保留の記録を見る',
  signIn: 'ログインへ',
} as const
