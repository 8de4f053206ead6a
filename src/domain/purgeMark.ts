/** What stands where personal data was destroyed [S18]: marks on rows, and a value in histories. Pure. */
import { type Json, jsonEqual } from './json.ts'
import type { Mutation } from './mutation.ts'
import type { PurgeMark } from './wire.ts'

/** In a mark: all fields. */
export const EVERY_FIELD = '*'

/** In a history, in place of a value that was destroyed. */
export const PURGED_VALUE = { purged: true } as const

/** True for what stands in place of a destroyed value. */
export function isPurged(value: Json): boolean {
  return typeof value === 'object' && value !== null && jsonEqual(value, PURGED_VALUE)
}

/** Whether a mutation that the server took at `rev` holds values that are destroyed. */
export function holdsPurged({ set }: Pick<Mutation, 'set'>, rev: number, mark: PurgeMark): boolean {
  if (rev <= (mark[EVERY_FIELD] ?? -1)) return true
  return Object.keys(set).some((field) => rev <= (mark[field] ?? -1))
}

/** Both marks in one. */
export function joinMarks(a: PurgeMark | undefined, b: PurgeMark): PurgeMark {
  const fields = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b)])]
  return Object.fromEntries(fields.map((field) => [field, Math.max(a?.[field] ?? 0, b[field] ?? 0)]))
}
