/**
 * The own server under load, as a process: killed with SIGKILL it has everything it acknowledged; a backup taken meanwhile
 * is consistent; restored, the tablets bring back what it lacks [S9], [S10], [S22].
 */
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { sessionResponseSchema } from '../../src/domain/session.ts'
import type { Json } from '../../src/domain/json.ts'
import { mutationJson } from '../../src/domain/mutation.ts'
import {
  PROTOCOL_VERSION,
  type PushResponse,
  type Receipt,
  pushResponseSchema,
} from '../../src/domain/wire.ts'
import { makeDeviceKey } from '../support/deviceKey.ts'
import { passwordIn, provision, runScript } from '../support/ownServer.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { inconsistencies } from '../support/storeConsistency.ts'
import { tempDir } from '../support/tempDir.ts'
import { draftValues, intention, newId } from '../support/world.ts'

const UNITS = ['labor-kameido', 'labor-osaki', 'labor-ikebukuro']
const BATCH = 3

/** A tablet that writes as fast as it can and remembers what was acknowledged. */
interface Writer {
  readonly clientId: string
  readonly unit: string
  readonly token: string
  /** In order; the mid is the place from 1. */
  readonly mutations: Json[]
  readonly receipts: Map<number, Receipt>
}

let directory: Awaited<ReturnType<typeof tempDir>>
let dataDir: string
let server: RunningServer
let writers: readonly Writer[]
/** Everything an acknowledgement ever said. */
const acknowledged: Receipt[] = []

async function post(path: string, body: unknown, token = ''): Promise<unknown> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  return answer.json()
}

beforeAll(async () => {
  directory = await tempDir()
  dataDir = join(directory.path, 'data')
  const people = Object.fromEntries(
    UNITS.map((unit) => [`${unit}@test.example`, { unit, roles: 'staff,lead' }]),
  )
  const passwords = await provision(dataDir, people)
  server = await startServer({ dataDir, demo: false, serve: [] })
  writers = await Promise.all(
    UNITS.map(async (unit) => {
      const { publicKey } = await makeDeviceKey()
      const email = `${unit}@test.example`
      const signedIn = await post('/api/session/sign-in', {
        email,
        password: passwords.get(email),
        device: { id: null, label: 'test', publicKey },
      })
      const { accessToken, mustChangePassword } = v.parse(sessionResponseSchema, signedIn)
      expect(mustChangePassword).toBe(true)
      const receipts = new Map<number, Receipt>()
      return { clientId: `load-${unit}`, unit, token: accessToken, mutations: [], receipts }
    }),
  )
}, 60_000)
afterAll(async () => {
  await server.stop()
  await directory.remove()
})

async function push({ clientId, token, mutations }: Writer, from: number): Promise<PushResponse> {
  const body = {
    protocol: PROTOCOL_VERSION,
    clientId,
    mutations: mutations.slice(from - 1, from - 1 + BATCH),
  }
  return v.parse(pushResponseSchema, await post('/api/push', body, token))
}

/** A submitted row, an edit of it and a note: they appear in several streams. */
function addBatch({ unit, mutations }: Writer): void {
  const id = newId()
  const first = mutations.length + 1
  const values = { ...draftValues(unit, `取組 ${id}`), stage: 'submitted' }
  const batch = [
    intention('initiative', 'create', { id, set: values }),
    intention('initiative', 'edit', { id, stage: 'submitted', set: { progress: 'doing' } }),
    intention('note', 'create', {
      id: newId(),
      set: { stage: 'posted', initiative: id, text: `経過 ${id}` },
    }),
  ]
  const bases = [{ rev: 0 }, { mid: first }, { rev: 0 }]
  mutations.push(
    ...batch.map((one, index) => ({
      ...mutationJson(one),
      mid: first + index,
      base: bases[index] ?? { rev: 0 },
    })),
  )
}

/** Sends what is not acknowledged, from where the server is. */
async function sendAll(writer: Writer): Promise<void> {
  let next = writer.receipts.size + 1
  while (next <= writer.mutations.length) {
    const answer = await push(writer, next)
    if (answer.type === 'gap') next = answer.lmid + 1
    else if (answer.type === 'receipts') {
      for (const receipt of answer.receipts) {
        expect(receipt.outcome).toBe('accepted')
        writer.receipts.set(receipt.mid, receipt)
        acknowledged.push(receipt)
      }
      next = answer.lmid + 1
    } else throw new Error(JSON.stringify(answer))
  }
}

/** Writes until told to stop, or until the server is gone. */
async function load(writer: Writer, running: { on: boolean }): Promise<void> {
  while (running.on) {
    addBatch(writer)
    const sent = await sendAll(writer).then(
      () => true,
      (error: unknown) => {
        if (error instanceof TypeError || error instanceof SyntaxError) return false
        throw error
      },
    )
    if (!sent) return
  }
}

