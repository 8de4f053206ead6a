/** A tablet's own key, as the server knows it: the public half, to check what the tablet has signed [S26]. */
import * as v from 'valibot'
import { type PublicKey, publicKeySchema } from '../../../src/domain/session.ts'
import type { DeviceProof } from '../handlers/context.ts'

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const

const storedSchema = v.pipe(v.string(), v.parseJson(), publicKeySchema)

/** The key as documents hold it: always the same text for the same key. */
export function storedKey({ kty, crv, x, y }: PublicKey): string {
  return JSON.stringify({ kty, crv, x, y })
}

/** The key a document holds; undefined when it holds none. */
export function readStoredKey(text: string): PublicKey | undefined {
  const parsed = v.safeParse(storedSchema, text)
  return parsed.success ? parsed.output : undefined
}

/** The key to verify with; undefined when the coordinates are not a point of the curve. */
export async function importKey(publicKey: PublicKey) {
  try {
    return await crypto.subtle.importKey('jwk', publicKey, KEY, false, ['verify'])
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

/** Whether the holder of the key's private half has signed the text. */
export async function signedBy(publicKey: PublicKey, { text, signature }: DeviceProof): Promise<boolean> {
  const key = await importKey(publicKey)
  if (key === undefined) return false
  return crypto.subtle.verify(
    SIGNATURE,
    key,
    Buffer.from(signature, 'base64url'),
    new TextEncoder().encode(text),
  )
}
