/** The API as it runs on Firebase, with firebase-admin's own verifier against keys of ours: who gets in [S26]. */
import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import { base64url, generateKeyPair } from 'jose'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import { firebaseAccounts } from '../../../functions/src/firebase/accounts.ts'
import { createFirebaseApi } from '../../../functions/src/firebase/api.ts'
import { refuseEmulatedAuthInProduction } from '../../../functions/src/firebase/backend.ts'
import { ENROL_MS } from '../../../functions/src/firebase/session.ts'
import type { Deps } from '../../../functions/src/handlers/context.ts'
import { asRecordId } from '../../../src/domain/ids.ts'
import { type Presence, presenceSchema } from '../../../src/domain/session.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { type ClockedDeps, openClockedDeps } from '../../support/clockedDeps.ts'
import { memoryBlobs } from '../../support/memoryBlobs.ts'
import { type DeviceKey, makeDeviceKey } from '../../support/deviceKey.ts'
import { quarantineHeaders } from '../../support/signingTablet.ts'
import { type GoogleStandIn, type TokenParts, startGoogle } from '../../support/googleStandIn.ts'

const UID = 'u1'
const PULL = { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} }
const BODIES: Readonly<Record<string, object>> = {
  '/api/pull': PULL,
  '/api/push': { protocol: PROTOCOL_VERSION, clientId: 'c1', mutations: [{ mid: 1 }] },
  '/api/history': { id: UID },
  '/api/snapshot': { protocol: PROTOCOL_VERSION, cursors: {} },
}
const nowS = (): number => Math.floor(Date.now() / 1000)

let world: ClockedDeps
let deps: Deps
let google: GoogleStandIn
let server: Server
let url: string
let key: DeviceKey

