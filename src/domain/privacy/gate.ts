/** The privacy gate between a form and its save (M12): what to ask about, and what the answers make of the texts. */
import type { KeptReason, LeftIn } from '../keptReasons.ts'
import type { Finding, PersonalDataKind } from './finding.ts'
import { type FindOptions, findPersonalData, maskFindings } from './findPersonalData.ts'

/** Finds personal data in a text. */
export type Look = (text: string) => readonly Finding[]

/** A form's texts as they were typed are forgotten after this many. */
const REMEMBERED = 64

/** Looks as findPersonalData does, and remembers what it saw: a form is looked at while it is typed and again at its save. */
export function rememberingLook(exempt: () => readonly string[]): Look {
  let names = exempt()
  const seen = new Map<string, readonly Finding[]>()
  return (text) => {
    if (names !== exempt() || seen.size >= REMEMBERED) seen.clear()
    names = exempt()
    const known = seen.get(text) ?? findPersonalData(text, { exempt: names })
    seen.set(text, known)
    return known
  }
}

/** A text about to be saved. */
export interface GateField {
  /** Name of the record's field. */
  readonly key: string
  /** 項目名. */
  readonly label: string
  readonly text: string
  /** What stood in the field before: nobody is asked twice about the same data. */
  readonly before?: string
  /** Nobody types it (an earlier text): it can be masked or kept, not rewritten. */
  readonly fixed?: boolean
}

/** One place to ask about, with the sentence around it. */
export interface GateItem {
  readonly field: GateField
  readonly finding: Finding
  readonly lead: string
  readonly marked: string
  readonly rest: string
}

export interface GateQuestion {
  readonly items: readonly GateItem[]
  /** Company names: told, not asked. */
  readonly notices: readonly GateItem[]
}

/** What is to become of an item: 伏せ字, or kept for a reason. */
export type GateChoice = 'mask' | Pick<KeptReason, 'reason' | 'note'>

export interface GateAnswer extends LeftIn {
  /** Every field's text as it shall be saved. */
  readonly texts: Readonly<Record<string, string>>
}

/** Sentences longer than this are cut around the place, in UTF-16 units to either side. */
const CONTEXT = 40

/** What of the texts a person must be asked about. */
export function questionOf(fields: readonly GateField[], look: Look = findPersonalData): GateQuestion {
  const items = fields.flatMap((field) => {
    const known = new Set(
      field.before === undefined || field.before === ''
        ? []
        : look(field.before).map((finding) => dataOf(field.before ?? '', finding)),
    )
    return look(field.text)
      .filter((finding) => !known.has(dataOf(field.text, finding)))
      .map((finding) => itemOf(field, finding))
  })
  return {
    items: items.filter(({ finding }) => finding.certainty !== 'notice'),
    notices: items.filter(({ finding }) => finding.certainty === 'notice'),
  }
}

const dataOf = (text: string, { kind, start, end }: Finding): string => `${kind} ${text.slice(start, end)}`

function itemOf(field: GateField, finding: Finding): GateItem {
  const { text } = field
  const { start, end } = finding
  const before = text.slice(0, start)
  const sentence = Math.max(...['。', '！', '？', '\n'].map((mark) => before.lastIndexOf(mark))) + 1
  const from = Math.max(sentence, start - CONTEXT)
  const after = /^[^。！？\n]*[。！？]?/.exec(text.slice(end))?.[0] ?? ''
  return {
    field,
    finding,
    lead: `${from > sentence ? '…' : ''}${wholeChars(text.slice(from, start))}`,
    marked: text.slice(start, end),
    rest: after.length > CONTEXT ? `${wholeChars(after.slice(0, CONTEXT))}…` : after,
  }
}

/** Without half a surrogate pair at either end. */
const wholeChars = (text: string): string => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')

/** The texts as the choices make them, one choice an item in the same order, and what stays in them. */
export function answerOf(
  fields: readonly GateField[],
  { items, choices }: { items: readonly GateItem[]; choices: readonly GateChoice[] },
  look: Look = findPersonalData,
): GateAnswer {
  const masked = (field: GateField): GateItem[] =>
    items.filter((item, index) => item.field === field && choices[index] === 'mask')
  const texts = Object.fromEntries(
    fields.map((field) => [
      field.key,
      maskFindings(
        field.text,
        masked(field).map(({ finding }) => finding),
      ),
    ]),
  )
  return {
    texts,
    looked: fields.map(({ key }) => key),
    left: Object.entries(texts).flatMap(([field, text]) => look(text).map(({ kind }) => ({ field, kind }))),
    reasons: items.flatMap(({ field, finding }, index) => {
      const choice = choices[index]
      return choice === undefined || choice === 'mask'
        ? []
        : [{ field: field.key, kind: finding.kind, reason: choice.reason, note: choice.note.trim() }]
    }),
  }
}

/** Kinds of personal data in a text, each once; for a hint while writing. */
export function kindsIn(text: string, options: FindOptions = {}): PersonalDataKind[] {
  return [...new Set(findPersonalData(text, options).map(({ kind }) => kind))]
}
