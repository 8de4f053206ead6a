/** Who the caller is now: member and device are read in the transaction, never taken from the token [S9], [S26]. */
import type { Actor } from '../../../src/domain/actor.ts'
import { textOf } from '../../../src/domain/record.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { actorOf } from '../../../src/domain/types/member.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import type { ReadTx } from '../storage/storage.ts'
import type { Caller } from './context.ts'

/** The actor behind a verified token; `revoked` when the person is disabled or the tablet's grant is gone. */
export async function readActor(tx: ReadTx, caller: Caller): Promise<Result<Actor, Refusal>> {
  const [member, device] = await tx.getAll('records', [caller.uid, caller.deviceId])
  const actor = member?.type === 'member' ? actorOf(member.record) : undefined
  const granted =
    device?.type === 'device' &&
    device.record.stage === 'active' &&
    textOf(device.record, 'owner') === caller.uid
  return actor === undefined || !granted ? err({ type: 'revoked' }) : ok(actor)
}
