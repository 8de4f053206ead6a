/** 記録. */
export const logText = {
  newTitle: '取組を記録',
  editTitle: '取組を直す',
  save: '保存',
  submit: '提出する',
  saved: '端末に保存しました',
  submitted: '提出しました',
  restored: '書きかけを復元しました',
  restoredBody: '前に入力していた内容の続きです。',
  startBlank: '白紙から書く',
  keeping: '入力した内容は端末に自動で残ります',
  kept: '書きかけを端末に残しました',
  titleMissing: '＊取組内容を入力してください。',
  gone: 'この取組は端末にありません',
  goneBody: '削除されたか、閲覧できなくなりました。同期してから、もう一度開いてください。',
  readOnly: 'この取組は今の段階では直せません',
  readOnlyBody: '直す必要があるときは、所長・企画担当者に伝えるか、経過として書いてください。',
  otherTab: 'この取組は別のタブで編集しています',
  otherTabBody: 'そのタブで保存するか閉じてから、もう一度開いてください。',
  notMine: '取組は事業所の職員が記録します',
  notMineBody:
    '記録する人には「事業所職員」か「所長・企画担当者」の役割が要ります。本部事務局に相談してください。',
  toRow: '取組を見る',
  discard: '書きかけを捨てる',
  discarded: '書きかけを捨てました',
  begun: '入力欄に内容を入れました',
  undo: '元に戻す',
} as const

/** はじめかた. */
export const startText = {
  fromRow: '前の取組から',
  fromTemplate: 'ひな形から',
  rowHeading: 'もとにする取組を選ぶ',
  templateHeading: 'ひな形を選ぶ',
  search: '取組をさがす',
  noRows: 'この部所の取組は見つかりません。',
} as const
