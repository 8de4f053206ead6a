/** Refresh tokens `${session}.${secret}`: one session per tablet, its secret exchanged at every use, bound to the device key. */
import { randomBytes } from 'node:crypto'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import { type PublicKey, type RefreshRequest, proofText } from '../../../src/domain/session.ts'
import type { Caller, Deps } from '../handlers/context.ts'
import type { SessionDoc } from '../storage/storage.ts'
import { readStoredKey, signedBy, storedKey } from './deviceKey.ts'
import type { Tokens } from './tokens.ts'

/** How long an exchanged token may be presented again because the answer was lost. */
export const GRACE_MS = 60_000

/** A session that is not used for 90 days ends. */
export const IDLE_MS = 90 * 24 * 60 * 60 * 1000

interface IdentityDeps extends Deps {
  readonly tokens: Tokens
}

/** Starts the session of a tablet and ends its earlier ones; returns the refresh token. */
export async function startSession(
  deps: Deps,
  { caller, publicKey }: { readonly caller: Caller; readonly publicKey: PublicKey },
): Promise<string> {
  const id = randomBytes(16).toString('base64url')
  const refreshToken = `${id}.${randomBytes(32).toString('base64url')}`
  const currentHash = await deps.hash(refreshToken)
  const nowMs = Date.parse(deps.now())
  await deps.storage.transact(async (tx) => {
    const earlier = await tx.find('sessionsByDevice', { value: caller.deviceId })
    for (const { key } of earlier) tx.remove('sessions', key)
    tx.put('sessions', id, {
      ...caller,
      publicKey: storedKey(publicKey),
      currentHash,
      previousHash: '',
      rotatedAtMs: 0,
      expiresAtMs: nowMs + IDLE_MS,
    })
  })
  return refreshToken
}

/** Whose token it is; undefined when it is not theirs to use: unknown, of another tablet, or without its key's signature. */
export async function provenSession(deps: Deps, request: RefreshRequest): Promise<Caller | undefined> {
  const { refreshToken, deviceId, proof } = request
  const session = await deps.storage.read((tx) => tx.get('sessions', sessionIdOf(refreshToken)))
  if (session === undefined || session.deviceId !== deviceId) return undefined
  const key = readStoredKey(session.publicKey)
  if (key === undefined) return undefined
  const signed = await signedBy(key, { text: proofText(refreshToken, deviceId), signature: proof })
  return signed ? callerOf(session) : undefined
}

/**
 * Exchanges a proven token for its successor. The same token gives the same successor again within GRACE_MS; later, or any
 * older token, ends the session: someone else holds a copy of the tablet.
 */
export async function exchange(deps: IdentityDeps, refreshToken: string): Promise<string | undefined> {
  const id = sessionIdOf(refreshToken)
  const next = `${id}.${deps.tokens.successor(refreshToken)}`
  const [hash, nextHash] = [await deps.hash(refreshToken), await deps.hash(next)]
  return deps.storage.transact(async (tx) => {
    const nowMs = Date.parse(deps.now())
    const session = await tx.get('sessions', id)
    if (session === undefined) return undefined
    if (session.currentHash === hash && nowMs < session.expiresAtMs) {
      tx.put('sessions', id, {
        ...session,
        currentHash: nextHash,
        previousHash: hash,
        rotatedAtMs: nowMs,
        expiresAtMs: nowMs + IDLE_MS,
      })
      return next
    }
    if (session.previousHash === hash && nowMs - session.rotatedAtMs <= GRACE_MS) return next
    tx.remove('sessions', id)
    return undefined
  })
}

/** Ends the session of a proven token. */
export async function endSession(deps: Deps, refreshToken: string): Promise<void> {
  await deps.storage.transact(async (tx) => tx.remove('sessions', sessionIdOf(refreshToken)))
}

function sessionIdOf(refreshToken: string): string {
  return refreshToken.split('.')[0] ?? ''
}

function callerOf({ uid, deviceId }: SessionDoc): Caller {
  return { uid: asUid(uid), deviceId: asDeviceId(deviceId) }
}
