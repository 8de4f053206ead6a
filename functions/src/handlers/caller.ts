/** Who the caller is now: member and device are read in the transaction, never taken from the token [S9], [S26]. */
import { type Actor, hasRole } from '../../../src/domain/actor.ts'
import { textOf } from '../../../src/domain/record.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { actorOf } from '../../../src/domain/types/member.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import { readStoredKey, signedBy } from '../identity/deviceKey.ts'
import type { ReadTx } from '../storage/storage.ts'
import type { Caller } from './context.ts'

/**
 * The actor behind a verified token. Errs: `revoked` when the person is disabled or the tablet's grant is gone,
 * `unauthenticated` when the store does not know the tablet, or the caller had to prove it and did not.
 */
export async function readActor(tx: ReadTx, caller: Caller): Promise<Result<Actor, Refusal>> {
  const [member, device] = await tx.getAll('records', [caller.uid, caller.deviceId])
  const actor = member?.type === 'member' ? actorOf(member.record) : undefined
  // A tablet this store does not know (it was restored from a backup) has to sign in again; nothing was taken from it.
  if (device === undefined) return err({ type: 'unauthenticated' })
  const granted =
    device.type === 'device' &&
    device.record.stage === 'active' &&
    textOf(device.record, 'owner') === caller.uid
  if (actor === undefined || !granted) return err({ type: 'revoked' })
  if (caller.proof !== undefined) {
    const key = readStoredKey(textOf(device.record, 'publicKey'))
    if (key === undefined || !(await signedBy(key, caller.proof))) return err({ type: 'unauthenticated' })
  }
  return ok(actor)
}

/** The caller, where they manage people and tablets. Errs: forbidden, and what readActor says. */
export async function readManager(tx: ReadTx, caller: Caller): Promise<Result<Actor, Refusal>> {
  const actor = await readActor(tx, caller)
  if (!actor.ok || hasRole(actor.value, 'hq', 'admin')) return actor
  return err({ type: 'forbidden' })
}
