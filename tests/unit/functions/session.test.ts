/** Signing in and staying signed in on the embedded server [S26]. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import { type SessionDeps, refresh, signIn, signOut } from '../../../functions/src/handlers/session.ts'
import { createAccount, createAccounts } from '../../../functions/src/identity/accounts.ts'
import { hashPassword, verifyPassword } from '../../../functions/src/identity/password.ts'
import { GRACE_MS, IDLE_MS } from '../../../functions/src/identity/refreshing.ts'
import { openTokens } from '../../../functions/src/identity/tokens.ts'
import { asRecordId, asUid } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import type { Result } from '../../../src/domain/result.ts'
import type { SessionResponse } from '../../../src/domain/session.ts'
import { type ClockedDeps, openClockedDeps } from '../../support/clockedDeps.ts'
import { type DeviceKey, makeDeviceKey } from '../../support/deviceKey.ts'

/** Cheap, so that many sign-ins are quick; what is stored says its own cost. */
const CHEAP = { N: 1024, r: 8, p: 1 }
const EMAIL = 'kameido@example.jp'
const PASSWORD = '改善 ｶｲｾﾞﾝ 2026'

let world: ClockedDeps
let deps: SessionDeps
let key: DeviceKey
beforeEach(async () => {
  world = await openClockedDeps()
  deps = { ...world.deps, tokens: await openTokens(world.deps.storage) }
  key = await makeDeviceKey()
  const created = await createAccounts(deps, [
    {
      uid: 'u1',
      email: EMAIL,
      passwordHash: await hashPassword(PASSWORD, CHEAP),
      name: '亀戸事務所 担当',
      unit: 'labor-kameido',
      roles: ['staff'],
    },
  ])
  expect(created).toEqual({ ok: true, value: undefined })
})
afterEach(() => world.close())

interface Attempt {
  readonly email?: string
  readonly password?: string
  readonly deviceId?: string | null
  readonly key?: DeviceKey
}

const attempt = (options: Attempt = {}): Promise<Result<SessionResponse, Refusal>> =>
  signIn(deps, {
    email: options.email ?? EMAIL,
    password: options.password ?? PASSWORD,
    device: {
      id: options.deviceId ?? null,
      label: '事務所のタブレット',
      publicKey: (options.key ?? key).publicKey,
    },
  })

async function signedIn(options: Attempt = {}): Promise<SessionResponse> {
  const answer = await attempt(options)
  if (!answer.ok) throw new Error(`sign-in was refused: ${answer.error.type}`)
  return answer.value
}

const exchange = async (
  { refreshToken, deviceId }: { refreshToken: string; deviceId: string },
  signer = key,
): Promise<Result<SessionResponse, Refusal>> =>
  refresh(deps, { refreshToken, deviceId, proof: await signer.sign({ refreshToken, deviceId }) })

async function exchanged(session: SessionResponse): Promise<SessionResponse> {
  const answer = await exchange(session)
  if (!answer.ok) throw new Error(`refresh was refused: ${answer.error.type}`)
  return answer.value
}

const refused = (type: Refusal['type']) => ({ ok: false, error: expect.objectContaining({ type }) })
const setStage = (
  type: string,
  id: string,
  { from, to, more = {} }: { from: string; to: string; more?: Record<string, { from: Json; to: Json }> },
) =>
  commitAs(deps, SYSTEM, [
    {
      v: 1,
      op: 'edit',
      type,
      id: asRecordId(id),
      stage: from,
      set: { stage: { from, to }, ...more },
      blobs: [],
      at: deps.now(),
    },
  ])

