/** What may not come back once headquarters has destroyed it, decided or kept aside [S18]. */
import type { Uid } from '../../src/domain/ids.ts'
import { type Json, jsonEqual } from '../../src/domain/json.ts'
import type { Mutation } from '../../src/domain/mutation.ts'
import { holdsValue, inDoubt, isDestroyed } from '../../src/domain/purge.ts'
import { fieldOf } from '../../src/domain/record.ts'
import { photoType } from '../../src/domain/types/photo.ts'
import { conflictsAbout } from './conflicts.ts'
import type { Workspace } from './workspace.ts'

/**
 * Whether a mutation is about a record that was destroyed as a whole, hangs on one, was taken for one or decides one, or sets out from a value of a field that
 * is nowhere any more. What revision it was made on says nothing: a form may have been open longer than that.
 */
export async function isPurgedAway(workspace: Workspace, mutation: Mutation, uid: Uid): Promise<boolean> {
  const record = await workspace.record(mutation.id)
  const parent = await workspace.parentOf(record ?? { type: mutation.type, fields: valuesOf(mutation) })
  const decided = mutation.resolves === undefined ? undefined : await workspace.record(mutation.resolves)
  const note = mutation.type === photoType.name ? mutation.set['note']?.to : undefined
  const takenFor = typeof note === 'string' ? await workspace.record(note) : undefined
  for (const one of [record, parent, decided, takenFor])
    if (one !== undefined && isDestroyed(one, await workspace.purgeMark(one.id))) return true
  const mark = await workspace.purgeMark(mutation.id)
  const doubtful = mark === undefined ? [] : inDoubt(mutation, { record, mark })
  if (doubtful.length === 0) return false
  const entries = await workspace.historyOf(mutation.id)
  for (const [field, value] of doubtful) {
    const versions = await conflictsAbout(workspace, { target: mutation.id, field, by: uid })
    const waits = versions.some((one) => jsonEqual(fieldOf(one, 'mine'), value))
    if (!waits && !holdsValue(entries, field, value)) return true
  }
  return false
}

/** The values a mutation sets, by field. */
export function valuesOf({ set }: Pick<Mutation, 'set'>): Record<string, Json> {
  return Object.fromEntries(Object.entries(set).map(([field, { to }]) => [field, to]))
}
