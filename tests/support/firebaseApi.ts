/** The API as it runs on Firebase, against Google's stand-in, with one member and a tablet of theirs. */
import * as v from 'valibot'
import { expect } from 'vitest'
import { SYSTEM, commitAs } from '../../functions/src/commit.ts'
import { firebaseAccounts } from '../../functions/src/firebase/accounts.ts'
import { createFirebaseApi } from '../../functions/src/firebase/api.ts'
import type { Deps } from '../../functions/src/handlers/context.ts'
import { asRecordId } from '../../src/domain/ids.ts'
import { type Presence, presenceSchema } from '../../src/domain/session.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { openClockedDeps } from './clockedDeps.ts'
import { type DeviceKey, makeDeviceKey } from './deviceKey.ts'
import { type GoogleStandIn, startGoogle } from './googleStandIn.ts'
import { serve } from './listening.ts'
import { memoryBlobs } from './memoryBlobs.ts'
import { moveStage } from './stages.ts'

export const UID = 'u1'
export const PULL = { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} }
export const UNAUTHENTICATED = { status: 401, body: { type: 'unauthenticated' } }
export const REVOKED = { status: 403, body: { type: 'revoked' } }
export const nowS = (): number => Math.floor(Date.now() / 1000)

interface Answered {
  readonly status: number
  readonly body: unknown
}

export interface FirebaseApi {
  readonly google: GoogleStandIn
  /** The tablet's. */
  readonly key: DeviceKey
  post(path: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<Answered>
  enrolWith(idToken: string, signer?: DeviceKey, id?: string | null): Promise<Answered>
  enrolled(idToken: string, signer?: DeviceKey, id?: string | null): Promise<Presence>
  headersOf(idToken: string, deviceId: string, signer?: DeviceKey): Promise<Record<string, string>>
  pullWith(idToken: string, deviceId: string, signer?: DeviceKey): Promise<Answered>
  setStage(type: string, id: string, to: string): Promise<void>
  close(): Promise<void>
}

export async function startFirebaseApi(): Promise<FirebaseApi> {
  const world = await openClockedDeps()
  const deps = { ...world.deps, now: () => new Date().toISOString() }
  const google = await startGoogle()
  google.accounts.set(UID, { localId: UID })
  await commitMember(deps)
  const server = await serve(
    createFirebaseApi({
      deps,
      verifier: google.auth,
      accounts: firebaseAccounts(google.auth),
      blobs: memoryBlobs(),
      log: () => undefined,
    }),
  )
  const key = await makeDeviceKey()
  const api: FirebaseApi = {
    google,
    key,
    async post(path, headers, body) {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    },
    enrolWith: (idToken, signer = key, id = null) =>
      api.post(
        '/api/session/enrol',
        { authorization: `Bearer ${idToken}` },
        { device: { id, label: '事務所のタブレット', publicKey: signer.publicKey } },
      ),
    async enrolled(idToken, signer, id) {
      const answer = await api.enrolWith(idToken, signer, id)
      expect(answer).toMatchObject({ status: 200 })
      return v.parse(presenceSchema, answer.body)
    },
    headersOf: async (idToken, deviceId, signer = key) => ({
      authorization: `Bearer ${idToken}`,
      'x-device-id': deviceId,
      'x-device-proof': await signer.sign({ refreshToken: idToken, deviceId }),
    }),
    pullWith: async (idToken, deviceId, signer) =>
      api.post('/api/pull', await api.headersOf(idToken, deviceId, signer), PULL),
    setStage: (type, id, to) => moveStage(deps, { type, id, from: 'active', to }),
    async close() {
      server.close()
      await google.close()
      await world.close()
    },
  }
  return api
}

async function commitMember(deps: Deps): Promise<void> {
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
