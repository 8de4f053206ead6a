/** A tablet's own key pair, as the app makes it: the private half cannot be read out. */
import { type PublicKey, proofText, publicKeySchema } from '../../src/domain/session.ts'
import * as v from 'valibot'

export interface DeviceKey {
  readonly publicKey: PublicKey
  /** The proof of a refresh. */
  readonly sign: (token: { readonly refreshToken: string; readonly deviceId: string }) => Promise<string>
  /** The signature of any text, base64url. */
  readonly signText: (text: string) => Promise<string>
}

export async function makeDeviceKey(): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const publicKey = v.parse(publicKeySchema, await crypto.subtle.exportKey('jwk', pair.publicKey))
  const signText = async (text: string): Promise<string> => {
    const bytes = new TextEncoder().encode(text)
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes)
    return Buffer.from(signature).toString('base64url')
  }
  return {
    publicKey,
    sign: ({ refreshToken, deviceId }) => signText(proofText(refreshToken, deviceId)),
    signText,
  }
}
