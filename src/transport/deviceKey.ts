/** This tablet's own key, as both identities use it, and how the tablet presents itself to be enrolled [S26]. */
import { hexOf } from '../domain/hex.ts'
import { asDeviceId } from '../domain/ids.ts'
import {
  DEVICE_ID_HEADER,
  DEVICE_PROOF_HEADER,
  type SignInRequest,
  proofText,
  quarantineProofText,
} from '../domain/session.ts'
import type { AuthHeaders } from '../sync/peoplePorts.ts'
import type { VaultSession } from './sessionVault.ts'

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A key pair whose private half never leaves the browser. */
export async function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY, false, ['sign', 'verify'])
}

/** The tablet's signature that ties a token to it: a stolen token alone is worth nothing. */
export function signProof(keys: CryptoKeyPair, token: string, deviceId: string): Promise<string> {
  return sign(keys, proofText(token, deviceId))
}

/** Headers by which the tablet answers for a request's body with its key alone, without any token [S26]. */
export async function signBody(
  { keys, deviceId }: Pick<VaultSession, 'keys' | 'deviceId'>,
  body: string | ArrayBuffer,
): Promise<AuthHeaders> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const hash = hexOf(await crypto.subtle.digest('SHA-256', bytes))
  return {
    [DEVICE_ID_HEADER]: deviceId,
    [DEVICE_PROOF_HEADER]: await sign(keys, quarantineProofText(deviceId, hash)),
  }
}

async function sign(keys: CryptoKeyPair, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNATURE, keys.privateKey, bytes))
  return btoa(String.fromCharCode(...signature))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** The tablet for enrolment; `id` is null while it has none. */
export async function presentDevice(
  id: string | null,
  keys: CryptoKeyPair,
): Promise<SignInRequest['device']> {
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  return {
    id: id === null ? null : asDeviceId(id),
    label: deviceLabel(),
    publicKey: { kty: 'EC', crv: 'P-256', x, y },
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
