/** Staying signed in on the embedded server [S26]. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refresh, signOut } from '../../../functions/src/handlers/session.ts'
import { GRACE_MS, IDLE_MS } from '../../../functions/src/identity/refreshing.ts'
import { openTokens } from '../../../functions/src/identity/tokens.ts'
import { asUid } from '../../../src/domain/ids.ts'
import { makeDeviceKey } from '../../support/deviceKey.ts'
import { PASSWORD, type Sessions, openSessions, refused } from '../../support/sessions.ts'

let world: Sessions
beforeEach(async () => {
  world = await openSessions()
})
afterEach(() => world.close())

describe('refreshing', () => {
  test('[S26] gives a new access token and a new refresh token, and the roles as they are now', async () => {
    const session = await world.signedIn()
    world.advance(20 * 60_000)
    const next = await world.exchanged(session)
    expect(next.refreshToken).not.toBe(session.refreshToken)
    expect(next.deviceId).toBe(session.deviceId)
    expect(await world.deps.tokens.verify(session.accessToken, world.nowMs())).toBeUndefined()
    expect((await world.deps.tokens.verify(next.accessToken, world.nowMs()))?.uid).toBe('u1')
    expect((await world.exchanged(next)).refreshToken).not.toBe(next.refreshToken)
  })

  test('[S26] a token alone is worth nothing: another key, another device or no signature is refused', async () => {
    const session = await world.signedIn()
    const thief = await makeDeviceKey()
    expect(await world.exchange(session, thief)).toEqual(refused('unauthenticated'))
    const { refreshToken, deviceId } = session
    const proof = await world.key.sign({ refreshToken, deviceId })
    expect(await refresh(world.deps, { refreshToken, deviceId: 'other', proof })).toEqual(
      refused('unauthenticated'),
    )
    expect(await refresh(world.deps, { refreshToken, deviceId, proof: 'A'.repeat(86) })).toEqual(
      refused('unauthenticated'),
    )
    // A proof of one token says nothing about another, and refusing a thief harms nobody.
    const next = await world.exchanged(session)
    expect(await refresh(world.deps, { ...next, refreshToken: next.refreshToken, deviceId, proof })).toEqual(
      refused('invalid'),
    )
    expect(await refresh(world.deps, { refreshToken: next.refreshToken, deviceId, proof })).toEqual(
      refused('unauthenticated'),
    )
    expect((await world.exchange(next)).ok).toBe(true)
  })

  test('[S26] a lost answer may be asked for again within a minute and is the same', async () => {
    const session = await world.signedIn()
    const lost = await world.exchanged(session)
    world.advance(GRACE_MS)
    const again = await world.exchanged(session)
    expect(again.refreshToken).toBe(lost.refreshToken)
    expect((await world.exchange(again)).ok).toBe(true)
  })

  test('[S26] a token used again later ends the session of the tablet, the newest token included', async () => {
    const session = await world.signedIn()
    const next = await world.exchanged(session)
    world.advance(GRACE_MS + 1)
    expect(await world.exchange(session)).toEqual(refused('unauthenticated'))
    expect(await world.exchange(next)).toEqual(refused('unauthenticated'))
    expect((await world.attempt({ deviceId: session.deviceId })).ok).toBe(true)
  })

  test('[S26] an older token than the last two ends the session at once', async () => {
    const first = await world.signedIn()
    const second = await world.exchanged(first)
    const third = await world.exchanged(second)
    expect(await world.exchange(first)).toEqual(refused('unauthenticated'))
    expect(await world.exchange(third)).toEqual(refused('unauthenticated'))
  })

  test('[S26] a session idle for 90 days has ended; one in use goes on', async () => {
    const session = await world.signedIn()
    world.advance(IDLE_MS - 1)
    const next = await world.exchanged(session)
    world.advance(IDLE_MS)
    expect(await world.exchange(next)).toEqual(refused('unauthenticated'))
  })

  test('[S26] a revoked tablet and a disabled person are told so', async () => {
    const session = await world.signedIn()
    await world.setStage('device', session.deviceId, { from: 'active', to: 'revoked' })
    expect(await world.exchange(session)).toEqual(refused('revoked'))
    const other = await world.signedIn()
    await world.setStage('member', 'u1', { from: 'active', to: 'disabled' })
    expect(await world.exchange(other)).toEqual(refused('revoked'))
  })

  test('[S26] signing out ends this tablet’s session and no other', async () => {
    const [here, there] = [await world.signedIn(), await world.signedIn()]
    const { refreshToken, deviceId } = here
    expect(
      await signOut(world.deps, {
        refreshToken,
        deviceId,
        proof: await world.key.sign({ refreshToken: 'x', deviceId }),
      }),
    ).toEqual(refused('unauthenticated'))
    const proof = await world.key.sign({ refreshToken, deviceId })
    expect(await signOut(world.deps, { refreshToken, deviceId, proof })).toEqual({ ok: true, value: {} })
    expect(await world.exchange(here)).toEqual(refused('unauthenticated'))
    expect((await world.exchange(there)).ok).toBe(true)
  })

  test('the store holds no password and no token that could be used', async () => {
    const session = await world.signedIn()
    const stored = await world.deps.storage.read(async (tx) =>
      JSON.stringify([
        await tx.get('accounts', 'u1'),
        await tx.find('sessionsByDevice', { value: session.deviceId }),
      ]),
    )
    expect(stored).not.toContain(PASSWORD)
    expect(stored).not.toContain(session.refreshToken.split('.')[1])
  })
})

test('the secret of tokens is made once per store', async () => {
  const again = await openTokens(world.deps.storage)
  const session = await world.signedIn()
  expect(await again.verify(session.accessToken, world.nowMs())).toEqual({
    uid: asUid('u1'),
    deviceId: session.deviceId,
  })
})
