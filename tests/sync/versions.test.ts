/** [S25] Tablets and servers of different releases work together, and nothing is lost until they are equal again. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pull } from '../support/pulling.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { type Actor } from '../../src/domain/actor.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { mutationJson } from '../../src/domain/mutation.ts'
import { noteType } from '../../src/domain/types/note.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import {
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
import { parkedOf } from '../support/parked.ts'

let world: World
let staff: Actor

beforeEach(async () => {
  world = await openWorld()
  staff = await enrol(world, 'staff1', 'kameido', ['staff'])
})
afterEach(() => world.close())

const create = (title: string, id = newId()) =>
  intention('initiative', 'create', { id, set: draftValues('kameido', title) })

describe('a tablet of a later release than the server', () => {
  const caller = { uid: 'staff1', deviceId: 'dev-staff1' }
  const send = (mutations: readonly object[], protocol = PROTOCOL_VERSION) =>
    push(
      world.deps,
      { uid: staff.uid, deviceId: asDeviceId(caller.deviceId) },
      { protocol, clientId: 'later', mutations },
    )
  const numbered = (...intentions: ReturnType<typeof create>[]) =>
    intentions.map((each, index) => ({ ...mutationJson(each), mid: index + 1, base: { rev: 0 } }))

  test('[S25][S12] what the server understands is taken; the rest stays with the tablet, in order', async () => {
    const [first, second, third] = numbered(create('一つめ'), create('二つめ'), create('三つめ'))
    const batch = [{ ...first }, { ...second, v: 99 }, { ...third }]
    expect(await send(batch)).toMatchObject({
      ok: true,
      value: { lmid: 1, receipts: [{ mid: 1, outcome: 'accepted' }] },
    })
    expect(await send(batch.slice(1))).toMatchObject({ ok: false, error: { type: 'busy' } })
    expect(await world.deps.storage.read((tx) => parkedOf(tx, staff.uid))).toEqual([])
    // The server is brought up to that release: here, the tablet's mutation is of a version it knows.
    const again = await send([{ ...second }, { ...third }])
    expect(again).toMatchObject({
      ok: true,
      value: { lmid: 3, receipts: [{ outcome: 'accepted' }, { outcome: 'accepted' }] },
    })
  })

  test('[S25] a type the server does not know waits too, and so does a whole later protocol', async () => {
    const [known] = numbered(create('取組'))
    expect(await send([{ ...known, type: 'proposal' }])).toMatchObject({ ok: false, error: { type: 'busy' } })
    expect(await send([{ ...known, extra: 1 }], PROTOCOL_VERSION + 1)).toMatchObject({
      ok: false,
      error: { type: 'busy' },
    })
    expect(await send([{ ...known }])).toMatchObject({ ok: true, value: { lmid: 1 } })
  })
})

describe('a tablet that is too old', () => {
  test('[S25][S13] it pushes, its receipts settle what it sent, and it pulls again once it is new', async () => {
    const idb = new IDBFactory()
    const station = await openStation(world, staff, idb)
    const id = newId()
    await save(station, create('古い版の記録', id))
    station.network.protocol = PROTOCOL_VERSION - 1
    await station.sync()
    expect(station.engine.status).toEqual({ type: 'updateNeeded' })
    expect(await station.tablet.outbox.unsettled()).toEqual([])
    expect(await shown(station, id)).toMatchObject({ title: '古い版の記録' })
    station.tablet.close()

    const updated = await openStation(world, staff, idb)
    expect(updated.engine.status).toEqual({ type: 'allSent' })
    const db = new TabletDatabase(databaseName(staff.uid), { indexedDB: idb, IDBKeyRange })
    await db.open()
    expect(await db.outbox.count()).toBe(0)
    expect(await db.rows.where('id').equals(id).count()).toBe(1)
    db.close()
    updated.tablet.close()
  })

  test('[S25] a pull of an older protocol is refused, whatever it asks for', async () => {
    const caller = { uid: staff.uid, deviceId: asDeviceId('dev-staff1') }
    const request = { protocol: PROTOCOL_VERSION - 1, clientId: null, cursors: {} }
    expect(await pull(world.deps, caller, request)).toEqual({ ok: false, error: { type: 'protocolTooOld' } })
  })
})

test('[S25] a release that knows more of a row shows it without a new row from the server', async () => {
  const idb = new IDBFactory()
  const first = await openStation(world, staff, idb, { release: 'one' })
  const id = newId()
  await save(first, create('棚の整理', id))
  await first.sync()
  const note = newId()
  await save(
    first,
    intention('note', 'create', { id: note, set: { stage: 'posted', initiative: id, text: '始めた。' } }),
  )
  await first.sync()
  first.tablet.close()
  // As a release that did not know notes would have left it.
  const db = new TabletDatabase(databaseName(staff.uid), { indexedDB: idb, IDBKeyRange })
  await db.open()
  await db.index.where('type').equals(noteType.name).delete()
  db.close()
  const same = await openStation(world, staff, idb, { release: 'one' })
  expect(await same.tablet.records.where('note', 'initiative', id)).toHaveLength(0)
  same.tablet.close()
  const next = await openStation(world, staff, idb, { release: 'two' })
  expect(await next.tablet.records.where('note', 'initiative', id)).toHaveLength(1)
  next.tablet.close()
})
