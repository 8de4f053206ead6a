/** Why a save was refused or a mutation parked, and what to do. */
export const errorsText = {
  summary: '保存できませんでした。入力した内容は残っています。',
  unknownType: 'この版のアプリでは扱えない種類の記録です。アプリを更新してください。',
  unknownRecord: 'もとの記録がサーバーにまだありません。届きしだい自動で反映されます。',
  unknownParent: 'もとの取組がサーバーにありません。取組を先に送信してください。',
  unknownField: 'この版のサーバーでは扱えない項目があります。アプリを更新してください。',
  notAllowed: 'この操作をする権限がありません。部所や段階が変わっていないか確かめてください。',
  invalidValue: (field: string) => `「${field}」の内容を確かめてください。長すぎるか、使えない値です。`,
  missingValue: (field: string) => `＊${field}を入力してください。`,
  stageRefused: '今の段階からはこの操作ができません。最新の内容を確かめてください。',
  typeMismatch: '記録の種類が一致しません。本部事務局に連絡してください。',
  malformed: '記録の形が正しくありません。内容を書き出して本部事務局に連絡してください。',
  failed: 'サーバーで処理できませんでした。内容は保管されています。本部事務局に連絡してください。',
  tooLarge: '内容が大きすぎます。文章を分けて保存してください。',
  storageFull:
    '端末の空き容量が足りません。写真などを整理してから、もう一度保存してください。入力した内容は画面に残っています。',
} as const
