/** Signing in at the embedded identity service; refresh tokens are bound to this tablet's key [S26]. */
import * as v from 'valibot'
import { type Uid, asUid } from '../domain/ids.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { type SessionResponse, proofText, sessionResponseSchema } from '../domain/session.ts'
import type { Auth, Profile, SignInError, TransportError } from '../sync/ports.ts'
import { postJson } from './http.ts'

/** What the adapter keeps between starts; db/vault.ts implements it. */
export interface SessionVault {
  current(): Promise<VaultSession | undefined>
  byUid(uid: string): Promise<VaultSession | undefined>
  keep(session: VaultSession): Promise<void>
  setCurrent(uid: string): Promise<void>
  end(uid: string): Promise<void>
}

export interface VaultSession {
  readonly uid: string
  readonly profile: Profile
  readonly deviceId: string
  readonly keys: CryptoKeyPair
  readonly refreshToken: string
}

interface AccessToken {
  readonly value: string
  readonly expiresAtMs: number
}

/** A token is renewed this long before it ends; measured on the monotonic clock, so a wrong tablet clock does no harm. */
const RENEW_BEFORE_MS = 60_000

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const

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
    const body = { refreshToken, deviceId, proof: await proofOf(session) }
    const answer = await postJson('/api/session/refresh', { body, schema: sessionResponseSchema })
    if (!answer.ok) {
      const refused = answer.error.type === 'refused' && answer.error.refusal.type === 'unauthenticated'
      return err(refused ? { type: 'signInNeeded' } : answer.error)
    }
    await vault.keep({ ...session, refreshToken: answer.value.refreshToken, profile: answer.value.profile })
    return ok(remember(uid, answer.value))
  }

  return {
    async restore() {
      return (await vault.current())?.profile
    },

    async signIn({ email, password }): Promise<Result<Profile, SignInError>> {
      const known = await vault.current()
      const keys = known?.profile === undefined ? await makeKeys() : known.keys
      const publicKey = await crypto.subtle.exportKey('jwk', keys.publicKey)
      const device = {
        id: known?.deviceId ?? null,
        label: deviceLabel(),
        publicKey: { kty: 'EC', crv: 'P-256', x: publicKey.x ?? '', y: publicKey.y ?? '' },
      }
      const answer = await postJson('/api/session/sign-in', {
        body: { email, password, device },
        schema: sessionResponseSchema,
      })
      if (!answer.ok) return err(signInError(answer.error))
      const { profile, deviceId, refreshToken } = answer.value
      await vault.keep({ uid: profile.uid, profile, deviceId, keys, refreshToken })
      await vault.setCurrent(profile.uid)
      remember(profile.uid, answer.value)
      return ok(profile)
    },

    async token(uid, { fresh }) {
      const known = tokens.get(uid)
      if (!fresh && known !== undefined && known.expiresAtMs - RENEW_BEFORE_MS > performance.now())
        return ok(known.value)
      return refresh(uid)
    },

    async signOut(uid) {
      const session = await vault.byUid(uid)
      tokens.delete(uid)
      await vault.end(asUid(uid))
      if (session === undefined || session.refreshToken === '') return
      const { refreshToken, deviceId } = session
      const body = { refreshToken, deviceId, proof: await proofOf(session) }
      // Best effort: without a network the token ends by itself.
      await postJson('/api/session/sign-out', { body, schema: v.object({}) })
    },
  }
}

/** A key pair whose private half never leaves the browser. */
async function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY, false, ['sign', 'verify'])
}

/** The tablet's signature over its refresh token: a stolen token alone is worth nothing. */
async function proofOf({ keys, ...session }: VaultSession): Promise<string> {
  const text = new TextEncoder().encode(proofText(session))
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNATURE, keys.privateKey, text))
  return btoa(String.fromCharCode(...signature))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function signInError(error: TransportError): SignInError {
  switch (error.type) {
    case 'offline':
      return { type: 'offline' }
    case 'signInNeeded':
    case 'malformed':
      return { type: 'failed' }
    case 'refused': {
      const { type, retryAfterMs } = error.refusal
      if (type === 'unauthenticated') return { type: 'wrongCredentials' }
      if (type === 'revoked') return { type: 'revoked' }
      if (type === 'locked' || type === 'busy')
        return { type: 'locked', retryAfterMs: retryAfterMs ?? 60_000 }
      return { type: 'failed' }
    }
  }
}

/** What headquarters sees of the tablet in its list: kind of device and browser, nothing that identifies a person. */
function deviceLabel(): string {
  const agent = navigator.userAgent
  const kind = ['iPad', 'iPhone', 'Android', 'Windows', 'Macintosh', 'CrOS', 'Linux'].find((name) =>
    agent.includes(name),
  )
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name))
  return `${kind ?? '端末'} ${browser === 'Edg' ? 'Edge' : (browser ?? '')}`.trim()
}

async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(name, work)
}
