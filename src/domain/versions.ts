/**
 * Versions still in the field [S25]. Outbox entries are never rewritten: what was saved under an older version of its type
 * is brought to today's each time it is decided, on the tablet and on the server.
 */
import type { Mutation } from './mutation.ts'
import type { RecordType } from './record.ts'

/** The mutation as today's version of its type has it; the same object when it is of today's, or newer. */
export function upcast(type: RecordType, mutation: Mutation): Mutation {
  const steps = type.upcasts?.slice(mutation.v - 1) ?? []
  if (steps.length === 0) return mutation
  return { ...mutation, v: type.version, set: { ...steps.reduce((set, step) => step(set), mutation.set) } }
}

/** True when a later release made it: its type is not known here, or only an older version of it. */
export function isFromLaterRelease(type: RecordType | undefined, { v }: Pick<Mutation, 'v'>): boolean {
  return type === undefined || v > type.version
}
