/** The API as it runs on Firebase: a tablet is enrolled once and proves itself with each request [S26]. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ENROL_MS } from '../../../functions/src/firebase/session.ts'
import type { DeviceId } from '../../../src/domain/ids.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { makeDeviceKey } from '../../support/deviceKey.ts'
import {
  type FirebaseApi,
  PULL,
  REVOKED,
  UID,
  UNAUTHENTICATED,
  nowS,
  startFirebaseApi,
} from '../../support/firebaseApi.ts'
import { quarantineHeaders } from '../../support/signingTablet.ts'

let api: FirebaseApi
beforeEach(async () => {
  api = await startFirebaseApi()
})
afterEach(() => api.close())

const BODIES: Readonly<Record<string, object>> = {
  '/api/pull': PULL,
  '/api/push': { protocol: PROTOCOL_VERSION, clientId: 'c1', mutations: [{ mid: 1 }] },
  '/api/history': { id: UID },
  '/api/snapshot': { protocol: PROTOCOL_VERSION, cursors: {} },
}

/** The tablet's outbox of one mutation, by its key alone. */
async function handOver(deviceId: DeviceId): ReturnType<FirebaseApi['post']> {
  const body = { protocol: PROTOCOL_VERSION, clientId: 'c1', mutations: [{ mid: 1, op: 'create' }] }
  const signed = await quarantineHeaders({ deviceId, key: api.key }, JSON.stringify(body))
  return api.post('/api/quarantine', signed, body)
}

describe('[S26] a tablet', () => {
  test('a stolen ID token without the tablet’s key is worth nothing, and makes no tablet of the thief’s', async () => {
    const token = await api.google.sign(UID)
    const { deviceId } = await api.enrolled(token)
    const thief = await makeDeviceKey()
    const bearer = { authorization: `Bearer ${token}` }
    expect(await api.post('/api/pull', bearer, PULL)).toEqual(UNAUTHENTICATED)
    expect(await api.post('/api/pull', { ...bearer, 'x-device-id': deviceId }, PULL)).toEqual(UNAUTHENTICATED)
    expect(await api.pullWith(token, deviceId, thief)).toEqual(UNAUTHENTICATED)
    expect(await api.post('/api/session/presence', await api.headersOf(token, deviceId, thief), {})).toEqual(
      UNAUTHENTICATED,
    )
    expect(await api.enrolWith(token, thief)).toEqual(UNAUTHENTICATED)
    expect(await api.enrolWith(token, thief, deviceId)).toEqual(UNAUTHENTICATED)
    expect((await api.pullWith(token, deviceId)).status).toBe(200)
  })

  test('a proof is for one token and one tablet', async () => {
    const first = await api.google.sign(UID, { claims: { auth_time: nowS() - 10 } })
    const { deviceId } = await api.enrolled(first)
    const second = await api.google.sign(UID, { claims: { n: 2 } })
    const headers = await api.headersOf(first, deviceId)
    expect(await api.post('/api/pull', { ...headers, authorization: `Bearer ${second}` }, PULL)).toEqual(
      UNAUTHENTICATED,
    )
    const other = await makeDeviceKey()
    const there = await api.enrolled(second, other)
    expect(await api.post('/api/pull', { ...headers, 'x-device-id': there.deviceId }, PULL)).toEqual(
      UNAUTHENTICATED,
    )
    expect(await api.post('/api/pull', headers, PULL)).toMatchObject({ status: 200 })
  })

  test('a sign-in enrols for five minutes, one key only, and a lost answer may be asked for again', async () => {
    const old = { claims: { auth_time: nowS() - ENROL_MS / 1000 - 1 } }
    expect(await api.enrolWith(await api.google.sign(UID, old))).toEqual(UNAUTHENTICATED)
    const token = await api.google.sign(UID)
    await api.enrolled(token)
    await api.enrolled(token)
    const earlier = await api.google.sign(UID, { claims: { auth_time: nowS() - 30 } })
    expect(await api.enrolWith(earlier, await makeDeviceKey())).toEqual(UNAUTHENTICATED)
  })

  test('keeps its device when the person signs in again; another person’s tablet, or another key, is another device', async () => {
    const first = await api.enrolled(await api.google.sign(UID, { claims: { auth_time: nowS() - 20 } }))
    const again = await api.enrolled(
      await api.google.sign(UID, { claims: { auth_time: nowS() - 10 } }),
      api.key,
      first.deviceId,
    )
    expect(again.deviceId).toBe(first.deviceId)
    const other = await api.enrolled(await api.google.sign(UID), await makeDeviceKey(), first.deviceId)
    expect(other.deviceId).not.toBe(first.deviceId)
  })

  test('its public key is fed to nobody', async () => {
    const token = await api.google.sign(UID)
    const { deviceId } = await api.enrolled(token)
    const { body } = await api.pullWith(token, deviceId)
    expect(JSON.stringify(body)).toContain('事務所のタブレット')
    expect(JSON.stringify(body)).not.toContain(api.key.publicKey.x)
  })

  test('coming back it is told who the person is now', async () => {
    const token = await api.google.sign(UID)
    const { deviceId } = await api.enrolled(token)
    const answer = await api.post('/api/session/presence', await api.headersOf(token, deviceId), {})
    expect(answer).toMatchObject({ status: 200, body: { deviceId, profile: { uid: UID } } })
  })

  test('revoked is refused at once everywhere, and hands over its outbox without any token', async () => {
    const token = await api.google.sign(UID)
    const { deviceId } = await api.enrolled(token)
    await api.setStage('device', deviceId, 'revoked')
    const headers = await api.headersOf(token, deviceId)
    for (const path of ['/api/push', '/api/pull', '/api/snapshot', '/api/history', '/api/session/presence'])
      expect(await api.post(path, headers, BODIES[path] ?? {})).toEqual(REVOKED)
    expect(await handOver(deviceId)).toMatchObject({
      status: 200,
      body: { receipts: [{ outcome: 'parked', reason: { type: 'quarantined' } }] },
    })
  })

  test.each([
    ['/api/quarantine', 61],
    ['/api/quarantine/blobs/photo/sha256', 601],
  ])('is not put off at %s by what others send, unsigned or in its name', async (path, count) => {
    const { deviceId } = await api.enrolled(await api.google.sign(UID))
    await api.setStage('device', deviceId, 'revoked')
    const thief = await makeDeviceKey()
    const floods = [{}, await quarantineHeaders({ deviceId, key: thief }, '{}')]
    for (const headers of floods)
      for (let n = 0; n < count; n += 1) expect((await api.post(path, headers, {})).status).not.toBe(429)
    expect((await handOver(deviceId)).status).toBe(200)
  })

  test('stopped, handing over without end it is put off by itself', async () => {
    const first = await api.enrolled(await api.google.sign(UID))
    await api.setStage('device', first.deviceId, 'revoked')
    let status = 200
    for (let n = 0; n < 70 && status === 200; n += 1) status = (await handOver(first.deviceId)).status
    expect(status).toBe(429)
  })

  test('a body that enrols nothing is invalid', async () => {
    const token = await api.google.sign(UID)
    const bearer = { authorization: `Bearer ${token}` }
    const { publicKey } = api.key
    for (const body of [
      {},
      { device: { id: null, label: '', publicKey } },
      { device: { id: null, label: 'x', publicKey: { ...publicKey, x: 'A'.repeat(43) } } },
    ])
      expect(await api.post('/api/session/enrol', bearer, body)).toEqual({
        status: 400,
        body: { type: 'invalid' },
      })
  })
})
