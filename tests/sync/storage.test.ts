/** [S7] What browsers do to a database: connections that die, a quota that is used up. Nothing said to be saved is lost. */
import { IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSteady } from '../../src/db/steady.ts'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { openTablet } from '../../src/db/tablet.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { NewerReleaseError } from '../../src/sync/storageErrors.ts'
import { type WatchedIndexedDb, limitQuota, watchIndexedDb } from '../support/watchedIndexedDb.ts'
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
let staff: Actor
let indexedDb: WatchedIndexedDb
let station: Station
const undo: (() => void)[] = []

beforeEach(async () => {
  world = await openWorld()
  staff = await enrol(world, 'staff1', 'kameido', ['staff'])
  indexedDb = watchIndexedDb()
  station = await openStation(world, staff, indexedDb.idb)
})
afterEach(async () => {
  for (const step of undo.splice(0)) step()
  await station.engine.stop()
  station.tablet.close()
  await world.close()
})

const create = (title: string) =>
  intention('initiative', 'create', { id: newId(), set: draftValues('kameido', title) })
const titles = async (): Promise<unknown[]> =>
  (await station.tablet.records.all())
    .filter(({ type }) => type === 'initiative')
    .map(({ facets }) => facets['title'])

/** An aside as sessionStorage is one. */
function createAside() {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

async function openTabletWith(aside: ReturnType<typeof createAside>, now = '2026-11-20T00:00:00.000Z') {
  return openTablet({
    actor: staff,
    hash: (bytes) => world.deps.hash(new TextDecoder().decode(bytes)),
    newId,
    now: () => now,
    nowMs: () => 0,
    indexedDB: indexedDb.options,
    aside,
  })
}

describe('a connection the browser closes', () => {
  test.each(['loseConnections', 'closeSilently'] as const)(
    '[S7] is opened anew (%s): saving, reading, forms and syncing go on',
    async (lose) => {
      await save(station, create('一つめ'))
      indexedDb[lose]()
      await save(station, create('二つめ'))
      indexedDb[lose]()
      expect(await titles()).toEqual(['一つめ', '二つめ'])
      indexedDb[lose]()
      await station.tablet.forms.keep('log:new:a', { title: '書きかけ' })
      indexedDb[lose]()
      expect(await station.tablet.forms.load('log:new:a')).toEqual({ title: '書きかけ' })
      indexedDb[lose]()
      await station.sync()
      expect(station.engine.status).toEqual({ type: 'allSent' })
      expect(await station.tablet.outbox.unsettled()).toEqual([])
    },
  )

  test.each([0, 1, 2, 3, 5, 8, 13, 21])(
    '[S1][S7] %i turns into a save: the save is made, once',
    async (turns) => {
      const saving = station.tablet.outbox.save(create('途中で切れた取組'))
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      indexedDb.loseConnections()
      expect(await saving).toMatchObject({ ok: true, value: { mid: 1 } })
      expect(await titles()).toEqual(['途中で切れた取組'])
      expect(await station.tablet.outbox.unsettled()).toHaveLength(1)
    },
  )

  test('[S7] in the midst of many writes: all are done once more', async () => {
    const db = new TabletDatabase('many', { ...indexedDb.options, autoOpen: true })
    const forms = Array.from({ length: 200 }, (_, n) => ({ id: `f${n}`, value: n, savedAt: '' }))
    let attempts = 0
    await createSteady(db, () => Promise.resolve(false)).run(() =>
      db.transaction('rw', db.forms, async ({ idbtrans }) => {
        const writing = db.forms.bulkPut(forms)
        attempts += 1
        if (attempts === 1) setImmediate(() => idbtrans.abort())
        await writing
      }),
    )
    expect(attempts).toBe(2)
    expect(await db.forms.count()).toBe(forms.length)
    db.close()
  })

  test('[S1][S7] after a save had come through although it was told to have failed: it is there once', async () => {
    const { transaction } = TabletDatabase.prototype
    let failing = true
    Reflect.set(TabletDatabase.prototype, 'transaction', async function (this: unknown, ...args: unknown[]) {
      const result: unknown = await Reflect.apply(transaction, this, args)
      if (failing && args[0] === 'rw') {
        failing = false
        throw new DOMException('The database connection is closing.', 'InvalidStateError')
      }
      return result
    })
    // The method itself is Dexie's, one prototype further.
    undo.push(() => void Reflect.deleteProperty(TabletDatabase.prototype, 'transaction'))
    const intended = create('一度だけの取組')
    expect(await station.tablet.outbox.save(intended)).toMatchObject({ ok: true, value: { mid: 1 } })
    expect(await station.tablet.outbox.unsettled()).toHaveLength(1)
    expect(failing).toBe(false)
    // The same words again are another save.
    await save(station, create('一度だけの取組'))
    expect(await station.tablet.outbox.unsettled()).toHaveLength(2)
  })

  test('[S7] for a newer release in another tab is opened again after it', async () => {
    await save(station, create('前の取組'))
    const upgraded = new TabletDatabase(databaseName(staff.uid), indexedDb.options)
    upgraded.version(99).stores({ later: 'id' })
    await upgraded.open()
    upgraded.close()
    await save(station, create('後の取組'))
    expect(await titles()).toEqual(['前の取組', '後の取組'])
  })

  test('[S25] what a newer release has made is not opened, and stays as it is', async () => {
    await save(station, create('新しい版の取組'))
    station.tablet.close()
    const newer = new TabletDatabase(databaseName(staff.uid), indexedDb.options)
    newer.version(99).stores({ later: 'id' })
    await newer.open()
    newer.close()
    await expect(openTabletWith(createAside())).rejects.toThrow(NewerReleaseError)
    await newer.open()
    expect(newer.verno).toBe(99)
    expect(await newer.outbox.count()).toBe(1)
    newer.close()
  })

  test('[S26] because the database was deleted stays closed, and nothing is made anew', async () => {
    await new Promise((resolve) => {
      indexedDb.idb.deleteDatabase(databaseName(staff.uid)).onsuccess = resolve
    })
    expect(await station.tablet.outbox.save(create('遅すぎた取組'))).toEqual({
      ok: false,
      error: { type: 'storageDead' },
    })
    expect(await indexedDb.idb.databases()).toEqual([])
  })
})

describe('a database that stays dead', () => {
  test('[S7] a save says so, sync says so, and a form is there after the page was loaded again', async () => {
    const aside = createAside()
    const tablet = await openTabletWith(aside)
    indexedDb.breakOpening()
    indexedDb.loseConnections()
    expect(await tablet.outbox.save(create('残らない取組'))).toEqual({
      ok: false,
      error: { type: 'storageDead' },
    })
    await station.sync()
    expect(station.engine.status).toMatchObject({ type: 'cannotSend', reason: 'database' })
    await tablet.forms.keep('log:new:a', { title: '打ちかけ' })
    await tablet.forms.keep('log:new:a', { title: '打ちかけの取組' })

    indexedDb = watchIndexedDb()
    const reloaded = await openTabletWith(aside)
    expect(await reloaded.forms.list()).toEqual(['log:new:a'])
    expect(await reloaded.forms.load('log:new:a')).toEqual({ title: '打ちかけの取組' })
    expect(aside.items.size).toBe(0)
    await reloaded.destroy()
  })

  test('[S7] what lies aside does not replace what another tab has kept since', async () => {
    const aside = createAside()
    const tablet = await openTabletWith(aside)
    const full = limitQuota(() => true)
    await tablet.forms.keep('log:new:a', { title: '打ちかけ' })
    expect(aside.items.size).toBe(1)
    full()
    const other = await openTabletWith(createAside(), '2026-11-20T00:01:00.000Z')
    await other.forms.keep('log:new:a', { title: '打ちかけの取組' })
    const reloaded = await openTabletWith(aside)
    expect(await reloaded.forms.load('log:new:a')).toEqual({ title: '打ちかけの取組' })
    expect(aside.items.size).toBe(0)
    await reloaded.destroy()
  })

  test('[S26] what lies aside goes with the database', async () => {
    const aside = createAside()
    const tablet = await openTabletWith(aside)
    undo.push(limitQuota(() => true))
    await tablet.forms.keep('log:new:a', { title: '打ちかけの取組' })
    expect(aside.items.size).toBe(1)
    await tablet.destroy()
    expect(aside.items.size).toBe(0)
  })
})

describe('a quota that is used up', () => {
  test('[S7] what is kept for a restored server gives way to a save', async () => {
    for (const title of ['一', '二', '三', '四']) await save(station, create(title))
    await station.sync()
    const db = new TabletDatabase(databaseName(staff.uid), indexedDb.options)
    await db.open()
    expect(await db.acked.count()).toBe(4)
    let full = true
    undo.push(limitQuota(() => full))
    const remove = IDBObjectStore.prototype.delete
    const spy = vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (
      this: IDBObjectStore,
      key,
    ) {
      full = false
      return Reflect.apply(remove, this, [key])
    })
    undo.push(() => spy.mockRestore())
    expect(await station.tablet.outbox.save(create('入った取組'))).toMatchObject({ ok: true })
    expect(await db.acked.count()).toBe(2)
    db.close()
  })

  test('[S7] with nothing left to give up a save is refused, the form stays aside, and later both work', async () => {
    const aside = createAside()
    const tablet = await openTabletWith(aside)
    const lift = limitQuota(() => true)
    expect(await tablet.outbox.save(create('入らない取組'))).toEqual({
      ok: false,
      error: { type: 'storageFull' },
    })
    await tablet.forms.keep('log:new:a', { title: '入らない取組' })
    expect(await tablet.forms.load('log:new:a')).toEqual({ title: '入らない取組' })
    lift()
    expect(await tablet.outbox.save(create('入った取組'))).toMatchObject({ ok: true, value: { mid: 1 } })
    await tablet.forms.keep('log:new:a', { title: '入った取組' })
    expect(aside.items.size).toBe(0)
    tablet.close()
  })

  test('[S7] a pull that finds no room says so; what was saved is sent all the same', async () => {
    const colleague = await openStation(world, await enrol(world, 'staff2', 'kameido', ['staff']))
    await save(colleague, create('同僚の取組'))
    await colleague.sync()
    await save(station, create('自分の取組'))
    const lift = limitQuota((storeName) => storeName === 'rows')
    await station.sync()
    expect(station.engine.status).toEqual({ type: 'storageFull' })
    expect(await station.tablet.outbox.queuedCount()).toBe(0)
    lift()
    await station.sync()
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect((await titles()).sort()).toEqual(['同僚の取組', '自分の取組'].sort())
    colleague.tablet.close()
  })

  test('[S7] with room for nothing at all what was saved is sent, also while an earlier one still waits for its pull', async () => {
    await save(station, create('先の取組'))
    station.network.beforeAnswer = () => (station.network.online = false)
    await station.sync()
    expect(await station.tablet.outbox.unsettled()).toEqual([])
    station.network.online = true
    await save(station, create('後の取組'))
    const lift = limitQuota(() => true)
    await station.sync()
    expect(station.engine.status).toEqual({ type: 'storageFull' })
    lift()
    const colleague = await openStation(world, await enrol(world, 'staff2', 'kameido', ['staff']))
    await colleague.sync()
    const seen = (await colleague.tablet.records.all()).map(({ facets }) => facets['title'])
    expect(seen).toEqual(expect.arrayContaining(['先の取組', '後の取組']))
    await station.sync()
    expect(station.engine.status).toEqual({ type: 'allSent' })
    colleague.tablet.close()
  })
})
