/** The final push of a tablet that may no longer sync [S26]: its outbox is kept for headquarters, undecided. */
import * as v from 'valibot'
import type { DeviceId } from '../../../src/domain/ids.ts'
import { asUid } from '../../../src/domain/ids.ts'
import { textOf } from '../../../src/domain/record.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { deviceType } from '../../../src/domain/types/device.ts'
import { actorOf } from '../../../src/domain/types/member.ts'
import { type PushResponse, type Refusal, pushRequestSchema } from '../../../src/domain/wire.ts'
import { readStoredKey, signedBy } from '../identity/deviceKey.ts'
import type { ReadTx } from '../storage/storage.ts'
import type { Answer, Deps, DeviceProof } from './context.ts'
import type { Sender } from './desk.ts'
import { takeMutations } from './intake.ts'

/** A tablet that speaks for itself: its tokens may be gone, its key is not. */
export interface SigningTablet {
  readonly deviceId: DeviceId
  /** Signed over `quarantineProofText` of the very bytes of the body. */
  readonly proof: DeviceProof
}

/**
 * Takes a batch into quarantine; a repeat gets the same receipts. Errs: invalid, tooLarge, unauthenticated (unknown tablet
 * or wrong signature), forbidden (it may sync as ever), foreignClient.
 */
export async function quarantine(deps: Deps, tablet: SigningTablet, body: unknown): Answer<PushResponse> {
  const request = v.safeParse(pushRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  return takeMutations(deps, request.output, (tx) => readStopped(tx, tablet))
}

/** The owner of a tablet that is revoked, or whose owner is no longer active. */
export async function readStopped(
  tx: ReadTx,
  { deviceId, proof }: SigningTablet,
): Promise<Result<Sender, Refusal>> {
  const device = await tx.get('records', deviceId)
  if (device?.type !== deviceType.name) return err({ type: 'unauthenticated' })
  const key = readStoredKey(textOf(device.record, 'publicKey'))
  if (key === undefined || !(await signedBy(key, proof))) return err({ type: 'unauthenticated' })
  const uid = asUid(textOf(device.record, 'owner'))
  const member = await tx.get('records', uid)
  const active = member?.type === 'member' && actorOf(member.record) !== undefined
  if (active && device.record.stage === 'active') return err({ type: 'forbidden' })
  return ok({ uid, deviceId, treatment: { type: 'park', reason: { type: 'quarantined' } } })
}
