/** The privacy gate: its question before a save, its hint while writing, and the reasons on a row (M12). */
import type { KeepReason, KeptReason } from '../domain/keptReasons.ts'
import type { PersonalDataKind } from '../domain/privacy/finding.ts'
import { fieldLabel } from './saveError.ts'

const KIND: Readonly<Record<PersonalDataKind, string>> = {
  myNumber: 'マイナンバー',
  corporateNumber: '法人番号',
  card: 'カード番号',
  phone: '電話番号',
  mail: 'メールアドレス',
  bankAccount: '口座番号',
  address: '住所',
  person: '氏名',
  company: '会社・団体の名前',
}
const REASON: Readonly<Record<KeepReason, string>> = {
  published: '公表されている情報',
  consent: '本人の同意がある',
  necessary: '業務上必要',
}
export const privacyKind = (kind: PersonalDataKind): string => KIND[kind]
const kindText = (kind: string): string => Object.entries(KIND).find(([name]) => name === kind)?.[1] ?? kind

export const privacyText = {
  title: '個人情報が書かれていませんか',
  lead: '次の文に、個人情報らしきものがあります。要らないものは伏せ字にしてください。入力した内容は端末に残っています。',
  place: (index: number, count: number) => `${index}／${count}`,
  found: (label: string, kind: PersonalDataKind) => `「${label}」の${KIND[kind]}らしきもの`,
  choice: '保存のしかた',
  mask: '伏せ字にする（●●）',
  keep: '残す',
  rewrite: '書き直す',
  rewriteOf: (label: string, kind: PersonalDataKind) => `「${label}」の${KIND[kind]}を書き直す`,
  reason: '残す理由',
  reasonOption: REASON,
  note: '理由の補足',
  noteHelp: '本部事務局が見ます。番号や住所などは書かないでください。',
  reasonMissing: '＊残す理由を選んでください。',
  noteTooLong: (max: number) => `＊理由の補足は${max}文字以内で入力してください。`,
  notePersonal: '＊理由の補足から個人情報を除いてください。',
  companies: (names: readonly string[]) =>
    `${names.map((name) => `「${name}」`).join('、')}は会社・団体の名前です。書いてよいか、確かめてください。`,
  save: 'この内容で保存',
  back: '入力に戻る',
  rewriteHere: '＊選ばれている部分を書き直してから、もう一度保存してください。',
  hint: (kinds: readonly PersonalDataKind[]) =>
    `貼り付けた文に、${kinds.map((kind) => KIND[kind]).join('、')}らしきものがあります。要らないものは消してください。`,
  kept: '個人情報を残した理由',
} as const

/** 「現状・課題」の電話番号：公表されている情報（…） */
export function keptReasonText({ field, kind, reason, note }: KeptReason, recordType: string): string {
  const words = `「${fieldLabel(recordType, field)}」の${kindText(kind)}：${REASON[reason]}`
  return note === '' ? words : `${words}（${note}）`
}

/** News of a save; company names in it are told with it. */
export function savedText(saved: string, companies: readonly string[]): string {
  return companies.length === 0 ? saved : `${saved}。${privacyText.companies(companies)}`
}
