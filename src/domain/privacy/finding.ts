/** What the privacy gate finds in a text (M12): somebody's data, where it stands, and how sure the rule is. */

/** Numbers and addresses that have a form of their own: what the gate is measured on most strictly. */
const STRUCTURED_KINDS = [
  'myNumber',
  'corporateNumber',
  'card',
  'phone',
  'mail',
  'bankAccount',
  'address',
] as const

/** In order of precedence: where two overlap, the first names the place. */
export const PERSONAL_DATA_KINDS = [...STRUCTURED_KINDS, 'person', 'company'] as const

/** マイナンバー, 法人番号, card number, phone, mail, bank account, postal address, person's name, company name. */
export type PersonalDataKind = (typeof PERSONAL_DATA_KINDS)[number]

/** `certain`: the form alone proves it (check digit, @); `likely`: form and context; `notice`: worth a look, stops nobody. */
export type Certainty = 'certain' | 'likely' | 'notice'

/** One place in a text. `start` and `end` are UTF-16 offsets into the text as written; `end` is exclusive. */
export interface Finding {
  readonly kind: PersonalDataKind
  readonly start: number
  readonly end: number
  readonly certainty: Certainty
}

/** True when the kind has a form of its own (a number, a mail address, a postal address). */
export function isStructured(kind: string): boolean {
  return STRUCTURED_KINDS.some((structured) => structured === kind)
}
