/** Signing in and staying signed in, as it crosses the network [S26]. Tablet and embedded server parse with the same schemas. */
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

/** ログイン: e-mail, password and the tablet, which is enrolled by it. `id` is null on a tablet that has none yet. */
export const signInRequestSchema = v.strictObject({
  email: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.minLength(1), v.maxLength(254)),
  password: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  device: v.strictObject({
    id: v.nullable(deviceIdSchema),
    label: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(120)),
    publicKey: publicKeySchema,
  }),
})
export type SignInRequest = v.InferOutput<typeof signInRequestSchema>

const refreshTokenSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/))

/** Refreshing and ログアウト ask for the same. `proof`: base64url of the device key's signature (ECDSA P-256, SHA-256, raw r‖s) over `proofText`. */
export const refreshRequestSchema = v.strictObject({
  refreshToken: refreshTokenSchema,
  deviceId: deviceIdSchema,
  proof: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{86}$/)),
})
export type RefreshRequest = v.InferOutput<typeof refreshRequestSchema>

/** The text the device key signs; its UTF-8 is what is signed. */
export function proofText({
  refreshToken,
  deviceId,
}: {
  readonly refreshToken: string
  readonly deviceId: string
}): string {
  return `${refreshToken}.${deviceId}`
}

/** Answer to signing in and to refreshing. The refresh token replaces the one before. */
export const sessionResponseSchema = v.object({
  accessToken: v.string(),
  expiresInMs: v.pipe(v.number(), v.integer(), v.minValue(0)),
  refreshToken: v.string(),
  deviceId: deviceIdSchema,
  profile: profileSchema,
  serverTime: isoTimeSchema,
})
export type SessionResponse = v.InferOutput<typeof sessionResponseSchema>
