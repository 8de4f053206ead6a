import { type Json, jsonEqual } from '../domain/json.ts'
import type { Change } from '../domain/mutation.ts'

/** Values by field name. */
export type FieldValues = Readonly<Record<string, Json>>

/** Changes from one set of values to another, without what stays the same. */
export function changesBetween(from: FieldValues, to: FieldValues): Record<string, Change> {
  const set: Record<string, Change> = {}
  for (const [field, value] of Object.entries(to)) {
    const before = from[field] ?? null
    if (!jsonEqual(before, value)) set[field] = { from: before, to: value }
  }
  return set
}
