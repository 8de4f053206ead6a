/** Access tokens of the embedded server: signed claims about who calls from which tablet, and the secret behind them. */
import { createHmac, randomBytes } from 'node:crypto'
import { SignJWT, errors, jwtVerify } from 'jose'
import * as v from 'valibot'
import { deviceIdSchema, uidSchema } from '../../../src/domain/ids.ts'
import type { Caller } from '../handlers/context.ts'
import type { Storage } from '../storage/storage.ts'

/** 15 minutes. */
export const ACCESS_TOKEN_MS = 15 * 60 * 1000

const ISSUER = 'kaizencho'
const AUDIENCE = 'kaizencho-api'
const CLOCK_TOLERANCE_S = 5

const claimsSchema = v.object({ sub: uidSchema, did: deviceIdSchema })

export interface Tokens {
  /** A token of this caller, valid for ACCESS_TOKEN_MS from `nowMs`. */
  readonly issue: (caller: Caller, nowMs: number) => Promise<string>
  /** Who the token speaks for; undefined when it is not ours, has expired or is for something else. */
  readonly verify: (token: string, nowMs: number) => Promise<Caller | undefined>
  /** The refresh secret that follows `secret`: always the same one, so that a lost answer can be given again. */
  readonly successor: (secret: string) => string
}

/** Tokens signed with the store's own secret, which is made at the first start. */
export async function openTokens(storage: Storage): Promise<Tokens> {
  const secret = Buffer.from(await tokenSecret(storage), 'base64url')
  return {
    issue: (caller, nowMs) =>
      new SignJWT({ did: caller.deviceId })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setSubject(caller.uid)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(new Date(nowMs))
        .setExpirationTime(new Date(nowMs + ACCESS_TOKEN_MS))
        .sign(secret),
    async verify(token, nowMs) {
      try {
        const { payload } = await jwtVerify(token, secret, {
          algorithms: ['HS256'],
          typ: 'at+jwt',
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['sub', 'did', 'iat', 'exp'],
          clockTolerance: CLOCK_TOLERANCE_S,
          currentDate: new Date(nowMs),
        })
        const claims = v.safeParse(claimsSchema, payload)
        return claims.success ? { uid: claims.output.sub, deviceId: claims.output.did } : undefined
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
    successor: (previous) => createHmac('sha256', secret).update(`refresh|${previous}`).digest('base64url'),
  }
}

function tokenSecret(storage: Storage): Promise<string> {
  return storage.transact(async (tx) => {
    const known = await tx.get('meta', 'tokenSecret')
    if (known !== undefined) return known.value
    const value = randomBytes(32).toString('base64url')
    tx.put('meta', 'tokenSecret', { value })
    return value
  })
}
