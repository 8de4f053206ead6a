/** Signing in and staying signed in, as it crosses the network [S26]. Tablet and servers parse with the same schemas. */
import * as v from 'valibot'
import { deviceIdSchema, isoTimeSchema } from './ids.ts'
import { profileSchema } from './wire.ts'

/** 32 bytes as base64url. */
const coordinate = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))

/** Public half of the tablet's own key: ECDSA P-256 as JWK. Other members (`ext`, `key_ops`) are dropped. */
export const publicKeySchema = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: coordinate,
  y: coordinate,
})
export type PublicKey = v.InferOutput<typeof publicKeySchema>

/** A tablet as it presents itself to be enrolled. `id` is null on a tablet that has none yet. */
const deviceSchema = v.strictObject({
  id: v.nullable(deviceIdSchema),
  label: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(120)),
  publicKey: publicKeySchema,
})

/** ログイン: e-mail, password and the tablet, which is enrolled by it. */
export const signInRequestSchema = v.strictObject({
  email: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.minLength(1), v.maxLength(254)),
  password: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  device: deviceSchema,
})
export type SignInRequest = v.InferOutput<typeof signInRequestSchema>

const refreshTokenSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/))

/** base64url of the device key's signature (ECDSA P-256, SHA-256, raw r‖s) over `proofText`. */
export const proofSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{86}$/))

/** Refreshing and ログアウト ask for the same. */
export const refreshRequestSchema = v.strictObject({
  refreshToken: refreshTokenSchema,
  deviceId: deviceIdSchema,
  proof: proofSchema,
})
export type RefreshRequest = v.InferOutput<typeof refreshRequestSchema>

/**
 * The text the device key signs; its UTF-8 is what is signed. The token is the refresh token of the embedded identity, or
 * Firebase's ID token.
 */
export function proofText(token: string, deviceId: string): string {
  return `${token}.${deviceId}`
}

/**
 * The text a tablet signs to hand its outbox over when its tokens may be gone [S26].
 * @param bodyHash SHA-256 (lower-case hex) of the very bytes of the request's body
 */
export function quarantineProofText(deviceId: string, bodyHash: string): string {
  return `quarantine.${deviceId}.${bodyHash}`
}

/** Answer to signing in and to refreshing. The refresh token replaces the one before. */
export const sessionResponseSchema = v.object({
  accessToken: v.string(),
  expiresInMs: v.pipe(v.number(), v.integer(), v.minValue(0)),
  refreshToken: v.string(),
  deviceId: deviceIdSchema,
  profile: profileSchema,
  serverTime: isoTimeSchema,
  /** The password is a one-time password: the person is asked for one of their own. */
  mustChangePassword: v.optional(v.boolean()),
})
export type SessionResponse = v.InferOutput<typeof sessionResponseSchema>

/** Headers in which a tablet says which one it is and proves it: with Firebase in every request, else for quarantine alone. */
export const DEVICE_ID_HEADER = 'x-device-id'
export const DEVICE_PROOF_HEADER = 'x-device-proof'

/** Enrolling a tablet right after signing in with Firebase. */
export const enrolRequestSchema = v.strictObject({ device: deviceSchema })

/** Who the person is now, and on which tablet: the answer to enrolling, and to coming back. */
export const presenceSchema = v.object({
  deviceId: deviceIdSchema,
  profile: profileSchema,
  serverTime: isoTimeSchema,
})
export type Presence = v.InferOutput<typeof presenceSchema>
