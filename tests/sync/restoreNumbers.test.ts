/** [S22] The numbers of mutations and receipts after the server is restored: none is given twice, and no tablet is stuck. */
import { IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { create } from '../support/fiveTablets.ts'
import {
  type RestorableTablets,
  edit,
  openRestorableTablets,
  receiptsOf,
  syncAll,
} from '../support/restorableTablets.ts'
import { type Station, newId, openStation, save, shown } from '../support/world.ts'

let world: RestorableTablets
let first: Station
let second: Station
let everyone: readonly Station[]

beforeEach(async () => {
  world = await openRestorableTablets()
  ;({ first, second } = world)
  everyone = [first, second, world.lead, world.hq, world.other]
})
afterEach(() => world.close())

describe('a restored server', () => {
  test('[S13][S22] never gives a receipt number twice, whatever the numbers before were', async () => {
    const ids = Array.from({ length: 4 }, () => newId())
    world.backUp()
    for (const [index, id] of ids.entries()) {
      await save(first, create(id, `取組${index}`))
      await first.sync()
      await world.restore()
    }
    await syncAll(everyone)
    const given = everyone.flatMap(receiptsOf)
    const uses = Map.groupBy(given, ({ receiptNo }) => receiptNo)
    for (const [, receipts] of uses) expect(new Set(receipts.map(({ hash }) => hash)).size).toBe(1)
    const records = await world.deps.storage.read((tx) => tx.getAll('records', ids))
    expect(new Set(records.map((doc) => doc?.record.receiptNo)).size).toBe(ids.length)
    await world.expectSettled(everyone)
  })

  test('[S11][S22] with work still to send, the tablet goes back to where the server is', async () => {
    const id = newId()
    await save(first, create(id, '前'))
    await first.sync()
    world.backUp()
    await save(first, edit(id, { title: '中' }, { title: '前' }))
    await first.sync()
    first.network.online = false
    await save(first, edit(id, { title: '後' }, { title: '中' }))
    await world.restore()
    first.network.online = true
    first.network.loseAnswers = 1
    await syncAll(everyone, 3)
    expect(await shown(second, id)).toMatchObject({ title: '後' })
    expect(await world.changesOf(id)).toBe(3)
    await world.expectSettled(everyone)
  })

  test('[S11][S22] mutations that no longer follow on the server’s last are renumbered, not stuck', async () => {
    const ids = Array.from({ length: 3 }, () => newId())
    world.backUp()
    for (const id of ids) await save(first, create(id, `取組 ${id}`))
    await first.sync()
    const disk = world.disks.get(first)
    if (disk === undefined) throw new Error('no disk')
    const db = new TabletDatabase(databaseName('staff1'), { autoOpen: true, indexedDB: disk, IDBKeyRange })
    const [oldest] = await db.acked.orderBy('ackedAtMs').primaryKeys()
    if (oldest === undefined) throw new Error('nothing was kept')
    // Its thirty days are over.
    await db.acked.delete(oldest)
    db.close()
    await world.restore()
    await save(first, create(newId(), '新しい取組'))
    await syncAll(everyone)
    expect(await shown(second, ids[0] ?? '')).toBeUndefined()
    for (const id of ids.slice(1)) expect(await shown(second, id)).toMatchObject({ title: `取組 ${id}` })
    await world.expectSettled(everyone)
  })

  test('[S10][S22] a copied tablet that took its numbers on the restored server takes nothing else away', async () => {
    const [before, own, copied] = [newId(), newId(), newId()]
    await save(first, create(before, '前から'))
    await syncAll(everyone)
    world.backUp()
    const twin = await openStation(world, first.actor, await world.copyOf(first))
    await save(first, create(own, '元の端末の取組'))
    await syncAll(everyone)
    await world.restore()
    await save(twin, create(copied, '写しの取組'))
    for (const station of [twin, ...everyone, twin, ...everyone]) await station.sync()
    for (const id of [before, own, copied]) expect(await world.changesOf(id)).toBe(1)
    expect(await shown(second, own)).toMatchObject({ title: '元の端末の取組' })
    expect(await shown(second, copied)).toMatchObject({ title: '写しの取組' })
    await world.expectSettled(everyone)
  })

  test('[S10][S22] where a copy has taken numbers, what the server has under others keeps its own', async () => {
    const { outbox } = first.tablet
    const settle = async (): Promise<void> => {
      for (const { clientId, mid, hash } of await outbox.unsettled())
        await outbox.settle(clientId, [{ mid, hash, outcome: 'accepted', rev: 1, receiptNo: null }])
    }
    await save(first, create(newId(), '一つめ'))
    const [one] = await outbox.unsettled()
    if (one === undefined) throw new Error('nothing was saved')
    await settle()
    await save(first, create(newId(), '二つめ'))
    await outbox.renumberFrom(one.clientId, 2)
    const [two] = await outbox.unsettled()
    if (two === undefined) throw new Error('nothing was saved')
    expect([two.clientId === one.clientId, two.mid]).toEqual([false, 1])
    await settle()
    for (const { clientId } of [one, two]) await outbox.sendAgain(clientId, 1)
    await outbox.renumberFrom(one.clientId, 1)
    const [again, kept] = await outbox.unsettled()
    expect([again?.hash, kept?.hash]).toEqual([one.hash, two.hash])
    expect(again?.clientId).not.toBe(one.clientId)
    expect([kept?.clientId, kept?.mid]).toEqual([two.clientId, two.mid])
  })
})