beforeEach(async () => {
  world = await openClockedDeps()
  deps = { ...world.deps, now: () => new Date().toISOString() }
  google = await startGoogle()
  google.accounts.set(UID, { localId: UID })
  await commitMember()
  server = createServer(
    createFirebaseApi({
      deps,
      verifier: google.auth,
      accounts: firebaseAccounts(google.auth),
      blobs: memoryBlobs(),
      log: () => undefined,
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  key = await makeDeviceKey()
})
afterEach(async () => {
  server.close()
  server.closeAllConnections()
  await google.close()
  await world.close()
})

async function commitMember(): Promise<void> {
  const from = null
  const committed = await commitAs(deps, SYSTEM, [
    {
      v: 1,
      op: 'create',
      type: 'member',
      id: asRecordId(UID),
      stage: null,
      set: {
        stage: { from, to: 'active' },
        name: { from, to: '亀戸事務所 担当' },
        email: { from, to: 'kameido@example.jp' },
        unit: { from, to: 'labor-kameido' },
        roles: { from, to: ['staff'] },
      },
      blobs: [],
      at: deps.now(),
    },
  ])
  expect(committed.ok).toBe(true)
}

interface Answered {
  readonly status: number
  readonly body: unknown
}

async function post(
  path: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<Answered> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

const enrolWith = (idToken: string, signer = key, id: string | null = null): Promise<Answered> =>
  post(
    '/api/session/enrol',
    { authorization: `Bearer ${idToken}` },
    { device: { id, label: '事務所のタブレット', publicKey: signer.publicKey } },
  )

async function enrolled(idToken: string, signer = key, id: string | null = null): Promise<Presence> {
  const answer = await enrolWith(idToken, signer, id)
  expect(answer).toMatchObject({ status: 200 })
  return v.parse(presenceSchema, answer.body)
}

async function headersOf(idToken: string, deviceId: string, signer = key): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${idToken}`,
    'x-device-id': deviceId,
    'x-device-proof': await signer.sign({ refreshToken: idToken, deviceId }),
  }
}

const pullWith = async (idToken: string, deviceId: string, signer = key): Promise<Answered> =>
  post('/api/pull', await headersOf(idToken, deviceId, signer), PULL)

const UNAUTHENTICATED = { status: 401, body: { type: 'unauthenticated' } }
const REVOKED = { status: 403, body: { type: 'revoked' } }
const unsigned = (header: object, claims: object): string =>
  `${[header, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.')}.`

describe('an ID token', () => {
  test('that is good gets in, on the tablet it enrolled; the person is read from the store', async () => {
    const idToken = await google.sign(UID, { claims: { roles: ['admin'], unit: 'somu' } })
    const { deviceId, profile } = await enrolled(idToken)
    expect(profile).toEqual({ uid: UID, name: '亀戸事務所 担当', unit: 'labor-kameido', roles: ['staff'] })
    const pulled = await pullWith(idToken, deviceId)
    expect(pulled).toMatchObject({ status: 200, body: { streams: expect.not.arrayContaining(['hq']) } })
    expect(google.requests[0]).toContain('www.googleapis.com/robot/v1/metadata/x509/securetoken@')
    expect(google.requests.some((line) => line.includes('identitytoolkit.googleapis.com'))).toBe(true)
  })

  const forgeries: Readonly<Record<string, () => Promise<string>>> = {
    'signed by another key under our key id': async () => {
      const { privateKey } = await generateKeyPair('RS256')
      return google.sign(UID, { key: privateKey })
    },
    'signed with the public key as a shared secret': () =>
      google.sign(UID, { header: { alg: 'HS256' }, key: new TextEncoder().encode(google.publicKeyPem) }),
    'without a signature, alg none': async () => {
      const { header, claims } = await partsOf(await google.sign(UID))
      return unsigned({ ...header, alg: 'none' }, claims)
    },
    'without a signature, alg none and no key id, as the emulator makes them': async () => {
      const { claims } = await partsOf(await google.sign(UID))
      return unsigned({ alg: 'none', typ: 'JWT' }, claims)
    },
    'whose claims were changed': async () => {
      const [header = '', claims = '', signature = ''] = (await google.sign('u2')).split('.')
      const changed = { ...JSON.parse(new TextDecoder().decode(base64url.decode(claims))), sub: UID }
      return [header, base64url.encode(JSON.stringify(changed)), signature].join('.')
    },
    'with an unknown key id': () => google.sign(UID, { header: { kid: 'key-2' } }),
    'with no key id': () => google.sign(UID, { noKeyId: true }),
    'that has expired': () => google.sign(UID, expiring(-1)),
    'for another project': () => google.sign(UID, { claims: { aud: 'other-project' } }),
    'from another project': () =>
      google.sign(UID, { claims: { iss: 'https://securetoken.google.com/other-project' } }),
    'from somewhere else': () => google.sign(UID, { claims: { iss: 'https://accounts.example' } }),
    'for nobody': () => google.sign(''),
    'of an account that is gone': () => google.sign('u-gone'),
    'that is no token': async () => 'a.b.c',
  }
  for (const [name, make] of Object.entries(forgeries)) {
    test(`${name} is refused, on every path`, async () => {
      const { deviceId } = await enrolled(await google.sign(UID))
      const token = await make()
      expect(await enrolWith(token)).toEqual(UNAUTHENTICATED)
      for (const path of ['/api/pull', '/api/snapshot', '/api/push', '/api/history', '/api/session/presence'])
        expect(await post(path, await headersOf(token, deviceId), PULL), path).toEqual(UNAUTHENTICATED)
    })
  }

  test('is refused once revoked; signing in again gets in', async () => {
    const early = await google.sign(UID, { claims: { auth_time: nowS() - 120 } })
    const { deviceId } = await enrolled(early)
    expect((await pullWith(early, deviceId)).status).toBe(200)
    google.accounts.set(UID, { localId: UID, validSince: String(nowS() - 60) })
    expect(await pullWith(early, deviceId)).toEqual(UNAUTHENTICATED)
    expect((await pullWith(await google.sign(UID), deviceId)).status).toBe(200)
  })

  test('of a disabled account, of a disabled member or on a revoked tablet is answered “revoked”', async () => {
    const token = await google.sign(UID)
    const { deviceId } = await enrolled(token)
    google.accounts.set(UID, { localId: UID, disabled: true })
    expect(await pullWith(token, deviceId)).toEqual(REVOKED)
    google.accounts.set(UID, { localId: UID })
    await setStage('device', deviceId, 'revoked')
    expect(await pullWith(token, deviceId)).toEqual(REVOKED)
    expect(await enrolWith(token, key, deviceId)).toEqual(REVOKED)
    await setStage('member', UID, 'disabled')
    expect(await enrolWith(token)).toEqual(REVOKED)
  })

  test('is neither believed nor refused while Google’s keys or accounts cannot be asked for: the tablet comes again', async () => {
    const busy = { status: 500, body: { type: 'busy', retryAfterMs: 2000 } }
    const token = await google.sign(UID)
    google.fail = true
    expect(await enrolWith(token)).toEqual(busy)
    google.fail = false
    const { deviceId } = await enrolled(token)
    google.fail = true
    expect(await pullWith(token, deviceId)).toEqual(busy)
    google.fail = false
    expect((await pullWith(token, deviceId)).status).toBe(200)
  })
})

describe('[S26] a tablet', () => {
  test('a stolen ID token without the tablet’s key is worth nothing, and makes no tablet of the thief’s', async () => {
    const token = await google.sign(UID)
    const { deviceId } = await enrolled(token)
    const thief = await makeDeviceKey()
    const bearer = { authorization: `Bearer ${token}` }
    expect(await post('/api/pull', bearer, PULL)).toEqual(UNAUTHENTICATED)
    expect(await post('/api/pull', { ...bearer, 'x-device-id': deviceId }, PULL)).toEqual(UNAUTHENTICATED)
    expect(await pullWith(token, deviceId, thief)).toEqual(UNAUTHENTICATED)
    expect(await post('/api/session/presence', await headersOf(token, deviceId, thief), {})).toEqual(
      UNAUTHENTICATED,
    )
    expect(await enrolWith(token, thief)).toEqual(UNAUTHENTICATED)
    expect(await enrolWith(token, thief, deviceId)).toEqual(UNAUTHENTICATED)
    expect((await pullWith(token, deviceId)).status).toBe(200)
  })

  test('a proof is for one token and one tablet', async () => {
    const first = await google.sign(UID, { claims: { auth_time: nowS() - 10 } })
    const { deviceId } = await enrolled(first)
    const second = await google.sign(UID, { claims: { n: 2 } })
    const headers = await headersOf(first, deviceId)
    expect(await post('/api/pull', { ...headers, authorization: `Bearer ${second}` }, PULL)).toEqual(
      UNAUTHENTICATED,
    )
    const other = await makeDeviceKey()
    const there = await enrolled(second, other)
    expect(await post('/api/pull', { ...headers, 'x-device-id': there.deviceId }, PULL)).toEqual(
      UNAUTHENTICATED,
    )
    expect(await post('/api/pull', headers, PULL)).toMatchObject({ status: 200 })
  })

  test('a sign-in enrols for five minutes, one key only, and a lost answer may be asked for again', async () => {
    const old = { claims: { auth_time: nowS() - ENROL_MS / 1000 - 1 } }
    expect(await enrolWith(await google.sign(UID, old))).toEqual(UNAUTHENTICATED)
    const token = await google.sign(UID)
    await enrolled(token)
    await enrolled(token)
    const earlier = await google.sign(UID, { claims: { auth_time: nowS() - 30 } })
    expect(await enrolWith(earlier, await makeDeviceKey())).toEqual(UNAUTHENTICATED)
  })

  test('keeps its device when the person signs in again; another person’s tablet, or another key, is another device', async () => {
    const first = await enrolled(await google.sign(UID, { claims: { auth_time: nowS() - 20 } }))
    const again = await enrolled(
      await google.sign(UID, { claims: { auth_time: nowS() - 10 } }),
      key,
      first.deviceId,
    )
    expect(again.deviceId).toBe(first.deviceId)
    const other = await enrolled(await google.sign(UID), await makeDeviceKey(), first.deviceId)
    expect(other.deviceId).not.toBe(first.deviceId)
  })

  test('its public key is fed to nobody', async () => {
    const token = await google.sign(UID)
    const { deviceId } = await enrolled(token)
    const { body } = await pullWith(token, deviceId)
    expect(JSON.stringify(body)).toContain('事務所のタブレット')
    expect(JSON.stringify(body)).not.toContain(key.publicKey.x)
  })

  test('coming back it is told who the person is now', async () => {
    const token = await google.sign(UID)
    const { deviceId } = await enrolled(token)
    const answer = await post('/api/session/presence', await headersOf(token, deviceId), {})
    expect(answer).toMatchObject({ status: 200, body: { deviceId, profile: { uid: UID } } })
  })

  test('revoked is refused at once everywhere, and hands over its outbox without any token', async () => {
    const token = await google.sign(UID)
    const { deviceId } = await enrolled(token)
    await setStage('device', deviceId, 'revoked')
    const headers = await headersOf(token, deviceId)
    for (const path of ['/api/push', '/api/pull', '/api/snapshot', '/api/history', '/api/session/presence'])
      expect(await post(path, headers, BODIES[path] ?? {})).toEqual(REVOKED)
    const body = { protocol: PROTOCOL_VERSION, clientId: 'c1', mutations: [{ mid: 1, op: 'create' }] }
    const signed = await quarantineHeaders({ deviceId, key }, JSON.stringify(body))
    expect(await post('/api/quarantine', signed, body)).toMatchObject({
      status: 200,
      body: { receipts: [{ outcome: 'parked', reason: { type: 'quarantined' } }] },
    })
  })

  test('a body that enrols nothing is invalid', async () => {
    const token = await google.sign(UID)
    const bearer = { authorization: `Bearer ${token}` }
    const { publicKey } = key
    for (const body of [
      {},
      { device: { id: null, label: '', publicKey } },
      { device: { id: null, label: 'x', publicKey: { ...publicKey, x: 'A'.repeat(43) } } },
    ])
      expect(await post('/api/session/enrol', bearer, body)).toEqual({
        status: 400,
        body: { type: 'invalid' },
      })
  })
})

test('outside the emulator the function does not run with unsigned tokens allowed', () => {
  const emulated = { FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' }
  expect(() => refuseEmulatedAuthInProduction(emulated)).toThrow(/emulator/)
  expect(() => refuseEmulatedAuthInProduction({ ...emulated, FUNCTIONS_EMULATOR: 'true' })).not.toThrow()
  expect(() => refuseEmulatedAuthInProduction({})).not.toThrow()
  expect(process.env['FIREBASE_AUTH_EMULATOR_HOST']).toBeUndefined()
})

function expiring(seconds: number): TokenParts {
  return { claims: { iat: nowS() - 3600, auth_time: nowS() - 100, exp: nowS() + seconds } }
}

async function partsOf(token: string): Promise<{ header: object; claims: object }> {
  const [header = {}, claims = {}] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(new TextDecoder().decode(base64url.decode(part))))
  return { header, claims }
}

async function setStage(type: string, id: string, to: string): Promise<void> {
  const committed = await commitAs(deps, SYSTEM, [
    {
      v: 1,
      op: 'edit',
      type,
      id: asRecordId(id),
      stage: 'active',
      set: { stage: { from: 'active', to } },
      blobs: [],
      at: deps.now(),
    },
  ])
  expect(committed.ok).toBe(true)
}