describe('signing in', () => {
  test('[S26] answers with the person, a token that says who and which tablet, and enrols the tablet', async () => {
    const session = await signedIn()
    expect(session.profile).toEqual({
      uid: 'u1',
      name: '亀戸事務所 担当',
      unit: 'labor-kameido',
      roles: ['staff'],
    })
    expect(await deps.tokens.verify(session.accessToken, world.nowMs())).toEqual({
      uid: 'u1',
      deviceId: session.deviceId,
    })
    const device = await deps.storage.read((tx) => tx.get('records', session.deviceId))
    expect(device?.record).toMatchObject({
      type: 'device',
      stage: 'active',
      fields: { owner: 'u1', label: '事務所のタブレット', enrolledAt: deps.now(), lastSignInAt: deps.now() },
    })
  })

  test('[S26] on a tablet the server knows keeps its device and notes the time', async () => {
    const first = await signedIn()
    world.advance(60_000)
    const second = await signedIn({ deviceId: first.deviceId })
    expect(second.deviceId).toBe(first.deviceId)
    const device = await deps.storage.read((tx) => tx.get('records', first.deviceId))
    expect(device?.record.fields['lastSignInAt']).toBe(deps.now())
    expect((await exchange(first)).ok).toBe(false)
    expect((await exchange(second)).ok).toBe(true)
  })

  test('[S26] with the device id of another person, or of no device, enrols a new one', async () => {
    await createAccount(deps, {
      uid: 'u2',
      email: 'osaki@example.jp',
      password: PASSWORD,
      name: '大崎事務所 担当',
      unit: 'labor-osaki',
      roles: ['staff'],
    })
    const first = await signedIn()
    const second = await signedIn({ email: 'osaki@example.jp', deviceId: first.deviceId })
    expect(second.deviceId).not.toBe(first.deviceId)
    expect((await signedIn({ deviceId: 'u1' })).deviceId).not.toBe('u1')
    expect((await exchange(first)).ok).toBe(true)
  })

  test('the e-mail may be typed in capitals and with spaces around; the password is taken as typed', async () => {
    expect((await attempt({ email: '  Kameido@Example.JP ' })).ok).toBe(true)
    expect(await attempt({ password: PASSWORD.normalize('NFKC') })).toEqual(refused('unauthenticated'))
    expect(await attempt({ password: `${PASSWORD} ` })).toEqual(refused('unauthenticated'))
  })

  test('an unknown e-mail is refused with the same words as a wrong password', async () => {
    const unknown = await attempt({ email: 'nobody@example.jp' })
    expect(unknown).toEqual(await attempt({ password: 'wrong' }))
    expect(unknown).toEqual({ ok: false, error: { type: 'unauthenticated' } })
  })

  test('[S26] a disabled member and a revoked tablet are refused; a wrong password learns nothing of it', async () => {
    const session = await signedIn()
    await setStage('device', session.deviceId, { from: 'active', to: 'revoked' })
    expect(await attempt({ deviceId: session.deviceId })).toEqual(refused('revoked'))
    expect((await attempt()).ok).toBe(true)
    await setStage('member', 'u1', { from: 'active', to: 'disabled' })
    expect(await attempt()).toEqual(refused('revoked'))
    expect(await attempt({ password: 'wrong' })).toEqual(refused('unauthenticated'))
  })

  test('a body that is not a sign-in is invalid, also one with a key that is no point of the curve', async () => {
    const device = { id: null, label: 'x', publicKey: key.publicKey }
    for (const body of [
      null,
      [],
      'x',
      {},
      { email: EMAIL, password: PASSWORD },
      { email: EMAIL, password: PASSWORD, device, more: 1 },
      { email: EMAIL, password: { $ne: '' }, device },
      { email: EMAIL, password: PASSWORD, device: { ...device, label: ' ' } },
      {
        email: EMAIL,
        password: PASSWORD,
        device: { ...device, publicKey: { ...key.publicKey, crv: 'P-384' } },
      },
      {
        email: EMAIL,
        password: PASSWORD,
        device: { ...device, publicKey: { ...key.publicKey, x: 'A'.repeat(43) } },
      },
    ]) {
      expect(await signIn(deps, body)).toEqual(refused('invalid'))
    }
    expect(await refresh(deps, { refreshToken: 'x', deviceId: 'y', proof: 'z' })).toEqual(refused('invalid'))
  })

  test('two people cannot have one e-mail', async () => {
    const again = await createAccount(deps, {
      uid: 'u3',
      email: EMAIL.toUpperCase(),
      password: PASSWORD,
      name: '別の担当',
      unit: 'labor-osaki',
      roles: ['staff'],
    })
    expect(again).toEqual({ ok: false, error: { type: 'emailTaken', email: EMAIL.toUpperCase() } })
    expect(await deps.storage.read((tx) => tx.get('records', 'u3'))).toBeUndefined()
  })
})

