/** The difference of two texts, as shown and as read aloud. */
export const diffText = {
  changed: '変更あり',
  empty: '（空欄）',
  added: '（追加）',
  removed: '（削除）',
  end: '（ここまで）',
  skipped: (count: number) => `…変わらない文 ${count}文…`,
  sample: '例の文。',
  legendAdded: '新しく書かれた文',
  legendRemoved: '消された文',
} as const
