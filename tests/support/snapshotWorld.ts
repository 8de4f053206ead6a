/** A bureau with snapshots of its rows, and tablets that start from them. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect } from 'vitest'
import { commitAs } from '../../functions/src/commit.ts'
import { allEntries } from '../../src/db/light.ts'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asUid, asUnitId } from '../../src/domain/ids.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { type Cursor, PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { everyRow } from './heldRows.ts'
import { type SnapshotServer, pagesOf, serveSnapshots } from './snapshots.ts'
import {
  type Station,
  type World,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  openWorld,
} from './world.ts'

const UNITS = ['kameido', 'osaki']
/** A snapshot's page is one pack, of however few rows. */
export const packs = { min: 1, rows: 2, perChange: 2, blockChars: 1 }
export const START = { protocol: PROTOCOL_VERSION, cursors: {} }

export interface SnapshotWorld extends World {
  /** Makes the snapshots; another may take its place. */
  server: SnapshotServer
  /** One an office. */
  readonly leads: readonly Actor[]
  /** Submitted rows, and whose they are. */
  readonly published: readonly { readonly actor: Actor; readonly id: string }[]
  /** Tablets that are closed with the world. */
  readonly opened: Station[]
  /** The first office's lead. */
  kameido(): Actor
  commit(actor: Actor, ...what: Intention[]): Promise<void>
  /** Every office's first row is changed: it comes again, later in its stream. */
  changeSome(title: string): Promise<void>
  openNew(
    actor: Actor,
    options?: {
      readonly beforeLine?: (count: number) => void | Promise<void>
      readonly disk?: IDBFactory
    },
  ): Promise<{ station: Station; lines: string[] }>
  /** A tablet that gets as far as that line of the snapshot, and no answer to a pull. */
  openKilledAt(line: number, disk: IDBFactory): Promise<Station>
  /** The world as a tablet meets it while pulls are not answered: what it holds then is what a snapshot brought. */
  withStore(isDown: () => boolean): World
  /** What a tablet holds that pulled every page. */
  pulled(actor: Actor): Promise<unknown>
  /** Every part from the beginning, one after the other, as a tablet asks for them. */
  everyPart(actor: Actor): Promise<string>
}

/** Of another world than an empty one, where it is given. */
export async function openSnapshotWorld(given?: World): Promise<SnapshotWorld> {
  const base = given ?? (await openWorld())
  const { leads, published } = await fill(base)
  const opened: Station[] = []
  const world: SnapshotWorld = {
    ...base,
    server: serveSnapshots(base),
    leads,
    published,
    opened,
    kameido: () => leads[0] ?? { uid: asUid(''), unit: asUnitId(''), roles: [] },
    commit: (actor, ...what) => commit(base, actor, what),
    async changeSome(title) {
      for (const { actor, id } of published.filter((_, index) => index % 2 === 0)) {
        const record = (await base.deps.storage.read((tx) => tx.get('records', id)))?.record
        await commit(base, actor, [
          retitle(id, String(record?.fields['title']), title),
          note(id, `${title}の経過`),
        ])
      }
    },
    async openNew(actor, { beforeLine, disk } = {}) {
      const source = world.server.sourceFor(actor, beforeLine)
      const station = await openStation(base, actor, disk, { snapshots: source, packs })
      opened.push(station)
      return { station, lines: source.lines }
    },
    openKilledAt(line, disk) {
      const snapshots = world.server.sourceFor(world.kameido(), (count) => {
        if (count === line) throw new Error('killed')
      })
      return openStation(
        world.withStore(() => true),
        world.kameido(),
        disk,
        { snapshots, packs },
      )
    },
    withStore(isDown) {
      const { storage } = base.deps
      const read: typeof storage.read = (work) =>
        isDown() ? Promise.reject(new Error('down')) : storage.read(work)
      return { ...base, deps: { ...base.deps, storage: { ...storage, read } } }
    },
    async pulled(actor) {
      const disk = new IDBFactory()
      const station = await openStation(base, actor, disk)
      expect(station.engine.status).toEqual({ type: 'allSent' })
      station.tablet.close()
      return held(disk, actor)
    },
    async everyPart(actor) {
      let text = ''
      let cursors: Record<string, Cursor> = {}
      for (;;) {
        const answer = await world.server.ask(actor, { ...START, cursors })
        if (!answer.ok) return text
        text += answer.value
        for (const { stream, cursor } of pagesOf(answer.value)) cursors = { ...cursors, [stream]: cursor }
      }
    },
    async close() {
      for (const station of opened.splice(0)) {
        await station.engine.stop()
        station.tablet.close()
      }
      await base.close()
    },
  }
  return world
}

/** Offices with submitted rows and their notes, and a draft each. */
async function fill(
  world: World,
): Promise<{ leads: Actor[]; published: { readonly actor: Actor; readonly id: string }[] }> {
  const leads: Actor[] = []
  const published: { readonly actor: Actor; readonly id: string }[] = []
  for (const unit of UNITS) {
    const actor = await enrol(world, `lead-${unit}`, unit, ['staff', 'lead'])
    leads.push(actor)
    for (const title of ['一', '二']) {
      const id = newId()
      await commit(world, actor, [submitted(id, actor, `${unit}の取組${title}`), note(id, `${title}の経過`)])
      published.push({ actor, id })
    }
    await commit(world, actor, [
      intention('initiative', 'create', { id: newId(), set: draftValues(unit, `${unit}の内緒の下書き`) }),
    ])
  }
  return { leads, published }
}

async function commit({ deps }: World, actor: Actor, what: readonly Intention[]): Promise<void> {
  const done = await commitAs(deps, actor, what)
  if (!done.ok) throw new Error(JSON.stringify(done.error))
}

const submitted = (id: string, { unit }: Actor, title: string): Intention =>
  intention('initiative', 'create', { id, set: { ...draftValues(unit, title), stage: 'submitted' } })
const note = (initiative: string, text: string): Intention =>
  intention('note', 'create', { id: newId(), set: { stage: 'posted', initiative, text } })
const retitle = (id: string, from: string, to: string): Intention =>
  intention('initiative', 'edit', { id, stage: 'submitted', set: { title: to }, from: { title: from } })

/** Everything a replica holds: rows, streams with cursor, count and sum, and the index. */
export async function held(disk: IDBFactory, actor: Actor): Promise<unknown> {
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
