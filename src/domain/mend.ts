/** Mending a parked mutation [S12]: what the person wrote, put onto the record as it stands now. */
import { combineTexts } from './combine.ts'
import type { Json } from './json.ts'
import { mergeField } from './merge.ts'
import type { Fields, RecordType } from './record.ts'
import type { Mutation } from './mutation.ts'

/**
 * Field values for the form: merged where that can be done, both texts one after the other where not, and for anything
 * else what the person wrote. Fields the type does not know are left out, the stage is for a button.
 * @param current the record's fields now, or those of a form already begun
 */
export function mendedFields(type: RecordType, { set }: Pick<Mutation, 'set'>, current: Fields): Fields {
  const mended: Record<string, Json> = { ...current }
  for (const [name, { from, to }] of Object.entries(set)) {
    const spec = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
    if (spec === undefined) continue
    const now = current[name] ?? null
    const outcome = mergeField(spec.merge, { from, current: now, mine: to })
    if (outcome.type === 'set' || outcome.type === 'merged') mended[name] = outcome.value
    if (outcome.type === 'conflict')
      mended[name] = spec.merge === 'text' ? combineTexts(textOf(from), textOf(now), textOf(to)) : to
  }
  return mended
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : '')
