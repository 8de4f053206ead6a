/** [S23] An empty replica starts from a snapshot: it ends as one that pulled every page, whatever happens on the way. */
import { allEntries } from '../../src/db/light.ts'
import { everyRow } from '../support/heldRows.ts'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitAs } from '../../functions/src/commit.ts'
import { pull } from '../support/pulling.ts'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { COMMON_STREAMS, type Actor, streamsOf } from '../../src/domain/actor.ts'
import { asDeviceId, asUid, asUnitId } from '../../src/domain/ids.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { err } from '../../src/domain/result.ts'
import { type Cursor, PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import type { SyncStatus } from '../../src/sync/status.ts'
import { openRestorableWorld } from '../support/restorableWorld.ts'
import { end } from '../support/revocable.ts'
import { type SnapshotServer, pagesOf, piecesOf, serveSnapshots } from '../support/snapshots.ts'
import {
  type Station,
  type World,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  openWorld,
  save,
  shown,
} from '../support/world.ts'

const UNITS = ['kameido', 'osaki']
/** begin, page, end. */
const LINES_OF_PART = 3
/** A snapshot's page is one pack, of however few rows. */
const packs = { min: 1, rows: 2, perChange: 2, blockChars: 1 }
const START = { protocol: PROTOCOL_VERSION, cursors: {} }

let world: World
let server: SnapshotServer
let leads: Actor[]
let published: { readonly actor: Actor; readonly id: string }[]
const opened: Station[] = []

beforeEach(async () => {
  world = await openWorld()
  await fill(world)
  server = serveSnapshots(world)
})
afterEach(async () => {
  for (const station of opened.splice(0)) {
    await station.engine.stop()
    station.tablet.close()
  }
  await world.close()
})

async function commit(actor: Actor, ...what: Intention[]): Promise<void> {
  const done = await commitAs(world.deps, actor, what)
  if (!done.ok) throw new Error(JSON.stringify(done.error))
}

/** Offices with submitted rows and their notes, and a draft each. */
async function fill(target: World): Promise<void> {
  world = target
  leads = []
  published = []
  for (const unit of UNITS) {
    const actor = await enrol(world, `lead-${unit}`, unit, ['staff', 'lead'])
    leads.push(actor)
    for (const title of ['一', '二']) {
      const id = newId()
      await commit(actor, submitted(id, actor, `${unit}の取組${title}`), note(id, `${title}の経過`))
      published.push({ actor, id })
    }
    await commit(
      actor,
      intention('initiative', 'create', { id: newId(), set: draftValues(unit, `${unit}の内緒の下書き`) }),
    )
  }
}

const submitted = (id: string, { unit }: Actor, title: string): Intention =>
  intention('initiative', 'create', { id, set: { ...draftValues(unit, title), stage: 'submitted' } })
const note = (initiative: string, text: string): Intention =>
  intention('note', 'create', { id: newId(), set: { stage: 'posted', initiative, text } })
const photo = (id: string, initiative: string, caption: string): Intention => {
  const facts = { width: 40, height: 30, bytes: 900, sha256: 'a'.repeat(64), thumbSha256: 'b'.repeat(64) }
  return intention('photo', 'create', { id, set: { stage: 'posted', initiative, caption, ...facts } })
}
const retitle = (id: string, from: string, to: string): Intention =>
  intention('initiative', 'edit', { id, stage: 'submitted', set: { title: to }, from: { title: from } })

/** Every office's first row is changed: it comes again, later in its stream. */
async function changeSome(title: string): Promise<void> {
  for (const { actor, id } of published.filter((_, index) => index % 2 === 0)) {
    const record = (await world.deps.storage.read((tx) => tx.get('records', id)))?.record
    await commit(actor, retitle(id, String(record?.fields['title']), title), note(id, `${title}の経過`))
  }
}

async function openNew(
  actor: Actor,
  { beforeLine, disk }: { beforeLine?: (count: number) => void | Promise<void>; disk?: IDBFactory } = {},
): Promise<{ station: Station; lines: string[] }> {
  const source = server.sourceFor(actor, beforeLine)
  const station = await openStation(world, actor, disk, { snapshots: source, packs })
  opened.push(station)
  return { station, lines: source.lines }
}

/** Everything a replica holds: rows, streams with cursor, count and sum, and the index. */
async function held(disk: IDBFactory, actor: Actor): Promise<unknown> {
  const db = new TabletDatabase(databaseName(actor.uid), {
    autoOpen: true,
    indexedDB: disk,
    IDBKeyRange,
  })
  const [rows, streams, index] = [
    await everyRow(db),
    await db.streams.toArray(),
    (await allEntries(db)).sort((a, b) => (a.id < b.id ? -1 : 1)),
  ]
  db.close()
  return { rows, streams, index }
}

/** What a tablet holds that pulled every page. */
async function pulled(actor: Actor): Promise<unknown> {
  const disk = new IDBFactory()
  const station = await openStation(world, actor, disk)
  expect(station.engine.status).toEqual({ type: 'allSent' })
  station.tablet.close()
  return held(disk, actor)
}

/** Rows that crossed the wire. */
const seqsIn = (texts: readonly string[]): number =>
  texts.flatMap((text) => text.match(/"seq":/g) ?? []).length
const kameido = (): Actor => leads[0] ?? { uid: asUid(''), unit: asUnitId(''), roles: [] }

describe('starting from a snapshot', () => {
  test('[S23][S22] ends with the rows, cursors, counts and sums of a paged pull, and the pull brings what it lacked', async () => {
    const disk = new IDBFactory()
    await server.ask(kameido(), START)
    await changeSome('改めた題')
    const { station, lines } = await openNew(kameido(), { disk })
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect(await held(disk, kameido())).toEqual(await pulled(kameido()))
    const byPages = await openStation(world, leads[1] ?? kameido())
    opened.push(byPages)
    expect(seqsIn(lines)).toBeGreaterThan(seqsIn(station.received))
    expect(seqsIn(station.received)).toBeLessThan(seqsIn(byPages.received))
  })

  test('[S23] is over once a pull was complete: from then on the tablet pulls alone', async () => {
    const { station, lines } = await openNew(kameido())
    const before = lines.length
    await changeSome('あとの題')
    await station.sync()
    expect(lines.length).toBe(before)
    expect(await shown(station, published[0]?.id ?? '')).toMatchObject({ title: 'あとの題' })
  })

  test('[S23] shows how far it is in rows, and what has come is on the list at once', async () => {
    const statuses: SyncStatus[] = []
    const listed: number[] = []
    let down = true
    const source = server.sourceFor(kameido())
    const station = await openStation(
      withStore(() => down),
      kameido(),
      new IDBFactory(),
      {
        packs,
        snapshots: {
          read: (request, take) =>
            down
              ? Promise.resolve(err({ type: 'offline' }))
              : source.read(request, async (line) => {
                  await take(line)
                  listed.push((await station.tablet.records.all()).length)
                }),
        },
      },
    )
    opened.push(station)
    down = false
    station.engine.onStatus((status) => statuses.push(status))
    await station.sync()
    const loading = statuses.flatMap((status) => (status.type === 'loading' ? [status] : []))
    expect(loading.length).toBeGreaterThan(2)
    const rows = loading.map((status) => status.rows)
    expect(rows).toEqual([...rows].sort((a, b) => a - b))
    for (const status of loading) expect(status.rows).toBeLessThanOrEqual(status.total)
    expect(new Set(listed).size).toBeGreaterThan(2)
    expect(station.engine.status).toEqual({ type: 'allSent' })
  })

  test('[S23] tablets that start together have one snapshot made', async () => {
    await Promise.all(leads.map((actor) => openNew(actor)))
    expect(server.written.filter((key) => key.endsWith('current.json'))).toHaveLength(1)
    for (const { engine } of opened) expect(engine.status).toEqual({ type: 'allSent' })
  })

  test('[S23] the first pages are short: of rows with long texts something is soon on the list', async () => {
    const pagesWith = async (firstChars: number): Promise<{ stream: string; rows: number }[]> => {
      server = serveSnapshots(world, { minRows: 1, firstChars })
      return pagesOf(await everyPart(kameido())).map(({ stream, rows }) => ({ stream, rows: rows.length }))
    }
    const [whole, ...others] = await pagesWith(Number.POSITIVE_INFINITY)
    const [first, rest, ...following] = await pagesWith(1)
    expect(first).toEqual({ ...whole, rows: 1 })
    expect(rest).toEqual({ ...whole, rows: (whole?.rows ?? 0) - 1 })
    expect(following).toEqual(others)
  })

  test('[S23] few rows are pulled: no snapshot is made of them', async () => {
    server = serveSnapshots(world, {})
    const { station, lines } = await openNew(kameido())
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect(lines).toEqual([])
    expect(server.written).toEqual([])
  })
})

describe('a tablet that is killed on the way', () => {
  test('[S21][S23] at any line goes on from there, whatever changed meanwhile', async () => {
    const { lines } = await openNew(kameido())
    for (let kill = 0; kill < lines.length; kill += 1) {
      const disk = new IDBFactory()
      let station = await openKilledAt(kill, disk)
      expect(station.engine.status.type).not.toBe('allSent')
      station.tablet.close()
      if (kill % 3 === 0) await changeSome(`題${kill}`)
      if (kill % 4 === 0) server.advance(11 * 60_000)
      const again = server.sourceFor(kameido())
      station = await openStation(world, kameido(), disk, { snapshots: again, packs })
      expect(station.engine.status).toEqual({ type: 'allSent' })
      station.tablet.close()
      expect(await held(disk, kameido())).toEqual(await pulled(kameido()))
      if (kill > LINES_OF_PART && kill % 3 !== 0 && kill % 4 !== 0)
        expect(again.lines.length).toBeLessThan(piecesOf(await everyPart(kameido())).length)
    }
  })

  test('[S21][S23] between a pull and a snapshot older than it ends right as well', async () => {
    await server.ask(kameido(), START)
    await changeSome('改めた題')
    const disk = new IDBFactory()
    let station = await openStation(world, kameido(), disk)
    await forgetStarted(disk, kameido())
    station.tablet.close()
    station = await openStation(world, kameido(), disk, { snapshots: server.sourceFor(kameido()), packs })
    opened.push(station)
    expect(await held(disk, kameido())).toEqual(await pulled(kameido()))
  })

  test('[S5][S23] overtaken by the pull of another tab does not fall back', async () => {
    const disk = new IDBFactory()
    const source = server.sourceFor(kameido(), async (count) => {
      if (count !== 4) return
      await changeSome('改めた題')
      const other = await openStation(world, kameido(), disk)
      other.tablet.close()
    })
    opened.push(
      await openStation(
        withStore(() => true),
        kameido(),
        disk,
        { snapshots: source, packs },
      ),
    )
    expect(source.lines.length).toBeGreaterThan(4)
    expect(await held(disk, kameido())).toEqual(await pulled(kameido()))
  })

  test('[S1][S23] keeps what was saved before its first rows came', async () => {
    const disk = new IDBFactory()
    const before = await openKilledAt(4, disk)
    const id = newId()
    await save(before, intention('initiative', 'create', { id, set: draftValues('kameido', '初日の取組') }))
    before.tablet.close()
    const { station } = await openNew(kameido(), { disk })
    expect(await station.tablet.outbox.unsettled()).toEqual([])
    expect(await shown(station, id)).toMatchObject({ title: '初日の取組' })
  })
})

describe('a snapshot that will not do', () => {
  const spoil = (change: (bytes: Uint8Array) => Uint8Array | undefined, which: RegExp): void => {
    for (const [key, bytes] of server.objects) {
      if (!which.test(key)) continue
      const spoilt = change(Uint8Array.from(bytes))
      if (spoilt === undefined) server.objects.delete(key)
      else server.objects.set(key, spoilt)
    }
  }
  const flip = (bytes: Uint8Array): Uint8Array =>
    bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 0x10 : byte))
  const cut = (bytes: Uint8Array): Uint8Array => bytes.slice(0, -3)

  test.each([
    ['a damaged part', flip, /-2$/],
    ['a part that is gone', () => undefined, /-2$/],
    ['a part that is cut off', cut, /-1$/],
    ['a manifest that is cut off', cut, /json$/],
    ['no manifest', () => undefined, /json$/],
  ] as const)(
    '[S23] %s: the tablet gets everything all the same, and the next one a new snapshot',
    async (_, change, which) => {
      await server.ask(kameido(), START)
      spoil(change, which)
      const disk = new IDBFactory()
      const { station } = await openNew(kameido(), { disk })
      expect(station.engine.status).toEqual({ type: 'allSent' })
      expect(await held(disk, kameido())).toEqual(await pulled(kameido()))
      const { lines } = await openNew(leads[1] ?? kameido())
      expect(lines.at(-1)).toBe('{"type":"end","more":false}')
      expect(server.reported).toEqual([])
    },
  )

  test('[S23] blobs out of order: it is reported, and the tablet pulls', async () => {
    server.objects.get = () => {
      throw new Error('no bucket')
    }
    const { station, lines } = await openNew(kameido())
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect(lines).toEqual([])
    expect(server.reported).toHaveLength(1)
  })

  test('[S23] one that has grown old is made anew once something has changed, not before', async () => {
    await server.ask(kameido(), START)
    const first = [...server.written]
    server.advance(60 * 60_000)
    await server.ask(kameido(), START)
    expect(server.written).toEqual(first)
    await changeSome('改めた題')
    await server.ask(kameido(), START)
    expect(server.written.length).toBeGreaterThan(first.length)
    server.advance(61 * 60_000)
    await changeSome('さらに改めた題')
    await server.ask(kameido(), START)
    expect(first.filter((key) => server.objects.has(key) && !key.endsWith('json'))).toEqual([])
  })

  test('[S18][S20] what has left a stream is in no part from then on, however young the snapshot', async () => {
    const id = newId()
    const [row] = published
    if (row === undefined) throw new Error('no row')
    await commit(row.actor, photo(id, row.id, '写してはいけない説明'))
    expect(await everyPart(kameido())).toContain('写してはいけない説明')
    await commit(row.actor, intention('photo', 'remove', { id, stage: 'posted', set: {} }))
    expect(await everyPart(kameido())).not.toContain('写してはいけない説明')
    const disk = new IDBFactory()
    await openNew(kameido(), { disk })
    expect(await held(disk, kameido())).toEqual(await pulled(kameido()))
  })
})

