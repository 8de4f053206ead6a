/** 書きかけ of the forms of headquarters. */
export const keptFormText = {
  restored: '書きかけを復元しました',
  kept: '書きかけを端末に残しました',
  discarded: '書きかけを捨てました',
  undo: '元に戻す',
} as const
