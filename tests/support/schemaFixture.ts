/**
 * A tablet and its server as a release left them: every state a mutation can be in, rows of every type the unit works
 * with, kept forms. tests/fixtures/schema-N holds one for each Dexie version the field has seen; see its README.
 */
import { picture } from './photoStation.ts'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IDBFactory } from 'fake-indexeddb'
import * as v from 'valibot'
import { SYSTEM, commitAs } from '../../functions/src/commit.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { databaseName } from '../../src/db/schema.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asRecordId, asUid, asUnitId } from '../../src/domain/ids.ts'
import { conflictIdOf } from '../../src/domain/types/conflict.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { type RawDatabase, dumpDatabase, rawDatabaseSchema } from './rawDatabase.ts'
import { type StoreDump, dumpStore, loadStore } from './storeFile.ts'
import {
  type Station,
  type World,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  save,
  worldOn,
} from './world.ts'

const FOLDER = fileURLToPath(new URL('../fixtures', import.meta.url))
const PREFIX = 'schema-'

/** The person whose tablet it is. */
export const OWNER = {
  uid: asUid('staff1'),
  unit: asUnitId('kameido'),
  roles: ['staff', 'lead'],
} as const satisfies Actor

export interface SchemaFixture {
  /** The tablet's database. */
  readonly tablet: RawDatabase
  /** The first push as this release sends it. */
  readonly push: { readonly protocol: number; readonly clientId: string; readonly mutations: unknown[] }
  /** What the server holds. */
  readonly server: StoreDump
}

/** Dexie versions a fixture is kept of. */
export function fixtureVersions(): number[] {
  return readdirSync(FOLDER)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => Number(name.slice(PREFIX.length)))
    .sort((a, b) => a - b)
}

export function readFixture(version: number): SchemaFixture {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(FOLDER, `${PREFIX}${version}`, `${name}.json`), 'utf8'))
  return {
    tablet: v.parse(rawDatabaseSchema, read('tablet')),
    push: v.parse(
      v.strictObject({ protocol: v.number(), clientId: v.string(), mutations: v.array(v.unknown()) }),
      read('push'),
    ),
    server: v.parse(v.record(v.string(), v.record(v.string(), v.string())), read('server')),
  }
}

/** A world whose server holds what the fixture's did. */
export async function worldOf({ server }: SchemaFixture): Promise<World & { readonly path: string }> {
  const { path, world } = await openFileWorld((file) => {
    void openSqliteStorage({ path: file }).close()
    loadStore(file, server)
  })
  return { ...world, path }
}

async function openFileWorld(prepare: (path: string) => void): Promise<{ path: string; world: World }> {
  const directory = mkdtempSync(join(tmpdir(), 'kaizencho-'))
  const path = join(directory, 'store.sqlite')
  prepare(path)
  const storage = openSqliteStorage({ path })
  const dispose = async (): Promise<void> => {
    await storage.close()
    rmSync(directory, { recursive: true, force: true })
  }
  return { path, world: await worldOn({ connect: () => storage, dispose }) }
}

