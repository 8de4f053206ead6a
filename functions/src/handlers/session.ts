/** ログイン, staying signed in, ログアウト on the embedded server [S26]. */
import * as v from 'valibot'
import { type Uid, asUid } from '../../../src/domain/ids.ts'
import type { StoredRecord } from '../../../src/domain/record.ts'
import { err, ok } from '../../../src/domain/result.ts'
import {
  type SessionResponse,
  type SignInRequest,
  refreshRequestSchema,
  signInRequestSchema,
} from '../../../src/domain/session.ts'
import { actorOf } from '../../../src/domain/types/member.ts'
import { importKey } from '../identity/deviceKey.ts'
import { enrolDevice } from '../identity/devices.ts'
import { afterFailure, failuresKey, lockedForMs } from '../identity/lockout.ts'
import { UNMATCHABLE_HASH, verifyPassword } from '../identity/password.ts'
import { profileOf } from '../identity/profile.ts'
import { endSession, exchange, provenSession, startSession } from '../identity/refreshing.ts'
import { ACCESS_TOKEN_MS, type Tokens } from '../identity/tokens.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

export interface SessionDeps extends Deps {
  readonly tokens: Tokens
}

/** Signs a person in and enrols the tablet. Errs: invalid, unauthenticated, locked, revoked. */
export async function signIn(deps: SessionDeps, body: unknown): Answer<SessionResponse> {
  const request = v.safeParse(signInRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { device } = request.output
  if ((await importKey(device.publicKey)) === undefined) return err({ type: 'invalid' })
  const authenticated = await authenticate(deps, request.output)
  if (!authenticated.ok) return authenticated
  const uid = authenticated.value

  const member = await deps.storage.read((tx) => tx.get('records', uid))
  if (member?.type !== 'member' || actorOf(member.record) === undefined) return err({ type: 'revoked' })
  const enrolled = await enrolDevice(deps, { uid, device })
  if (!enrolled.ok) return enrolled
  const caller = { uid, deviceId: enrolled.value }
  const refreshToken = await startSession(deps, { caller, publicKey: device.publicKey })
  return ok(await answer(deps, { caller, refreshToken, member: member.record }))
}

/** Exchanges a refresh token for the next one and a new access token. Errs: invalid, unauthenticated, revoked. */
export async function refresh(deps: SessionDeps, body: unknown): Answer<SessionResponse> {
  const request = v.safeParse(refreshRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const caller = await provenSession(deps, request.output)
  if (caller === undefined) return err({ type: 'unauthenticated' })
  const { actor, member } = await deps.storage.read(async (tx) => ({
    actor: await readActor(tx, caller),
    member: await tx.get('records', caller.uid),
  }))
  if (!actor.ok) return actor
  if (member === undefined) return err({ type: 'revoked' })
  const refreshToken = await exchange(deps, request.output.refreshToken)
  if (refreshToken === undefined) return err({ type: 'unauthenticated' })
  return ok(await answer(deps, { caller, refreshToken, member: member.record }))
}

/** Ends the tablet's session. Errs: invalid, unauthenticated (also when it has ended already). */
export async function signOut(deps: Deps, body: unknown): Answer<Record<string, never>> {
  const request = v.safeParse(refreshRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const caller = await provenSession(deps, request.output)
  if (caller === undefined) return err({ type: 'unauthenticated' })
  await endSession(deps, request.output.refreshToken)
  return ok({})
}

/** The person behind e-mail and password. What is unknown takes the path, and the time, of what is wrong. */
async function authenticate(deps: Deps, { email, password }: SignInRequest): Answer<Uid> {
  const account = await deps.storage.read(
    async (tx) => (await tx.find('accountsByEmail', { value: email, limit: 1 }))[0],
  )
  const key = await failuresKey(deps, { email, known: account !== undefined })
  const before = await deps.storage.read((tx) => tx.get('signInFailures', key))
  const nowMs = (): number => Date.parse(deps.now())
  const retryAfterMs = lockedForMs(before, nowMs())
  if (retryAfterMs > 0) return err({ type: 'locked', retryAfterMs })
  const matches = await verifyPassword(password, account?.doc.password ?? UNMATCHABLE_HASH)

  return deps.storage.transact(async (tx) => {
    // Read again: of many guesses at once only the allowed number is answered.
    const failures = await tx.get('signInFailures', key)
    const lockedMs = lockedForMs(failures, nowMs())
    if (lockedMs > 0) return err({ type: 'locked', retryAfterMs: lockedMs })
    if (account === undefined || !matches) {
      tx.put('signInFailures', key, afterFailure(failures, nowMs()))
      return err({ type: 'unauthenticated' })
    }
    if (failures !== undefined) tx.remove('signInFailures', key)
    return ok(asUid(account.key))
  })
}

async function answer(
  deps: SessionDeps,
  { caller, refreshToken, member }: { caller: Caller; refreshToken: string; member: StoredRecord },
): Promise<SessionResponse> {
  const serverTime = deps.now()
  const account = await deps.storage.read((tx) => tx.get('accounts', caller.uid))
  return {
    accessToken: await deps.tokens.issue(caller, Date.parse(serverTime)),
    expiresInMs: ACCESS_TOKEN_MS,
    refreshToken,
    deviceId: caller.deviceId,
    profile: profileOf(member),
    serverTime,
    ...(account?.mustChange === true ? { mustChangePassword: true } : {}),
  }
}
