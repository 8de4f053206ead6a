/** [S1] Many saves in one transaction leave what the same saves leave one after the other, or nothing at all. */
import * as fc from 'fast-check'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asRecordId } from '../../src/domain/ids.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { err } from '../../src/domain/result.ts'
import type { SaveRefusal } from '../../src/sync/ports.ts'
import { watchIndexedDb } from '../support/watchedIndexedDb.ts'
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
} from '../support/world.ts'

let world: World
let lead: Actor
beforeEach(async () => {
  world = await openWorld()
  lead = await enrol(world, 'lead1', 'kameido', ['staff', 'lead'])
})
afterEach(() => world.close())

/** What lies in the outbox and the index of a tablet; clientIds differ from tablet to tablet. */
async function dump(idb: IDBFactory): Promise<unknown> {
  const db = new TabletDatabase(databaseName('lead1'), { indexedDB: idb, IDBKeyRange })
  await db.open()
  const [outbox, index, client] = await Promise.all([
    db.outbox.toArray(),
    db.index.toArray(),
    db.client.get('me'),
  ])
  db.close()
  return { outbox: outbox.map((entry) => ({ ...entry, clientId: '' })), index, nextMid: client?.nextMid }
}

/** A tablet with a row of the server's, one it holds pending, and photos to hang on them. */
async function openAt(rows: readonly string[]): Promise<{ station: Station; idb: IDBFactory }> {
  const idb = new IDBFactory()
  const station = await openStation(world, lead, idb)
  station.network.online = false
  const [, , pending = ''] = rows
  await save(
    station,
    intention('initiative', 'create', { id: pending, set: draftValues('kameido', '未送信') }),
  )
  return { station, idb }
}

/** Saves what is not refused; `refused` is the first that was. */
async function oneByOne({ tablet }: Station, all: readonly Intention[]) {
  const taken: Intention[] = []
  let refused: SaveRefusal | undefined
  for (const [index, one] of all.entries()) {
    const saved = await tablet.outbox.save(one)
    if (saved.ok) taken.push(one)
    else refused ??= { index, error: saved.error }
  }
  return { taken, refused }
}

const ROWS = 4
const texts = fc.constantFrom('紙で受け付ける。', '列が長い。', '様式が多い。')
const wish = fc.oneof(
  fc.record({ what: fc.constant('create' as const), row: fc.nat(ROWS - 1), text: texts }),
  fc.record({ what: fc.constant('edit' as const), row: fc.nat(ROWS - 1), text: texts }),
  fc.record({ what: fc.constant('submit' as const), row: fc.nat(ROWS - 1), text: texts }),
  fc.record({ what: fc.constant('remove' as const), row: fc.nat(ROWS - 1), text: texts }),
  fc.record({ what: fc.constant('note' as const), row: fc.nat(ROWS - 1), text: texts }),
)

test('[S1][S4] saveAll(xs) leaves what saving them one by one leaves, or refuses the same one for the same reason and leaves nothing', async () => {
  const rows = Array.from({ length: ROWS }, () => newId())
  const [first = '', second = ''] = rows
  const before = await openStation(world, lead)
  await save(before, intention('initiative', 'create', { id: first, set: draftValues('kameido', '一') }))
  await save(
    before,
    intention('initiative', 'create', {
      id: second,
      set: { ...draftValues('kameido', '二'), stage: 'submitted' },
    }),
  )
  await before.sync()
  before.tablet.close()
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 1, maxLength: 8 }), async (wishes) => {
      const intentions = wishes.map(({ what, row, text }, seconds) => {
        const id = rows[row] ?? ''
        if (what === 'create')
          return intention('initiative', 'create', { id, seconds, set: draftValues('kameido', text) })
        if (what === 'note')
          return intention('note', 'create', {
            id: newId(),
            seconds,
            set: { stage: 'posted', initiative: id, text },
          })
        if (what === 'submit')
          return intention('initiative', 'edit', {
            ...{ id, seconds, stage: 'draft' },
            ...{ set: { stage: 'submitted' }, from: { stage: 'draft' } },
          })
        const set = what === 'edit' ? { background: text } : {}
        return intention('initiative', what, { id, seconds, stage: 'draft', set })
      })
      const [together, apart] = [await openAt(rows), await openAt(rows)]
      const start = await dump(together.idb)
      const { taken, refused } = await oneByOne(apart.station, intentions)
      const saved = await together.station.tablet.outbox.saveAll(intentions)
      expect(saved.ok ? undefined : saved.error).toEqual(refused)
      if (!saved.ok) {
        expect(await dump(together.idb)).toEqual(start)
        expect((await together.station.tablet.outbox.saveAll(taken)).ok).toBe(true)
      }
      expect(await dump(together.idb)).toEqual(await dump(apart.idb))
      together.station.tablet.close()
      apart.station.tablet.close()
    }),
    { numRuns: 40 },
  )
})

