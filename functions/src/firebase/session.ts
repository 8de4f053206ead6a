/** Enrolling a tablet after signing in with Firebase, and telling it who the person is now [S26]. */
import * as v from 'valibot'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { type Presence, type PublicKey, enrolRequestSchema } from '../../../src/domain/session.ts'
import { actorOf } from '../../../src/domain/types/member.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import { readActor } from '../handlers/caller.ts'
import type { Answer, Caller, Deps } from '../handlers/context.ts'
import { importKey, storedKey } from '../identity/deviceKey.ts'
import { enrolDevice } from '../identity/devices.ts'
import { profileOf } from '../identity/profile.ts'
import type { SignedIn } from './identity.ts'

/** A sign-in enrols for this long, and one key only: a token stolen later makes no tablet of the thief's. */
export const ENROL_MS = 5 * 60_000

/** Clocks of Google's servers may differ a little. */
const CLOCK_TOLERANCE_MS = 60_000

/** Enrols the tablet of someone who has just signed in. Errs: invalid, unauthenticated, revoked. */
export async function enrol(deps: Deps, person: SignedIn, body: unknown): Answer<Presence> {
  const request = v.safeParse(enrolRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { uid } = person
  const { device } = request.output
  if ((await importKey(device.publicKey)) === undefined) return err({ type: 'invalid' })
  const member = await deps.storage.read((tx) => tx.get('records', uid))
  if (member?.type !== 'member' || actorOf(member.record) === undefined) return err({ type: 'revoked' })
  const claimed = await claimSignIn(deps, person, device.publicKey)
  if (!claimed.ok) return claimed
  const enrolled = await enrolDevice(deps, { uid, device })
  if (!enrolled.ok) return enrolled
  return ok({ deviceId: enrolled.value, profile: profileOf(member.record), serverTime: deps.now() })
}

/** Who the caller is now. Errs: unauthenticated, revoked. */
export async function readPresence(deps: Deps, caller: Caller): Answer<Presence> {
  const { actor, member } = await deps.storage.read(async (tx) => ({
    actor: await readActor(tx, caller),
    member: await tx.get('records', caller.uid),
  }))
  if (!actor.ok) return actor
  if (member === undefined) return err({ type: 'revoked' })
  return ok({ deviceId: caller.deviceId, profile: profileOf(member.record), serverTime: deps.now() })
}

/**
 * Binds the person's latest sign-in to one key; older ones enrol no more. The same tablet may ask again: its answer was lost.
 * Two tablets signing in within the same moment: the later one enrols, the other signs in again.
 */
async function claimSignIn(
  deps: Deps,
  { uid, authenticatedAtMs }: SignedIn,
  publicKey: PublicKey,
): Promise<Result<void, Refusal>> {
  const ageMs = Date.parse(deps.now()) - authenticatedAtMs
  if (ageMs > ENROL_MS || ageMs < -CLOCK_TOLERANCE_MS) return err({ type: 'unauthenticated' })
  const key = `sign-in|${uid}`
  const wanted = storedKey(publicKey)
  return deps.storage.transact(async (tx) => {
    const latest = await tx.get('sessions', key)
    const spent =
      latest !== undefined &&
      (latest.rotatedAtMs > authenticatedAtMs ||
        (latest.rotatedAtMs === authenticatedAtMs && latest.publicKey !== wanted))
    if (spent) return err({ type: 'unauthenticated' })
    tx.put('sessions', key, {
      uid,
      deviceId: '',
      publicKey: wanted,
      currentHash: '',
      previousHash: '',
      rotatedAtMs: authenticatedAtMs,
      expiresAtMs: authenticatedAtMs + ENROL_MS,
    })
    return ok(undefined)
  })
}
