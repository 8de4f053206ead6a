/** The API as it runs on Firebase, with firebase-admin's own verifier against keys of ours: whose ID tokens get in [S26]. */
import { base64url, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refuseEmulatedAuthInProduction } from '../../../functions/src/firebase/backend.ts'
import {
  type FirebaseApi,
  PULL,
  REVOKED,
  UID,
  UNAUTHENTICATED,
  nowS,
  startFirebaseApi,
} from '../../support/firebaseApi.ts'
import type { TokenParts } from '../../support/googleStandIn.ts'

let api: FirebaseApi
beforeEach(async () => {
  api = await startFirebaseApi()
})
afterEach(() => api.close())

const unsigned = (header: object, claims: object): string =>
  `${[header, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.')}.`

describe('an ID token', () => {
  test('that is good gets in, on the tablet it enrolled; the person is read from the store', async () => {
    const idToken = await api.google.sign(UID, { claims: { roles: ['admin'], unit: 'somu' } })
    const { deviceId, profile } = await api.enrolled(idToken)
    expect(profile).toEqual({ uid: UID, name: '亀戸事務所 担当', unit: 'labor-kameido', roles: ['staff'] })
    const pulled = await api.pullWith(idToken, deviceId)
    expect(pulled).toMatchObject({ status: 200, body: { streams: expect.not.arrayContaining(['hq']) } })
    expect(api.google.requests[0]).toContain('www.googleapis.com/robot/v1/metadata/x509/securetoken@')
    expect(api.google.requests.some((line) => line.includes('identitytoolkit.googleapis.com'))).toBe(true)
  })

  const forgeries: Readonly<Record<string, () => Promise<string>>> = {
    'signed by another key under our key id': async () => {
      const { privateKey } = await generateKeyPair('RS256')
      return api.google.sign(UID, { key: privateKey })
    },
    'signed with the public key as a shared secret': () =>
      api.google.sign(UID, {
        header: { alg: 'HS256' },
        key: new TextEncoder().encode(api.google.publicKeyPem),
      }),
    'without a signature, alg none': async () => {
      const { header, claims } = await partsOf(await api.google.sign(UID))
      return unsigned({ ...header, alg: 'none' }, claims)
    },
    'without a signature, alg none and no key id, as the emulator makes them': async () => {
      const { claims } = await partsOf(await api.google.sign(UID))
      return unsigned({ alg: 'none', typ: 'JWT' }, claims)
    },
    'whose claims were changed': async () => {
      const [header = '', claims = '', signature = ''] = (await api.google.sign('u2')).split('.')
      const changed = { ...JSON.parse(new TextDecoder().decode(base64url.decode(claims))), sub: UID }
      return [header, base64url.encode(JSON.stringify(changed)), signature].join('.')
    },
    'with an unknown key id': () => api.google.sign(UID, { header: { kid: 'key-2' } }),
    'with no key id': () => api.google.sign(UID, { noKeyId: true }),
    'that has expired': () => api.google.sign(UID, expiring(-1)),
    'for another project': () => api.google.sign(UID, { claims: { aud: 'other-project' } }),
    'from another project': () =>
      api.google.sign(UID, { claims: { iss: 'https://securetoken.google.com/other-project' } }),
    'from somewhere else': () => api.google.sign(UID, { claims: { iss: 'https://accounts.example' } }),
    'for nobody': () => api.google.sign(''),
    'of an account that is gone': () => api.google.sign('u-gone'),
    'that is no token': async () => 'a.b.c',
  }
  for (const [name, make] of Object.entries(forgeries)) {
    test(`${name} is refused, on every path`, async () => {
      const { deviceId } = await api.enrolled(await api.google.sign(UID))
      const token = await make()
      expect(await api.enrolWith(token)).toEqual(UNAUTHENTICATED)
      for (const path of ['/api/pull', '/api/snapshot', '/api/push', '/api/history', '/api/session/presence'])
        expect(await api.post(path, await api.headersOf(token, deviceId), PULL), path).toEqual(
          UNAUTHENTICATED,
        )
    })
  }

  test('is refused once revoked; signing in again gets in', async () => {
    const early = await api.google.sign(UID, { claims: { auth_time: nowS() - 120 } })
    const { deviceId } = await api.enrolled(early)
    expect((await api.pullWith(early, deviceId)).status).toBe(200)
    api.google.accounts.set(UID, { localId: UID, validSince: String(nowS() - 60) })
    expect(await api.pullWith(early, deviceId)).toEqual(UNAUTHENTICATED)
    expect((await api.pullWith(await api.google.sign(UID), deviceId)).status).toBe(200)
  })

  test('of a disabled account, of a disabled member or on a revoked tablet is answered “revoked”', async () => {
    const token = await api.google.sign(UID)
    const { deviceId } = await api.enrolled(token)
    api.google.accounts.set(UID, { localId: UID, disabled: true })
    expect(await api.pullWith(token, deviceId)).toEqual(REVOKED)
    api.google.accounts.set(UID, { localId: UID })
    await api.setStage('device', deviceId, 'revoked')
    expect(await api.pullWith(token, deviceId)).toEqual(REVOKED)
    expect(await api.enrolWith(token, api.key, deviceId)).toEqual(REVOKED)
    await api.setStage('member', UID, 'disabled')
    expect(await api.enrolWith(token)).toEqual(REVOKED)
  })

  test('is neither believed nor refused while Google’s keys or accounts cannot be asked for: the tablet comes again', async () => {
    const busy = { status: 500, body: { type: 'busy', retryAfterMs: 2000 } }
    const token = await api.google.sign(UID)
    api.google.fail = true
    expect(await api.enrolWith(token)).toEqual(busy)
    api.google.fail = false
    const { deviceId } = await api.enrolled(token)
    api.google.fail = true
    expect(await api.pullWith(token, deviceId)).toEqual(busy)
    api.google.fail = false
    expect((await api.pullWith(token, deviceId)).status).toBe(200)
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