describe('a batch', () => {
  const creates = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      intention('initiative', 'create', { id: newId(), set: draftValues('kameido', `取組${index}`) }),
    )

  test('[S2][S9] of hundreds is one transaction, and arrives in its order', async () => {
    const { station } = await openAt([newId(), newId(), newId()])
    const batch = creates(300)
    const saved = await station.tablet.outbox.saveAll(batch)
    expect(saved.ok && saved.value.map(({ mid }) => mid)).toEqual(batch.map((_, index) => index + 2))
    const stored = await station.tablet.outbox.unsettled(batch.map(({ id }) => asRecordId(id)))
    expect(saved.ok && saved.value).toEqual(stored)
    station.network.online = true
    await station.sync()
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect((await station.tablet.records.all()).filter(({ type }) => type === 'initiative')).toHaveLength(301)
    station.tablet.close()
  })

  test('[S24] of photos fills a row up to its limit, and not beyond', async () => {
    const [, , row = ''] = [newId(), newId(), newId()]
    const { station } = await openAt(['', '', row])
    const photo = (index: number) =>
      intention('photo', 'create', {
        id: newId(),
        set: {
          ...{ stage: 'posted', initiative: row, width: 4, height: 3, bytes: 100 },
          sha256: index.toString(16).padStart(64, '0'),
          thumbSha256: index.toString(16).padStart(64, '1'),
        },
      })
    const refused = await station.tablet.outbox.saveAll(
      Array.from({ length: 21 }, (_, index) => photo(index)),
    )
    expect(refused).toEqual(err({ index: 20, error: { type: 'tooMany' } }))
    expect(await station.tablet.outbox.queuedCount()).toBe(1)
    const taken = await station.tablet.outbox.saveAll(Array.from({ length: 20 }, (_, index) => photo(index)))
    expect(taken.ok).toBe(true)
    station.tablet.close()
  })

  test.each([0, 1, 2, 3, 5, 8, 13, 21])(
    '[S1][S7] is made whole and once, %i turns into which the connection dies',
    async (turns) => {
      const indexedDb = watchIndexedDb()
      const station = await openStation(world, lead, indexedDb.idb)
      const saving = station.tablet.outbox.saveAll(creates(5))
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      indexedDb.loseConnections()
      const saved = await saving
      expect(saved.ok && saved.value.map(({ mid }) => mid)).toEqual([1, 2, 3, 4, 5])
      expect(await station.tablet.outbox.unsettled()).toHaveLength(5)
      station.tablet.close()
    },
  )

  test('is told with its entries as they were written', async () => {
    const { station } = await openAt([newId(), newId(), newId()])
    const told: unknown[] = []
    station.tablet.records.onChange((ids, entries) => told.push(ids, [...(entries ?? [])]))
    const [one, two] = creates(2)
    if (one === undefined || two === undefined) throw new Error('two')
    await station.tablet.outbox.saveAll([one, two])
    const stored = await station.tablet.records.some([asRecordId(one.id), asRecordId(two.id)])
    expect(told).toEqual([
      [one.id, two.id],
      [
        [one.id, stored[0]],
        [two.id, stored[1]],
      ],
    ])
    station.tablet.close()
  })
})