/** Writes the fixture of today's schema. */
export async function writeFixture(version: number): Promise<void> {
  const folder = join(FOLDER, `${PREFIX}${version}`)
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(await makeFixture()))
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(content, null, 1)}\n`)
}

async function makeFixture(): Promise<SchemaFixture> {
  const { path, world } = await openFileWorld(() => undefined)
  const idb = new IDBFactory()
  const station = await workOn(world, idb)
  const [first, ...rest] = await station.tablet.outbox.nextBatch({ mutations: 50, bytes: 1_000_000 })
  if (first === undefined) throw new Error('The outbox is empty.')
  station.tablet.close()
  const fixture = {
    tablet: await dumpDatabase(idb, databaseName(OWNER.uid)),
    push: {
      protocol: PROTOCOL_VERSION,
      clientId: first.clientId,
      mutations: [first, ...rest].map(({ mutation }) => mutation),
    },
    server: dumpStore(path),
  }
  await world.close()
  return fixture
}

const TEXT = '受付が紙です。週に三度、書き写します。'

/** Brings a tablet into every state there is, and leaves it offline. */
async function workOn(world: World, idb: IDBFactory): Promise<Station> {
  const units = ['kameido', 'osaki'].map((id) =>
    intention('unit', 'create', {
      id,
      set: { stage: 'active', name: `${id}事務所`, shortName: id, kind: 'office' },
    }),
  )
  const made = await commitAs(world.deps, SYSTEM, units)
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  const owner = await enrol(world, OWNER.uid, OWNER.unit, OWNER.roles)
  const colleague = await openStation(world, await enrol(world, 'staff2', 'kameido', ['staff']))
  const hq = await openStation(world, await enrol(world, 'hq', 'somu', ['hq']))
  // Few rows make a pack, so that there are some.
  const station = await openStation(world, owner, idb, {
    packs: { min: 2, rows: 8, perChange: 2, blockChars: 4000 },
  })
  const { network } = station
  const create = (id: string, title: string, extra = {}) =>
    intention('initiative', 'create', {
      id,
      set: { ...draftValues('kameido', title), background: TEXT, ...extra },
    })
  const edit = (id: string, set: Readonly<Record<string, string>>, from = {}, stage = 'draft') =>
    intention('initiative', 'edit', { id, stage, set, from })

  // Received rows, a note, feedback, a conflict; acknowledged mutations.
  const [shared, disputed, dropped] = [newId(), newId(), newId()]
  await save(station, create(shared, '窓口の案内', { stage: 'submitted', progress: 'doing' }))
  await save(station, create(disputed, '書庫の整理'))
  await save(station, create(dropped, '会議の短縮'))
  await station.sync()
  await hq.sync()
  const feedback = { stage: 'open', initiative: shared, kind: 'request', text: '期日を教えてください。' }
  await save(hq, intention('feedback', 'create', { id: newId(), set: feedback }))
  await hq.sync()
  const note = { stage: 'posted', initiative: shared, text: '試行を始めた。' }
  await save(station, intention('note', 'create', { id: newId(), set: note }))
  await colleague.sync()
  await save(colleague, edit(disputed, { background: '受付がFAXです。' }, { background: TEXT }))
  await colleague.sync()
  await save(station, edit(disputed, { background: '受付が電話です。' }, { background: TEXT }))
  await station.sync()

  // A stream started over; a parked mutation; a settled one that no complete pull has covered yet.
  await (await station.tablet.replica()).restart('unit/kameido')
  await station.sync()
  await moveTo(world, owner, 'osaki')
  await save(station, create(newId(), '保留になる取組'))
  await station.sync()
  await moveTo(world, owner, 'kameido')
  await station.sync()
  await save(station, edit(shared, { plan: '来月から全窓口で行う。' }, {}, 'submitted'))
  network.beforeAnswer = () => (network.online = false)
  await station.sync()

  // One the server has although its answer was lost, and a day's work offline.
  network.online = true
  await save(station, edit(shared, { goal: '待ち時間を半分にする。' }, {}, 'submitted'))
  network.loseAnswers = 1
  await station.sync()
  network.online = false
  const chained = newId()
  await save(station, create(chained, '机の共用'))
  await save(station, edit(chained, { title: '机と椅子の共用' }, { title: '机の共用' }))
  await save(station, edit(chained, { stage: 'submitted' }, { stage: 'draft' }))
  const offlineNote = { stage: 'posted', initiative: chained, text: '見積もりを取った。' }
  await save(station, intention('note', 'create', { id: newId(), set: offlineNote }))
  await save(station, intention('initiative', 'remove', { id: dropped, stage: 'draft', set: {} }))
  const resolved = { background: '受付が電話とFAXです。' }
  const theirs = { background: '受付がFAXです。' }
  const conflict = conflictIdOf({ target: asRecordId(disputed), field: 'background', by: owner.uid })
  await save(
    station,
    intention('initiative', 'resolve', {
      id: disputed,
      stage: 'draft',
      set: resolved,
      from: theirs,
      resolves: conflict,
    }),
  )
  await station.tablet.forms.keep('log:new:later', {
    recordId: 'later',
    started: null,
    draft: { title: '書きかけ' },
  })
  await (await station.tablet.photos()).hold(`row:${shared}`, picture(0.05))
  await station.tablet.records.keepFront([asRecordId(shared)])
  await station.engine.stop()
  await colleague.engine.stop()
  await hq.engine.stop()
  return station
}

/** The person is registered at another unit: what they save for the former one is refused. */
async function moveTo(world: World, { uid }: Actor, unit: string): Promise<void> {
  await world.deps.storage.transact(async (tx) => {
    const member = await tx.get('records', uid)
    if (member === undefined) throw new Error('no member')
    const { record } = member
    tx.put('records', uid, { ...member, record: { ...record, fields: { ...record.fields, unit } } })
  })
}
