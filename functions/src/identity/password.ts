/** Password hashes: scrypt with its cost in the hash string, so that it can be raised later. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'

/** Parameters of scrypt: iterations, block size, parallelisation. */
interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and about a quarter of a second; the OWASP recommendation for this memory. */
const COST: Cost = { N: 2 ** 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32

const partsSchema = v.strictTuple([
  v.literal('scrypt'),
  v.pipe(v.string(), v.digits(), v.toNumber(), v.maxValue(2 ** 20)),
  v.pipe(v.string(), v.digits(), v.toNumber(), v.maxValue(32)),
  v.pipe(v.string(), v.digits(), v.toNumber(), v.maxValue(16)),
  v.string(),
  v.string(),
])

/** A well-formed hash no password has: checking against it costs what checking a real one costs. */
export const UNMATCHABLE_HASH = format(Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES), COST)

/** `scrypt$N$r$p$salt$hash` of the password exactly as typed. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return format(salt, await derive(password, salt, cost), cost)
}

/** True when the password made this hash. Takes the same time wherever they differ. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt, hash] = v.parse(partsSchema, stored.split('$'))
  const expected = Buffer.from(hash, 'base64url')
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { N, r, p })
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function format(salt: Buffer, hash: Buffer, { N, r, p }: Cost): string {
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const maxmem = 256 * cost.N * cost.r
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { ...cost, maxmem }, (error, hash) => {
      if (error === null) resolve(hash)
      else reject(error)
    })
  })
}
