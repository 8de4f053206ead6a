/**
 * Signatures without threads: the browser's way of checking one ends at a moment nobody can foretell, and a seed would not
 * replay. The same cryptography, done at once.
 */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import * as v from 'valibot'
import { type PublicKey, publicKeySchema } from '../../../src/domain/session.ts'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** The key every tablet of the simulation has. */
export const PUBLIC_KEY: PublicKey = v.parse(publicKeySchema, pair.publicKey.export({ format: 'jwk' }))

/** base64url of the tablet's signature (raw r‖s) over the text. */
export function signText(text: string): string {
  return sign('sha256', Buffer.from(text), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }).toString(
    'base64url',
  )
}

const subtle = {
  importKey: (_format: string, jwk: PublicKey): Promise<PublicKey> => Promise.resolve(jwk),
  verify: (_algorithm: unknown, jwk: PublicKey, signature: Buffer, data: Uint8Array): Promise<boolean> => {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    return Promise.resolve(verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature))
  },
}

/** Runs `work` with the server's signature checks done at once. */
export async function withSyncCrypto<T>(work: () => Promise<T>): Promise<T> {
  const original = Object.getOwnPropertyDescriptor(crypto, 'subtle')
  Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true })
  try {
    return await work()
  } finally {
    if (original === undefined) Reflect.deleteProperty(crypto, 'subtle')
    else Object.defineProperty(crypto, 'subtle', original)
  }
}
