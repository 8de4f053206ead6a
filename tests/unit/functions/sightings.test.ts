/** [S26] 最終接続: written by the server when a tablet pulls, at most once an hour, and never in its way. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Caller } from '../../../functions/src/handlers/context.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import type { StoredRecord } from '../../../src/domain/record.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { type ListeningApp, listen } from '../../support/listening.ts'
import { type World, enrol, openWorld } from '../../support/world.ts'

const MINUTE_MS = 60_000
const CALLER: Caller = { uid: asUid('staff'), deviceId: asDeviceId('dev-staff') }

let world: World
let nowMs: number
let servers: ListeningApp[]
let reported: unknown[]

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 20, 1)
  servers = []
  reported = []
  world = await openWorld()
  await enrol(world, 'staff', 'kameido', ['staff'])
})
afterEach(async () => {
  for (const server of servers) server.close()
  await world.close()
})

async function startApp(): Promise<ListeningApp> {
  const server = await listen({
    ...world.deps,
    now: () => new Date(nowMs).toISOString(),
    report: (error) => reported.push(error),
  })
  servers.push(server)
  return server
}

async function pullFrom({ url, headersOf }: ListeningApp): Promise<number> {
  const body = JSON.stringify({ protocol: PROTOCOL_VERSION, clientId: null, cursors: {} })
  const headers = await headersOf(CALLER)
  const answer = await fetch(`${url}/api/pull`, { method: 'POST', headers, body })
  await answer.arrayBuffer()
  return answer.status
}
const device = async (): Promise<StoredRecord | undefined> =>
  world.deps.storage.read(async (tx) => (await tx.get('records', 'dev-staff'))?.record)
const seenAt = async (): Promise<unknown> => (await device())?.fields['lastSeenAt']
const iso = (): string => new Date(nowMs).toISOString()

test('the first pull of an hour is noted, the others cost nothing, also on another server; headquarters receives it', async () => {
  const [one, two] = [await startApp(), await startApp()]
  expect(await pullFrom(one)).toBe(200)
  await expect.poll(seenAt).toBe(iso())
  const noted = await device()
  nowMs += 59 * MINUTE_MS
  await pullFrom(one)
  await pullFrom(two)
  nowMs += 2 * MINUTE_MS
  await pullFrom(two)
  await pullFrom(one)
  await expect.poll(seenAt).toBe(iso())
  expect((await device())?.rev).toBe((noted?.rev ?? 0) + 1)
  const row = await world.deps.storage.read((tx) => tx.get('rows', 'hq|dev-staff'))
  expect(row?.record?.fields['lastSeenAt']).toBe(iso())
  const entries = await world.deps.storage.read((tx) => tx.find('historyByRecord', { value: 'dev-staff' }))
  expect(entries).toHaveLength(1)
  expect(reported).toEqual([])
})

test('a store that does not take the note fails no answer, and the next pull tries again', async () => {
  let full = false
  const { storage } = world.deps
  const server = await listen({
    ...world.deps,
    now: iso,
    report: (error) => reported.push(error),
    storage: {
      ...storage,
      transact: (work) => (full ? Promise.reject(new Error('disk full')) : storage.transact(work)),
    },
  })
  servers.push(server)
  full = true
  expect(await pullFrom(server)).toBe(200)
  await expect.poll(() => reported).toHaveLength(1)
  full = false
  expect(await pullFrom(server)).toBe(200)
  await expect.poll(seenAt).toBe(iso())
})
