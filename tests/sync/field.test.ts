/**
 * The morning after a day without network: 35 tablets with 40 mutations each come online at once, real engines over real
 * HTTP against the real server, whose database another process keeps locked at first.
 */
import { DatabaseSync } from 'node:sqlite'
import { createHash } from 'node:crypto'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTokens } from '../../functions/src/identity/tokens.ts'
import { databasePath, prepareDataDir } from '../../functions/src/ops/dataDir.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { type Tablet, openTablet } from '../../src/db/tablet.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asDeviceId, asRecordId } from '../../src/domain/ids.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { err } from '../../src/domain/result.ts'
import { type Receipt, pushResponseSchema } from '../../src/domain/wire.ts'
import { SyncEngine } from '../../src/sync/engine.ts'
import type { SyncStatus } from '../../src/sync/status.ts'
import { createTransport } from '../../src/transport/api.ts'
import { browserClock } from '../../src/transport/browserClock.ts'
import type { Call } from '../../src/transport/call.ts'
import { postJson } from '../../src/transport/http.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { inconsistencies } from '../support/storeConsistency.ts'
import { tempDir } from '../support/tempDir.ts'
import { draftValues, enrol, intention, newId, worldOn } from '../support/world.ts'

const UNITS = ['labor-kameido', 'labor-osaki', 'labor-ikebukuro', 'labor-hachioji', 'labor-iidabashi']
const TABLETS_PER_UNIT = 7
const SHARED_ROWS = 6
const MUTATIONS = 40
/** Nothing of this may ever be on anybody's screen. */
const ERRORS: readonly SyncStatus['type'][] = [
  'cannotSend',
  'signInNeeded',
  'updateNeeded',
  'storageFull',
  'stalled',
]

interface Station {
  readonly unit: string
  readonly tablet: Tablet
  readonly engine: SyncEngine
  readonly statuses: SyncStatus[]
  readonly receipts: Receipt[]
  /** Refusals it met on the way, and tried again. */
  readonly refusals: string[]
}

let directory: Awaited<ReturnType<typeof tempDir>>
let dataDir: string
let server: RunningServer
let stations: readonly Station[] = []
let saved = 0
let online = true

beforeAll(async () => {
  directory = await tempDir()
  dataDir = `${directory.path}/data`
  const callers = await enrolAll()
  server = await startServer({ dataDir, demo: false, serve: [] })
  // Pages name the server's paths alone.
  const { fetch } = globalThis
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(server.url + path, init))
  stations = await Promise.all(callers.map(openStation))
}, 180_000)
afterAll(async () => {
  for (const { engine, tablet } of stations) {
    await engine.stop()
    tablet.close()
  }
  vi.unstubAllGlobals()
  await server.stop()
  await directory.remove()
})

/** A person with a tablet, and the token they have signed in with. */
interface Signed {
  readonly actor: Actor
  readonly token: string
}