describe('who gets it', () => {
  test('[S20][S23] a part has what everybody reads and nothing else: no unit’s drafts, no person’s own', async () => {
    for (const actor of leads) {
      const parts = await everyPart(actor)
      expect(parts).not.toContain('内緒の下書き')
      expect(new Set(parts.match(/"stream":"[^"]+"/g))).toEqual(
        new Set(
          COMMON_STREAMS.filter((stream) => parts.includes(stream)).map((stream) => `"stream":"${stream}"`),
        ),
      )
      const rows = (await pullEverything(actor)).filter(({ stream }) => COMMON_STREAMS.includes(stream))
      for (const row of rows) expect(parts).toContain(JSON.stringify(row.record))
    }
  })

  test('[S20] the streams of a snapshot are those of everybody, whatever their roles', () => {
    const one = { uid: asUid('one'), unit: asUnitId('kameido') }
    for (const roles of [[], ['staff'], ['lead'], ['evaluator'], ['hq'], ['executive'], ['admin']] as const)
      expect(streamsOf({ ...one, roles })).toEqual(expect.arrayContaining([...COMMON_STREAMS]))
  })

  test('[S23][S25][S26] nobody who may not pull', async () => {
    const stranger: Actor = { ...kameido(), uid: asUid('nobody') }
    const errorOf = async (actor: Actor, body: unknown): Promise<unknown> => {
      const answer = await server.ask(actor, body)
      return answer.ok ? 'answered' : answer.error.type
    }
    expect(await errorOf(stranger, START)).toBe('unauthenticated')
    expect(await errorOf(kameido(), { ...START, protocol: PROTOCOL_VERSION - 1 })).toBe('protocolTooOld')
    for (const body of [null, {}, { ...START, stream: 'unit/osaki' }, { ...START, cursors: { master: 1 } }])
      expect(await errorOf(kameido(), body)).toBe('invalid')
    expect(await errorOf(kameido(), START)).toBe('answered')
    await end(world, kameido(), 'device')
    expect(await errorOf(kameido(), START)).toBe('revoked')
    const [, second = kameido()] = leads
    await end(world, second, 'member')
    expect(await errorOf(second, START)).toBe('revoked')
  })

  test('[S23][S26] a tablet that is revoked in the middle is told so and gets no further', async () => {
    const { station, lines } = await openNew(kameido(), {
      beforeLine: async (count) => {
        if (count === 4) await end(world, kameido(), 'device')
      },
    })
    expect(station.engine.status).toMatchObject({ type: 'cannotSend', reason: 'revoked' })
    expect(lines.at(-1)).toBe('{"type":"end","more":true}')
  })

  test('[S20][S23] a person who changes office in the middle ends with the streams of the new one', async () => {
    const disk = new IDBFactory()
    const before = await openKilledAt(7, disk)
    before.tablet.close()
    const { uid } = kameido()
    await world.deps.storage.transact(async (tx) => {
      const doc = await tx.get('records', uid)
      if (doc === undefined) throw new Error('no member')
      const fields = { ...doc.record.fields, unit: 'osaki' }
      tx.put('records', uid, { ...doc, record: { ...doc.record, fields } })
    })
    const moved = { ...kameido(), unit: asUnitId('osaki') }
    await openNew(moved, { disk })
    expect(await held(disk, moved)).toEqual(await pulled(moved))
  })
})

test('[S22][S23] after a restore nothing of the time that was lost is handed out, also to a tablet in the middle', async () => {
  await world.close()
  const restorable = await openRestorableWorld()
  await fill(restorable)
  server = serveSnapshots(restorable)
  restorable.backUp()
  await changeSome('失われた題')
  const disk = new IDBFactory()
  const before = await openKilledAt(12, disk)
  before.tablet.close()
  expect(await everyPart(kameido())).toContain('失われた題')
  await restorable.restore()
  // Its streams grow beyond where they were.
  for (const title of ['次の題', 'その次の題']) await changeSome(title)
  expect(await everyPart(kameido())).not.toContain('失われた題')
  const { station } = await openNew(kameido(), { disk })
  expect(station.engine.status).toEqual({ type: 'allSent' })
  expect(await held(disk, kameido())).toEqual(await pulled(kameido()))
})

/** Every part from the beginning, one after the other, as a tablet asks for them. */
async function everyPart(actor: Actor): Promise<string> {
  let text = ''
  let cursors: Record<string, Cursor> = {}
  for (;;) {
    const answer = await server.ask(actor, { ...START, cursors })
    if (!answer.ok) return text
    text += answer.value
    for (const { stream, cursor } of pagesOf(answer.value)) cursors = { ...cursors, [stream]: cursor }
  }
}

async function pullEverything(
  actor: Actor,
): Promise<{ stream: (typeof COMMON_STREAMS)[number]; record: unknown }[]> {
  const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${actor.uid}`) }
  const answer = await pull(world.deps, caller, { ...START, clientId: null })
  if (!answer.ok) throw new Error(answer.error.type)
  return answer.value.pages.flatMap(({ stream, rows }) => rows.map(({ record }) => ({ stream, record })))
}

/** The world as a tablet meets it while pulls are not answered: what it holds then is what a snapshot brought. */
function withStore(isDown: () => boolean): World {
  const { storage } = world.deps
  const read: typeof storage.read = (work) =>
    isDown() ? Promise.reject(new Error('down')) : storage.read(work)
  return { ...world, deps: { ...world.deps, storage: { ...storage, read } } }
}

/** A tablet that gets as far as that line of the snapshot, and no answer to a pull. */
async function openKilledAt(line: number, disk: IDBFactory): Promise<Station> {
  const snapshots = server.sourceFor(kameido(), (count) => {
    if (count === line) throw new Error('killed')
  })
  return openStation(
    withStore(() => true),
    kameido(),
    disk,
    { snapshots, packs },
  )
}

async function forgetStarted(disk: IDBFactory, { uid }: Actor): Promise<void> {
  const db = new TabletDatabase(databaseName(uid), { autoOpen: true, indexedDB: disk, IDBKeyRange })
  await db.client.update('me', { started: false })
  db.close()
}