/** Runs the writers; `meanwhile` once they have together been acknowledged that often more. */
async function underLoad(times: number, meanwhile: () => Promise<void>): Promise<void> {
  const running = { on: true }
  const goal = acknowledged.length + times
  const loads = Promise.all(writers.map((writer) => load(writer, running)))
  while (acknowledged.length < goal) await new Promise((resolve) => setTimeout(resolve, 2))
  await meanwhile()
  running.on = false
  await loads
}

/** The server repeats every acknowledgement: the work behind it is there, once. */
async function expectNothingMissing(): Promise<void> {
  for (const writer of writers) {
    await sendAll(writer)
    for (let first = 1; first <= writer.mutations.length; first += BATCH) {
      const answer = await push(writer, first)
      if (answer.type !== 'receipts') throw new Error(JSON.stringify(answer))
      expect(answer.receipts).toEqual(
        Array.from({ length: BATCH }, (_, index) => writer.receipts.get(first + index)),
      )
    }
  }
}

test('[S9][S10] killed with SIGKILL under load, the server has everything it acknowledged', async () => {
  for (let kill = 0; kill < 3; kill += 1) {
    await underLoad(45, () => server.kill('SIGKILL'))
    await server.restart()
    await expectNothingMissing()
  }
  await server.kill()
  expect(inconsistencies(databasePath(dataDir))).toEqual([])
  await server.restart()
}, 120_000)

test('[S22] a backup under load is consistent; restored, it gets back what it lacks, and no receipt number twice', async () => {
  const backup = join(directory.path, 'backup.sqlite')
  await underLoad(30, async () => {
    const { code, output } = await runScript('backup', ['--data', dataDir, backup])
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('バックアップしました') })
  })
  expect(inconsistencies(backup)).toEqual([])
  await underLoad(30, () => Promise.resolve())
  const before = acknowledged.length

  const refused = await runScript('restore', ['--data', dataDir, backup])
  expect(refused).toEqual({ code: 1, output: expect.stringContaining('使用中') })
  await server.kill()
  const restored = await runScript('restore', ['--data', dataDir, backup])
  expect(restored).toEqual({ code: 0, output: expect.stringContaining('復元しました') })
  expect(inconsistencies(databasePath(dataDir))).toEqual([])
  await server.restart()

  // Each tablet has more to send and learns from the answer where the server is.
  for (const writer of writers) addBatch(writer)
  await expectNothingMissing()
  expect(acknowledged.length).toBeGreaterThan(before + writers.length * BATCH)
  const uses = Map.groupBy(acknowledged, ({ receiptNo }) => receiptNo)
  for (const [receiptNo, receipts] of uses)
    expect([receiptNo, new Set(receipts.map(({ hash }) => hash)).size]).toEqual([receiptNo, 1])
  await server.kill()
  expect(inconsistencies(databasePath(dataDir))).toEqual([])
  await server.restart()
}, 120_000)

test('a person with a one-time password is asked for one of their own, until they have one', async () => {
  const email = `${UNITS[0] ?? ''}@test.example`
  const reset = await runScript('admin', ['--data', dataDir, 'reset-password', '--email', email])
  const oldPassword = passwordIn(reset.output)
  const key = await makeDeviceKey()
  const signIn = async (password: string): Promise<unknown> =>
    post('/api/session/sign-in', {
      email,
      password,
      device: { id: null, label: 'test', publicKey: key.publicKey },
    })
  const session = v.parse(sessionResponseSchema, await signIn(oldPassword))
  expect(session.mustChangePassword).toBe(true)
  const change = (newPassword: string, old = oldPassword): Promise<unknown> =>
    post('/api/session/change-password', { oldPassword: old, newPassword }, session.accessToken)
  expect(await change('kaizen-demo')).toEqual({ type: 'weakPassword', reason: 'common' })
  expect(await change('みじかい')).toEqual({ type: 'weakPassword', reason: 'tooShort' })
  expect(await change('passwordpassword')).toEqual({ type: 'weakPassword', reason: 'common' })
  expect(await change(oldPassword)).toEqual({ type: 'weakPassword', reason: 'same' })
  expect(await change('十分に長い合言葉です 2026', 'ちがう')).toEqual({ type: 'wrongPassword' })
  expect(await change('十分に長い合言葉です 2026')).toEqual({ type: 'changed' })
  expect(await signIn(oldPassword)).toEqual({ type: 'unauthenticated' })
  const own = v.parse(sessionResponseSchema, await signIn('十分に長い合言葉です 2026'))
  expect(own.mustChangePassword).toBeUndefined()
  const { refreshToken, deviceId } = own
  const proof = await key.sign({ refreshToken, deviceId })
  const refreshed = await post('/api/session/refresh', { refreshToken, deviceId, proof })
  expect(v.parse(sessionResponseSchema, refreshed).mustChangePassword).toBeUndefined()
})