/** Registers everybody before the server starts, as if they had signed in. */
async function enrolAll(): Promise<Signed[]> {
  prepareDataDir(dataDir)
  const storage = openSqliteStorage({ path: databasePath(dataDir) })
  const tokens = await openTokens(storage)
  const world = await worldOn({ connect: () => storage, dispose: () => storage.close() })
  const signed: Signed[] = []
  for (const unit of UNITS) {
    for (let place = 0; place < TABLETS_PER_UNIT; place += 1) {
      const actor = await enrol(world, `${unit}-${place}`, unit, ['staff'])
      const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${actor.uid}`) }
      signed.push({ actor, token: await tokens.issue(caller, Date.now()) })
    }
  }
  await world.close()
  return signed
}

async function openStation({ actor, token }: Signed): Promise<Station> {
  const tablet = await openTablet({
    actor,
    hash: (text) => Promise.resolve(createHash('sha256').update(text).digest('hex')),
    newId,
    now: browserClock.now,
    nowMs: browserClock.nowMs,
    indexedDB: { indexedDB: new IDBFactory(), IDBKeyRange },
  })
  const [statuses, receipts, refusals]: [SyncStatus[], Receipt[], string[]] = [[], [], []]
  const call: Call = async (path, request) => {
    if (!online) return err({ type: 'offline' })
    const answer = await postJson(path, { ...request, headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok && answer.error.type === 'refused') refusals.push(answer.error.refusal.type)
    const pushed = v.safeParse(pushResponseSchema, answer.ok ? answer.value : undefined)
    if (pushed.success && pushed.output.type === 'receipts') receipts.push(...pushed.output.receipts)
    return answer
  }
  const engine = new SyncEngine({
    outbox: tablet.outbox,
    replica: await tablet.replica(),
    transport: {
      ...createTransport(call),
      quarantine: () => Promise.resolve(err({ type: 'refused', refusal: { type: 'forbidden' } })),
    },
    clock: browserClock,
    lock: {
      async tryRun(work) {
        await work()
        return true
      },
    },
  })
  engine.onStatus((status) => void statuses.push(status))
  engine.start()
  await engine.sync()
  return { unit: actor.unit, tablet, engine, statuses, receipts, refusals }
}

async function save({ tablet }: Station, what: Intention): Promise<void> {
  const answer = await tablet.outbox.save({ ...what, at: browserClock.now() })
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`)
  saved += 1
}

/** A day's work: new rows, notes, and edits of rows on which the whole unit works. */
async function work(station: Station, place: number): Promise<void> {
  const { tablet, unit } = station
  const shared = (await tablet.records.all()).filter(({ type }) => type === 'initiative')
  expect(shared).toHaveLength(SHARED_ROWS)
  for (let index = 0; index < MUTATIONS; index += 1) {
    const row = (await tablet.records.read(shared[index % SHARED_ROWS]?.id ?? asRecordId(newId())))?.record
    if (row === undefined) throw new Error('a shared row is not there')
    const mine = `${place}人目の${index}文。`
    const { background = null, title = null } = row.fields
    const edit = (field: string, from: typeof title, to: string): Intention =>
      intention('initiative', 'edit', {
        id: row.id,
        stage: row.stage,
        set: { [field]: to },
        from: { [field]: from },
      })
    const kinds = [
      () => intention('initiative', 'create', { id: newId(), set: draftValues(unit, mine) }),
      () =>
        intention('note', 'create', {
          id: newId(),
          set: { stage: 'posted', initiative: row.id, text: mine },
        }),
      () => edit('background', background, `${String(background)}${mine}`),
      () => edit('title', title, mine),
    ]
    const kind = kinds[index % kinds.length]
    if (kind !== undefined) await save(station, kind())
  }
}

const sent = ({ engine, statuses }: Station): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (statuses.at(-1)?.type === 'allSent') resolve()
    }
    engine.onStatus(look)
    look()
  })

test('[S8][S9][S10] 35 tablets with 40 mutations each come online at once: all of it arrives, once, and nobody sees an error', async () => {
  for (const first of stations.filter((_, index) => index % TABLETS_PER_UNIT === 0)) {
    for (let row = 0; row < SHARED_ROWS; row += 1) {
      const set = { ...draftValues(first.unit, `共有${row}`), background: '現状です。課題です。' }
      await save(first, intention('initiative', 'create', { id: newId(), set }))
    }
    await first.engine.sync()
  }
  for (const { engine } of stations) await engine.sync()
  online = false
  for (const { engine } of stations) engine.setOnline(false)
  for (const [place, station] of stations.entries()) await work(station, place)
  expect(saved).toBe(stations.length * MUTATIONS + UNITS.length * SHARED_ROWS)

  // Another process writes for longer than the server waits for it.
  const other = new DatabaseSync(databasePath(dataDir))
  other.exec('BEGIN IMMEDIATE')
  online = true
  for (const { engine, statuses } of stations) {
    statuses.length = 0
    engine.setOnline(true)
  }
  await vi.waitUntil(() => stations.some(({ refusals }) => refusals.includes('busy')), { timeout: 60_000 })
  other.exec('ROLLBACK')
  other.close()
  await Promise.all(stations.map(sent))

  for (const { statuses, receipts, refusals, tablet } of stations) {
    expect(statuses.filter(({ type }) => ERRORS.includes(type))).toEqual([])
    expect(new Set(refusals).difference(new Set(['busy']))).toEqual(new Set())
    expect(receipts.filter(({ outcome }) => outcome === 'parked')).toEqual([])
    expect(await tablet.outbox.unsettled()).toEqual([])
  }
  const hashes = stations.flatMap(({ receipts }) => receipts.map(({ hash }) => hash))
  expect(new Set(hashes).size).toBe(saved)

  // Every mutation has left one trace in the history of its record.
  await server.kill()
  expect(inconsistencies(databasePath(dataDir))).toEqual([])
  const storage = openSqliteStorage({ path: databasePath(dataDir) })
  const records = await storage.read(async (tx) => [
    ...(await tx.find('recordsByType', { value: 'initiative' })),
    ...(await tx.find('recordsByType', { value: 'note' })),
  ])
  await storage.close()
  expect(records.reduce((sum, { doc }) => sum + doc.changes, 0)).toBe(saved)
}, 240_000)
