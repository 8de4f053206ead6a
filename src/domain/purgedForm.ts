/** Of a form that is kept while somebody types, what was destroyed of the version it began from [S18]. Pure. */
import * as v from 'valibot'
import { recordIdSchema } from './ids.ts'
import { jsonEqual, jsonSchema } from './json.ts'
import { EVERY_FIELD, PURGED_VALUE } from './purgeMark.ts'
import type { StoredRecord } from './record.ts'
import type { PurgeMark } from './wire.ts'

/** What such forms have in common: a version, and values of the same names as they are typed. */
const startedSchema = v.looseObject({
  started: v.looseObject({
    id: recordIdSchema,
    rev: v.number(),
    fields: v.record(v.string(), jsonSchema),
  }),
  draft: v.optional(v.record(v.string(), v.unknown()), {}),
})
export type StartedForm = v.InferOutput<typeof startedSchema>

/** The form, if it is one that began from a record. */
export function startedForm(value: unknown): StartedForm | undefined {
  const form = v.safeParse(startedSchema, value)
  return form.success ? form.output : undefined
}

/**
 * The form without what was destroyed; the same object where it holds nothing of it. What the person has not touched is as it
 * is in the record now; what they have typed is theirs, and stays with the sign that what it began from is gone.
 */
export function withoutPurgedStart(
  form: StartedForm,
  mark: PurgeMark,
  present: Pick<StoredRecord, 'fields'> | undefined,
): StartedForm {
  const { started, draft } = form
  const doomed = Object.entries(started.fields).filter(
    ([field, value]) =>
      started.rev <= Math.max(mark[field] ?? -1, mark[EVERY_FIELD] ?? -1) &&
      !jsonEqual(value, present?.fields[field] ?? null),
  )
  if (doomed.length === 0) return form
  const fields = { ...started.fields }
  const typed = { ...draft }
  for (const [field, value] of doomed) {
    const now = present?.fields[field] ?? null
    const was = typedAs(value)
    const isUntouched =
      was !== undefined && was === typedAs(draft[field] ?? null) && Object.hasOwn(draft, field)
    fields[field] = isUntouched ? now : PURGED_VALUE
    if (isUntouched) typed[field] = Array.isArray(draft[field]) ? (now ?? []) : (typedAs(now) ?? '')
  }
  return { ...form, started: { ...started, fields }, draft: typed }
}

/** Texts and lists of them as one types them; a form keeps figures and choices in ways of its own, which name nobody. */
function typedAs(value: unknown): string | undefined {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(String).join('\n')
  return typeof value === 'string' ? value : undefined
}
