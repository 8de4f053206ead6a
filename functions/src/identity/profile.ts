import * as v from 'valibot'
import type { StoredRecord } from '../../../src/domain/record.ts'
import { profileSchema } from '../../../src/domain/wire.ts'

/** A member as a session answers them. */
export function profileOf(member: StoredRecord): v.InferOutput<typeof profileSchema> {
  return v.parse(profileSchema, { ...member.fields, uid: member.id })
}