describe('lock-out', () => {
  const fail = async (times: number, email = EMAIL): Promise<void> => {
    for (let n = 0; n < times; n += 1)
      expect(await attempt({ email, password: 'wrong' })).toEqual(refused('unauthenticated'))
  }

  test('five failures in a row lock for a minute, also for the right password', async () => {
    await fail(5)
    expect(await attempt()).toEqual({ ok: false, error: { type: 'locked', retryAfterMs: 60_000 } })
    world.advance(59_999)
    expect(await attempt()).toEqual({ ok: false, error: { type: 'locked', retryAfterMs: 1 } })
    world.advance(1)
    expect((await attempt()).ok).toBe(true)
  })

  test('each further failure doubles the lock, up to 15 minutes; a success forgets them', async () => {
    await fail(5)
    const locks: number[] = []
    for (let n = 0; n < 6; n += 1) {
      const locked = await attempt()
      const retryAfterMs = locked.ok ? 0 : (locked.error.retryAfterMs ?? 0)
      locks.push(retryAfterMs / 60_000)
      world.advance(retryAfterMs)
      if (n < 5) await fail(1)
    }
    expect(locks).toEqual([1, 2, 4, 8, 15, 15])
    expect((await attempt()).ok).toBe(true)
    await fail(4)
    expect((await attempt()).ok).toBe(true)
  })

  test('of many guesses at once no more than five are answered', async () => {
    const guesses = await Promise.all(Array.from({ length: 12 }, () => attempt({ password: 'wrong' })))
    const answered = guesses.filter((guess) => !guess.ok && guess.error.type === 'unauthenticated')
    expect(answered).toHaveLength(5)
    expect(await attempt()).toEqual(refused('locked'))
  })

  test('an e-mail without an account locks the same way, and locks nobody else', async () => {
    await fail(5, 'nobody@example.jp')
    expect(await attempt({ email: 'nobody@example.jp' })).toEqual({
      ok: false,
      error: { type: 'locked', retryAfterMs: 60_000 },
    })
    expect((await attempt()).ok).toBe(true)
  })
})

