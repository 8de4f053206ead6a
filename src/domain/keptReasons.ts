/**
 * Why personal data that the gate found was left in a text (M12): chosen by the person who saved it, and read by
 * headquarters on the row. It names field and kind, never the data itself.
 */
import * as v from 'valibot'
import { type Json, canonicalJson } from './json.ts'
import { type FieldSpec, type Rule, type StoredRecord, fieldOf } from './record.ts'

/** 公表されている情報, 本人の同意がある, 業務上必要. */
export const KEEP_REASONS = ['published', 'consent', 'necessary'] as const
export type KeepReason = (typeof KEEP_REASONS)[number]

/** Longest word of explanation in UTF-16 units. */
export const KEEP_NOTE_MAX = 200

const keptReasonSchema = v.object({
  /** Name of the field the data stands in. */
  field: v.pipe(v.string(), v.maxLength(40)),
  /** PersonalDataKind; a later release may know more of them. */
  kind: v.pipe(v.string(), v.maxLength(40)),
  reason: v.picklist(KEEP_REASONS),
  note: v.pipe(v.string(), v.maxLength(KEEP_NOTE_MAX)),
})
export type KeptReason = v.InferOutput<typeof keptReasonSchema>

/** The field a record type keeps its reasons in: a set, so that two people's reasons stand together [S14]. */
export function keptReasonsField(write: Rule): FieldSpec {
  return {
    label: '個人情報を残した理由',
    schema: v.pipe(v.array(keptReasonSchema), v.maxLength(100)),
    merge: 'set',
    write,
  }
}

/** Reasons of a field value; what this release cannot read is left out. */
export function parseKeptReasons(value: Json): KeptReason[] {
  return Array.isArray(value) ? value.filter((item) => v.is(keptReasonSchema, item)) : []
}

export function readKeptReasons(record: StoredRecord): KeptReason[] {
  return parseKeptReasons(fieldOf(record, 'keptReasons'))
}

/** What a save leaves of personal data: per field that was looked at, the kinds that stay, and the reasons given now. */
export interface LeftIn {
  readonly looked: readonly string[]
  readonly left: readonly Pick<KeptReason, 'field' | 'kind'>[]
  readonly reasons: readonly KeptReason[]
}

/**
 * Reasons of the record after a save, as a field value: those given now, and the earlier ones whose data still stands.
 * null when there are none.
 */
export function keptReasonsAfter(before: readonly KeptReason[], { looked, left, reasons }: LeftIn): Json {
  const stands = ({ field, kind }: KeptReason): boolean =>
    !looked.includes(field) || left.some((place) => place.field === field && place.kind === kind)
  const after = [...before.filter(stands), ...reasons]
  const distinct = new Map(after.map((reason) => [canonicalJson(reason), reason]))
  return distinct.size === 0 ? null : [...distinct.values()]
}
