/** Callers by Firebase ID tokens, verified with their signature, project, expiry and revocation; the tablet proves itself by its key. */
import type { Auth, DecodedIdToken } from 'firebase-admin/auth'
import * as v from 'valibot'
import { type Uid, uidSchema } from '../../../src/domain/ids.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { proofText } from '../../../src/domain/session.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import type { Caller, DeviceProof } from '../handlers/context.ts'
import { type Identify, bearerToken } from '../http/api.ts'
import { readDevice } from '../http/signedTablet.ts'

/** A person whose token is good, whichever tablet sends it. */
export interface SignedIn {
  readonly uid: Uid
  readonly idToken: string
  /** Unix ms at which the person gave their password or came from the bureau's sign-in. */
  readonly authenticatedAtMs: number
}

/** A caller whose tablet is still to be proven, in the transaction that reads its record. */
export interface ProvingCaller extends Caller {
  readonly proof: DeviceProof
}

/** What of firebase-admin's Auth verifies tokens. */
export type TokenVerifier = Pick<Auth, 'verifyIdToken'>

/** Names the person alone: for enrolling a tablet. */
export function identifyPerson(verifier: TokenVerifier): Identify<SignedIn> {
  return async (request) => {
    const idToken = bearerToken(request)
    return idToken === undefined ? err({ type: 'unauthenticated' }) : verify(verifier, idToken)
  }
}

/** Names person and tablet: for everything else. */
export function identifyCaller(verifier: TokenVerifier): Identify<ProvingCaller> {
  const identify = identifyPerson(verifier)
  return async (request) => {
    const device = readDevice(request)
    if (device === undefined) return err({ type: 'unauthenticated' })
    const person = await identify(request)
    if (!person.ok) return person
    const { uid, idToken } = person.value
    const { deviceId, signature } = device
    return ok({ uid, deviceId, proof: { text: proofText(idToken, deviceId), signature } })
  }
}

/** Errs: unauthenticated, revoked. Throws when Firebase could not be asked, so that nobody is told to sign in for that. */
async function verify(verifier: TokenVerifier, idToken: string): Promise<Result<SignedIn, Refusal>> {
  let claims: DecodedIdToken
  try {
    claims = await verifier.verifyIdToken(idToken, true)
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return err(refusal)
  }
  const uid = v.safeParse(uidSchema, claims.uid)
  if (!uid.success || !Number.isFinite(claims.auth_time)) return err({ type: 'unauthenticated' })
  return ok({ uid: uid.output, idToken, authenticatedAtMs: claims.auth_time * 1000 })
}

/** What firebase-admin says of the token itself. Failing to fetch Google's keys has the same code as a bad token, other words. */
const ABOUT_THE_TOKEN = /^(?:Decoding )?Firebase ID token |^verifyIdToken\(\) expects an ID token/

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  switch (error.code) {
    case 'auth/id-token-expired':
    case 'auth/id-token-revoked':
    case 'auth/user-not-found':
      return { type: 'unauthenticated' }
    case 'auth/user-disabled':
      return { type: 'revoked' }
    case 'auth/argument-error':
      return ABOUT_THE_TOKEN.test(error.message) ? { type: 'unauthenticated' } : undefined
    default:
      return undefined
  }
}