describe('refreshing', () => {
  test('[S26] gives a new access token and a new refresh token, and the roles as they are now', async () => {
    const session = await signedIn()
    world.advance(20 * 60_000)
    const next = await exchanged(session)
    expect(next.refreshToken).not.toBe(session.refreshToken)
    expect(next.deviceId).toBe(session.deviceId)
    expect(await deps.tokens.verify(session.accessToken, world.nowMs())).toBeUndefined()
    expect((await deps.tokens.verify(next.accessToken, world.nowMs()))?.uid).toBe('u1')
    expect((await exchanged(next)).refreshToken).not.toBe(next.refreshToken)
  })

  test('[S26] a token alone is worth nothing: another key, another device or no signature is refused', async () => {
    const session = await signedIn()
    const thief = await makeDeviceKey()
    expect(await exchange(session, thief)).toEqual(refused('unauthenticated'))
    const { refreshToken, deviceId } = session
    const proof = await key.sign({ refreshToken, deviceId })
    expect(await refresh(deps, { refreshToken, deviceId: 'other', proof })).toEqual(
      refused('unauthenticated'),
    )
    expect(await refresh(deps, { refreshToken, deviceId, proof: 'A'.repeat(86) })).toEqual(
      refused('unauthenticated'),
    )
    // A proof of one token says nothing about another, and refusing a thief harms nobody.
    const next = await exchanged(session)
    expect(await refresh(deps, { ...next, refreshToken: next.refreshToken, deviceId, proof })).toEqual(
      refused('invalid'),
    )
    expect(await refresh(deps, { refreshToken: next.refreshToken, deviceId, proof })).toEqual(
      refused('unauthenticated'),
    )
    expect((await exchange(next)).ok).toBe(true)
  })

  test('[S26] a lost answer may be asked for again within a minute and is the same', async () => {
    const session = await signedIn()
    const lost = await exchanged(session)
    world.advance(GRACE_MS)
    const again = await exchanged(session)
    expect(again.refreshToken).toBe(lost.refreshToken)
    expect((await exchange(again)).ok).toBe(true)
  })

  test('[S26] a token used again later ends the session of the tablet, the newest token included', async () => {
    const session = await signedIn()
    const next = await exchanged(session)
    world.advance(GRACE_MS + 1)
    expect(await exchange(session)).toEqual(refused('unauthenticated'))
    expect(await exchange(next)).toEqual(refused('unauthenticated'))
    expect((await attempt({ deviceId: session.deviceId })).ok).toBe(true)
  })

  test('[S26] an older token than the last two ends the session at once', async () => {
    const first = await signedIn()
    const second = await exchanged(first)
    const third = await exchanged(second)
    expect(await exchange(first)).toEqual(refused('unauthenticated'))
    expect(await exchange(third)).toEqual(refused('unauthenticated'))
  })

  test('[S26] a session idle for 90 days has ended; one in use goes on', async () => {
    const session = await signedIn()
    world.advance(IDLE_MS - 1)
    const next = await exchanged(session)
    world.advance(IDLE_MS)
    expect(await exchange(next)).toEqual(refused('unauthenticated'))
  })

  test('[S26] a revoked tablet and a disabled person are told so', async () => {
    const session = await signedIn()
    await setStage('device', session.deviceId, { from: 'active', to: 'revoked' })
    expect(await exchange(session)).toEqual(refused('revoked'))
    const other = await signedIn()
    await setStage('member', 'u1', { from: 'active', to: 'disabled' })
    expect(await exchange(other)).toEqual(refused('revoked'))
  })

  test('[S26] signing out ends this tablet’s session and no other', async () => {
    const [here, there] = [await signedIn(), await signedIn()]
    const { refreshToken, deviceId } = here
    expect(
      await signOut(deps, { refreshToken, deviceId, proof: await key.sign({ refreshToken: 'x', deviceId }) }),
    ).toEqual(refused('unauthenticated'))
    const proof = await key.sign({ refreshToken, deviceId })
    expect(await signOut(deps, { refreshToken, deviceId, proof })).toEqual({ ok: true, value: {} })
    expect(await exchange(here)).toEqual(refused('unauthenticated'))
    expect((await exchange(there)).ok).toBe(true)
  })

  test('the store holds no password and no token that could be used', async () => {
    const session = await signedIn()
    const stored = await deps.storage.read(async (tx) =>
      JSON.stringify([
        await tx.get('accounts', 'u1'),
        await tx.find('sessionsByDevice', { value: session.deviceId }),
      ]),
    )
    expect(stored).not.toContain(PASSWORD)
    expect(stored).not.toContain(session.refreshToken.split('.')[1])
  })
})

test('a password hash says its cost, is salted, and a malformed one is an error', async () => {
  const [a, b] = [await hashPassword('x'), await hashPassword('x')]
  expect(a).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
  expect(a).not.toBe(b)
  expect([await verifyPassword('x', a), await verifyPassword('y', a)]).toEqual([true, false])
  await expect(verifyPassword('x', 'md5$x')).rejects.toThrow()
})

test('the secret of tokens is made once per store', async () => {
  const again = await openTokens(deps.storage)
  const session = await signedIn()
  expect(await again.verify(session.accessToken, world.nowMs())).toEqual({
    uid: asUid('u1'),
    deviceId: session.deviceId,
  })
})
