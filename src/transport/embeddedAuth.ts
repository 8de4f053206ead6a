/** Signing in at the embedded identity service; refresh tokens are bound to this tablet's key [S26]. */
import * as v from 'valibot'
import { hexOf } from '../domain/hex.ts'
import { type Uid, asUid } from '../domain/ids.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { type SessionResponse, sessionResponseSchema } from '../domain/session.ts'
import type { Auth, Profile, SignInError } from '../sync/peoplePorts.ts'
import type { TransportError } from '../sync/ports.ts'
import { makeKeys, presentDevice, signProof } from './deviceKey.ts'
import { postJson } from './http.ts'
import type { SessionVault } from './sessionVault.ts'
import { signInErrorOf } from './signInError.ts'

interface AccessToken {
  readonly value: string
  readonly expiresAtMs: number
}

/** A token is renewed this long before it ends; measured on the monotonic clock, so a wrong tablet clock does no harm. */
const RENEW_BEFORE_MS = 60_000

export function createEmbeddedAuth(vault: SessionVault): Auth {
  const tokens = new Map<string, AccessToken>()
  const refreshing = new Map<string, Promise<Result<string, TransportError>>>()

  function remember(uid: string, session: SessionResponse): string {
    tokens.set(uid, { value: session.accessToken, expiresAtMs: performance.now() + session.expiresInMs })
    return session.accessToken
  }

  /** Refreshes in one tab at a time: a second tab finds the token the first one stored. */
  function refresh(uid: Uid): Promise<Result<string, TransportError>> {
    const running = refreshing.get(uid)
    if (running !== undefined) return running
    const started = withLock(`kaizencho-refresh-${uid}`, () => refreshNow(uid)).finally(() =>
      refreshing.delete(uid),
    )
    refreshing.set(uid, started)
    return started
  }

  async function refreshNow(uid: Uid): Promise<Result<string, TransportError>> {
    const session = await vault.byUid(uid)
    if (session === undefined || session.refreshToken === '') return err({ type: 'signInNeeded' })
    const { refreshToken, deviceId } = session
    const body = { refreshToken, deviceId, proof: await signProof(session.keys, refreshToken, deviceId) }
    const answer = await postJson('/api/session/refresh', { body, schema: sessionResponseSchema })
    if (!answer.ok) {
      const refused = answer.error.type === 'refused' && answer.error.refusal.type === 'unauthenticated'
      return err(refused ? { type: 'signInNeeded' } : answer.error)
    }
    // Nobody's requests are sent with another's token, whatever a server answers.
    if (answer.value.profile.uid !== uid) return err({ type: 'malformed' })
    await vault.renew(uid, {
      refreshToken: answer.value.refreshToken,
      profile: profileOf(answer.value),
    })
    return ok(remember(uid, answer.value))
  }

  return {
    restore: () => vault.current(),

    async signIn({ email, password }): Promise<Result<Profile, SignInError>> {
      const account = await accountOf(email)
      // A person who comes back is on the tablet they enrolled; anybody else enrols it anew.
      const known = await vault.byAccount(account)
      const keys = known?.keys ?? (await makeKeys())
      const device = await presentDevice(known?.deviceId ?? null, keys)
      const answer = await postJson('/api/session/sign-in', {
        body: { email, password, device },
        schema: sessionResponseSchema,
      })
      if (!answer.ok) return err(signInErrorOf(answer.error, { unauthenticated: 'wrongCredentials' }))
      const { deviceId, refreshToken } = answer.value
      const profile = profileOf(answer.value)
      await vault.keep({ uid: profile.uid, profile, deviceId, keys, refreshToken, account })
      await vault.admit(profile.uid)
      remember(profile.uid, answer.value)
      return ok(profile)
    },

    async headers(uid, { fresh }) {
      const known = tokens.get(uid)
      const good = known !== undefined && known.expiresAtMs - RENEW_BEFORE_MS > performance.now()
      const token = !fresh && good ? ok(known.value) : await refresh(uid)
      return token.ok ? ok({ authorization: `Bearer ${token.value}` }) : token
    },

    async signOut(uid) {
      const session = await vault.byUid(uid)
      tokens.delete(uid)
      await vault.end(asUid(uid))
      if (session === undefined || session.refreshToken === '') return
      const { refreshToken, deviceId } = session
      const body = { refreshToken, deviceId, proof: await signProof(session.keys, refreshToken, deviceId) }
      // Best effort: without a network the token ends by itself.
      await postJson('/api/session/sign-out', { body, schema: v.object({}) })
    },
  }
}

function profileOf({ profile, mustChangePassword }: SessionResponse): Profile {
  return mustChangePassword === true ? { ...profile, mustChangePassword } : profile
}

async function accountOf(email: string): Promise<string> {
  const text = new TextEncoder().encode(email.normalize('NFKC').trim().toLowerCase())
  return hexOf(await crypto.subtle.digest('SHA-256', text))
}

async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(name, work)
}
