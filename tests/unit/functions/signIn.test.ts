/** Signing in on the embedded server, and the lock after wrong passwords [S26]. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refresh, signIn } from '../../../functions/src/handlers/session.ts'
import { createAccounts } from '../../../functions/src/identity/accounts.ts'
import { hashPassword, verifyPassword } from '../../../functions/src/identity/password.ts'
import { EMAIL, PASSWORD, type Sessions, openSessions, refused } from '../../support/sessions.ts'

let world: Sessions
beforeEach(async () => {
  world = await openSessions()
})
afterEach(() => world.close())

describe('signing in', () => {
  test('[S26] answers with the person, a token that says who and which tablet, and enrols the tablet', async () => {
    const session = await world.signedIn()
    expect(session.profile).toEqual({
      uid: 'u1',
      name: '亀戸事務所 担当',
      unit: 'labor-kameido',
      roles: ['staff'],
    })
    expect(await world.deps.tokens.verify(session.accessToken, world.nowMs())).toEqual({
      uid: 'u1',
      deviceId: session.deviceId,
    })
    const device = await world.deps.storage.read((tx) => tx.get('records', session.deviceId))
    expect(device?.record).toMatchObject({
      type: 'device',
      stage: 'active',
      fields: {
        owner: 'u1',
        label: '事務所のタブレット',
        enrolledAt: world.deps.now(),
        lastSignInAt: world.deps.now(),
      },
    })
  })

  test('[S26] on a tablet the server knows keeps its device and notes the time', async () => {
    const first = await world.signedIn()
    world.advance(60_000)
    const second = await world.signedIn({ deviceId: first.deviceId })
    expect(second.deviceId).toBe(first.deviceId)
    const device = await world.deps.storage.read((tx) => tx.get('records', first.deviceId))
    expect(device?.record.fields['lastSignInAt']).toBe(world.deps.now())
    expect((await world.exchange(first)).ok).toBe(false)
    expect((await world.exchange(second)).ok).toBe(true)
  })

  test('[S26] with the device id of another person, or of no device, enrols a new one', async () => {
    const osaki = { uid: 'u2', email: 'osaki@example.jp', name: '大崎事務所 担当', unit: 'labor-osaki' }
    const passwordHash = await hashPassword(PASSWORD)
    await createAccounts(world.deps, [{ ...osaki, roles: ['staff'], passwordHash }])
    const first = await world.signedIn()
    const second = await world.signedIn({ email: 'osaki@example.jp', deviceId: first.deviceId })
    expect(second.deviceId).not.toBe(first.deviceId)
    expect((await world.signedIn({ deviceId: 'u1' })).deviceId).not.toBe('u1')
    expect((await world.exchange(first)).ok).toBe(true)
  })

  test('the e-mail may be typed in capitals and with spaces around; the password is taken as typed', async () => {
    expect((await world.attempt({ email: '  Kameido@Example.JP ' })).ok).toBe(true)
    expect(await world.attempt({ password: PASSWORD.normalize('NFKC') })).toEqual(refused('unauthenticated'))
    expect(await world.attempt({ password: `${PASSWORD} ` })).toEqual(refused('unauthenticated'))
  })

  test('an unknown e-mail is refused with the same words as a wrong password', async () => {
    const unknown = await world.attempt({ email: 'nobody@example.jp' })
    expect(unknown).toEqual(await world.attempt({ password: 'wrong' }))
    expect(unknown).toEqual({ ok: false, error: { type: 'unauthenticated' } })
  })

  test('[S26] a disabled member and a revoked tablet are refused; a wrong password learns nothing of it', async () => {
    const session = await world.signedIn()
    await world.setStage('device', session.deviceId, { from: 'active', to: 'revoked' })
    expect(await world.attempt({ deviceId: session.deviceId })).toEqual(refused('revoked'))
    expect((await world.attempt()).ok).toBe(true)
    await world.setStage('member', 'u1', { from: 'active', to: 'disabled' })
    expect(await world.attempt()).toEqual(refused('revoked'))
    expect(await world.attempt({ password: 'wrong' })).toEqual(refused('unauthenticated'))
  })

  test('a body that is not a sign-in is invalid, also one with a key that is no point of the curve', async () => {
    const device = { id: null, label: 'x', publicKey: world.key.publicKey }
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
        device: { ...device, publicKey: { ...world.key.publicKey, crv: 'P-384' } },
      },
      {
        email: EMAIL,
        password: PASSWORD,
        device: { ...device, publicKey: { ...world.key.publicKey, x: 'A'.repeat(43) } },
      },
    ]) {
      expect(await signIn(world.deps, body)).toEqual(refused('invalid'))
    }
    expect(await refresh(world.deps, { refreshToken: 'x', deviceId: 'y', proof: 'z' })).toEqual(
      refused('invalid'),
    )
  })

  test('two people cannot have one e-mail', async () => {
    const other = { uid: 'u3', email: EMAIL.toUpperCase(), name: '別の担当', unit: 'labor-osaki' }
    const again = await createAccounts(world.deps, [{ ...other, roles: ['staff'], passwordHash: '' }])
    expect(again).toEqual({ ok: false, error: { type: 'emailTaken', email: EMAIL.toUpperCase() } })
    expect(await world.deps.storage.read((tx) => tx.get('records', 'u3'))).toBeUndefined()
  })
})

describe('lock-out', () => {
  const fail = async (times: number, email = EMAIL): Promise<void> => {
    for (let n = 0; n < times; n += 1)
      expect(await world.attempt({ email, password: 'wrong' })).toEqual(refused('unauthenticated'))
  }

  test('five failures in a row lock for a minute, also for the right password', async () => {
    await fail(5)
    expect(await world.attempt()).toEqual({ ok: false, error: { type: 'locked', retryAfterMs: 60_000 } })
    world.advance(59_999)
    expect(await world.attempt()).toEqual({ ok: false, error: { type: 'locked', retryAfterMs: 1 } })
    world.advance(1)
    expect((await world.attempt()).ok).toBe(true)
  })

  test('each further failure doubles the lock, up to 15 minutes; a success forgets them', async () => {
    await fail(5)
    const locks: number[] = []
    for (let n = 0; n < 6; n += 1) {
      const locked = await world.attempt()
      const retryAfterMs = locked.ok ? 0 : (locked.error.retryAfterMs ?? 0)
      locks.push(retryAfterMs / 60_000)
      world.advance(retryAfterMs)
      if (n < 5) await fail(1)
    }
    expect(locks).toEqual([1, 2, 4, 8, 15, 15])
    expect((await world.attempt()).ok).toBe(true)
    await fail(4)
    expect((await world.attempt()).ok).toBe(true)
  })

  test('of many guesses at once no more than five are answered', async () => {
    const guesses = await Promise.all(Array.from({ length: 12 }, () => world.attempt({ password: 'wrong' })))
    const answered = guesses.filter((guess) => !guess.ok && guess.error.type === 'unauthenticated')
    expect(answered).toHaveLength(5)
    expect(await world.attempt()).toEqual(refused('locked'))
  })

  test('an e-mail without an account locks the same way, and locks nobody else', async () => {
    await fail(5, 'nobody@example.jp')
    expect(await world.attempt({ email: 'nobody@example.jp' })).toEqual({
      ok: false,
      error: { type: 'locked', retryAfterMs: 60_000 },
    })
    expect((await world.attempt()).ok).toBe(true)
  })
})

test('a password hash says its cost, is salted, and a malformed one is an error', async () => {
  const [a, b] = [await hashPassword('x'), await hashPassword('x')]
  expect(a).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
  expect(a).not.toBe(b)
  expect([await verifyPassword('x', a), await verifyPassword('y', a)]).toEqual([true, false])
  await expect(verifyPassword('x', 'md5$x')).rejects.toThrow()
})
