import { type Json, jsonEqual } from '../domain/json.ts'
import type { RecordId } from '../domain/ids.ts'
import type { Change } from '../domain/mutation.ts'
import type { StoredRecord } from '../domain/record.ts'
import type { Wish } from './records.ts'

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

/** A new record with these values, `stage` among them. */
export function createWish(type: string, id: RecordId, values: FieldValues): Wish {
  return { type, op: 'create', id, stage: null, set: changesBetween({}, values) }
}

/** What differs from the version the person started from, `stage` if need be. */
export function editWish(started: StoredRecord, values: FieldValues): Wish {
  const { type, id, stage, fields } = started
  return { type, op: 'edit', id, stage, set: changesBetween({ ...fields, stage }, values) }
}
