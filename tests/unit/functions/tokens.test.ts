/** Access tokens: only what this server signed for this purpose, and only while it is fresh. */
import { randomBytes } from 'node:crypto'
import { type JWK, SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ACCESS_TOKEN_MS, type Tokens, openTokens } from '../../../functions/src/identity/tokens.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import { type ClockedDeps, openClockedDeps } from '../../support/clockedDeps.ts'

const CALLER = { uid: asUid('u1'), deviceId: asDeviceId('d1') }
let world: ClockedDeps
let tokens: Tokens
let secret: Buffer
beforeEach(async () => {
  world = await openClockedDeps()
  tokens = await openTokens(world.deps.storage)
  const doc = await world.deps.storage.read((tx) => tx.get('meta', 'tokenSecret'))
  secret = Buffer.from(doc?.value ?? '', 'base64url')
})
afterEach(() => world.close())

/** A token like ours, apart from what `change` does to it. */
function token(
  change: (token: SignJWT) => SignJWT = (same) => same,
  header: { alg?: string; typ?: string; jwk?: JWK } = {},
) {
  const jwt = new SignJWT({ did: 'd1' })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
    .setSubject('u1')
    .setIssuer('kaizencho')
    .setAudience('kaizencho-api')
    .setIssuedAt(new Date(world.nowMs()))
    .setExpirationTime(new Date(world.nowMs() + 60_000))
  return change(jwt)
}
const verify = (text: string) => tokens.verify(text, world.nowMs())

test('the secret has 32 bytes and the reference token of these tests is good', async () => {
  expect(secret).toHaveLength(32)
  expect(await verify(await token().sign(secret))).toEqual(CALLER)
})

test('a token is good for 15 minutes and a few seconds of tolerance', async () => {
  const issued = await tokens.issue(CALLER, world.nowMs())
  expect(await tokens.verify(issued, world.nowMs() + ACCESS_TOKEN_MS)).toEqual(CALLER)
  expect(await tokens.verify(issued, world.nowMs() + ACCESS_TOKEN_MS + 10_000)).toBeUndefined()
})

test('a token without signature (alg none) is refused', async () => {
  const unsecured = new UnsecuredJWT({ did: 'd1', sub: 'u1', iss: 'kaizencho', aud: 'kaizencho-api' })
  expect(await verify(unsecured.setIssuedAt().setExpirationTime('1h').encode())).toBeUndefined()
  const [, payload] = (await token().sign(secret)).split('.')
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
  expect(await verify(`${none}.${payload}.`)).toBeUndefined()
})

test('a token signed with another secret or algorithm is refused', async () => {
  expect(await verify(await token().sign(randomBytes(32)))).toBeUndefined()
  expect(
    await verify(await token((jwt) => jwt, { alg: 'HS512' }).sign(Buffer.concat([secret, secret]))),
  ).toBeUndefined()
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const own = token((jwt) => jwt, { alg: 'ES256', jwk })
  expect(await verify(await own.sign(privateKey))).toBeUndefined()
})

test('a token that was changed after signing is refused', async () => {
  const [header, payload = '', signature] = (await token().sign(secret)).split('.')
  const claims = Buffer.from(payload, 'base64url').toString().replace('"u1"', '"u2"')
  const forged = `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`
  expect(await verify(forged)).toBeUndefined()
})

test('a token for another audience, of another issuer or of another kind is refused', async () => {
  expect(await verify(await token((jwt) => jwt.setAudience('other')).sign(secret))).toBeUndefined()
  expect(await verify(await token((jwt) => jwt.setIssuer('other')).sign(secret))).toBeUndefined()
  expect(await verify(await token((jwt) => jwt, { typ: 'JWT' }).sign(secret))).toBeUndefined()
})

test('a token that has expired, never expires, or names no person or no tablet is refused', async () => {
  const old = token((jwt) => jwt.setExpirationTime(new Date(world.nowMs() - 60_000)))
  expect(await verify(await old.sign(secret))).toBeUndefined()
  const claims = { iss: 'kaizencho', aud: 'kaizencho-api' }
  const now = new Date(world.nowMs())
  const header = { alg: 'HS256', typ: 'at+jwt' }
  const endless = new SignJWT({ ...claims, sub: 'u1', did: 'd1' }).setProtectedHeader(header).setIssuedAt(now)
  expect(await verify(await endless.sign(secret))).toBeUndefined()
  for (const who of [{ sub: 'u1' }, { did: 'd1' }, { sub: '', did: 'd1' }, { sub: 'u1', did: 7 }]) {
    const jwt = new SignJWT({ ...claims, ...who }).setProtectedHeader(header).setIssuedAt(now)
    expect(
      await verify(await jwt.setExpirationTime(new Date(world.nowMs() + 60_000)).sign(secret)),
    ).toBeUndefined()
  }
})

test('what is no token at all is refused', async () => {
  for (const text of ['', 'x', 'a.b.c', '..', `${'A'.repeat(5000)}.A.A`])
    expect(await verify(text)).toBeUndefined()
})
