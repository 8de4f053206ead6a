/** [S22] The server is restored from a backup: tablets notice the new epoch and bring back what the backup lacks, once. */
import { everyRow } from '../support/heldRows.ts'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { EMPTY_SUM, addToSum } from '../../src/domain/checksum.ts'
import { streamsOf } from '../../src/domain/actor.ts'
import { asRecordId } from '../../src/domain/ids.ts'
import { conflictIdOf } from '../../src/domain/types/conflict.ts'
import { type Receipt, pushResponseSchema } from '../../src/domain/wire.ts'
import { type RestorableWorld, openRestorableWorld } from '../support/restorableWorld.ts'
import {
  type Station,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  save,
  shown,
} from '../support/world.ts'

let world: RestorableWorld
let first: Station
let second: Station
let lead: Station
let hq: Station
let other: Station
let everyone: readonly Station[]
const disks = new Map<Station, IDBFactory>()

async function open(uid: string, ...[unit, roles]: [string, Parameters<typeof enrol>[3]]): Promise<Station> {
  const disk = new IDBFactory()
  const station = await openStation(world, await enrol(world, uid, unit, roles), disk)
  disks.set(station, disk)
  return station
}

beforeEach(async () => {
  world = await openRestorableWorld()
  first = await open('staff1', 'kameido', ['staff'])
  second = await open('staff2', 'kameido', ['staff'])
  lead = await open('lead', 'kameido', ['lead'])
  hq = await open('hq', 'somu', ['hq'])
  other = await open('other', 'osaki', ['staff', 'lead'])
  everyone = [first, second, lead, hq, other]
})
afterEach(() => world.close())

const create = (id: string, title: string, extra = {}) =>
  intention('initiative', 'create', { id, set: { ...draftValues('kameido', title), ...extra } })
const edit = (id: string, set: Record<string, string>, from: Record<string, string> = {}, stage = 'draft') =>
  intention('initiative', 'edit', { id, stage, set, from })
const note = (initiative: string, text: string, id: string = newId()) =>
  intention('note', 'create', { id, set: { stage: 'posted', initiative, text } })

async function syncAll(stations: readonly Station[], rounds = 2): Promise<void> {
  for (let round = 0; round < rounds; round += 1) for (const station of stations) await station.sync()
}

/** Every receipt that crossed the wire to this tablet. */
function receiptsOf({ received }: Station): Receipt[] {
  return received.flatMap((text) => {
    const answer = v.safeParse(pushResponseSchema, JSON.parse(text))
    return answer.success && answer.output.type === 'receipts' ? answer.output.receipts : []
  })
}

const receiptNos = (): string[] =>
  everyone.flatMap(receiptsOf).flatMap(({ receiptNo }) => (receiptNo === null ? [] : [receiptNo]))

async function held(station: Station): Promise<{ rows: string[]; acked: number }> {
  const disk = disks.get(station)
  if (disk === undefined) throw new Error('no disk')
  const db = new TabletDatabase(databaseName(station.actor.uid), {
    autoOpen: true,
    indexedDB: disk,
    IDBKeyRange,
  })
  const rows = await everyRow(db)
  const acked = await db.acked.count()
  db.close()
  return {
    rows: rows.map(({ stream, id, rev, record }) => JSON.stringify([stream, id, rev, record])).sort(),
    acked,
  }
}

/** Nothing waits anywhere, every tablet holds what the server's streams say, and heads agree with their rows. */
async function expectSettled(): Promise<void> {
  for (const station of everyone) {
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect(await station.tablet.outbox.unsettled()).toEqual([])
    const streams = streamsOf(station.actor)
    const { rows, heads } = await world.deps.storage.read(async (tx) => ({
      rows: (await Promise.all(streams.map((value) => tx.find('rowsByStream', { value })))).flat(),
      heads: await tx.getAll('heads', streams),
    }))
    const live = rows.flatMap(({ doc }) => (doc.record === null ? [] : [doc]))
    expect((await held(station)).rows).toEqual(
      live.map(({ stream, id, rev, record }) => JSON.stringify([stream, id, rev, record])).sort(),
    )
    const sums = streams.map((name) =>
      live.filter(({ stream }) => stream === name).reduce(addToSum, EMPTY_SUM),
    )
    expect(sums).toEqual(heads.map((head) => head?.sum ?? EMPTY_SUM))
  }
}

async function changesOf(id: string): Promise<number> {
  return (await world.deps.storage.read((tx) => tx.get('records', id)))?.changes ?? 0
}

describe('a restored server', () => {
  test('[S22] gets back what was acknowledged after the backup, exactly once, from tablets with nothing to send', async () => {
    const [kept, lost] = [newId(), newId()]
    await save(first, create(kept, '残る取組'))
    await syncAll(everyone)
    world.backUp()
    await save(first, edit(kept, { title: '改めた取組' }, { title: '残る取組' }))
    await save(first, create(lost, '消えかけた取組', { background: '一文目。' }))
    await syncAll(everyone)
    await save(second, edit(lost, { background: '一文目。二文目。' }, { background: '一文目。' }))
    await save(second, note(lost, '経過を一つ'))
    await syncAll(everyone)
    expect((await first.tablet.outbox.unsettled()).length).toBe(0)
    expect((await held(first)).acked).toBe(3)

    const epoch = await world.restore()
    // The tablet whose edit stands on what only another one has comes first.
    await second.sync()
    expect((await second.tablet.outbox.unsettled()).map(({ state }) => state)).toEqual(['parked', 'parked'])
    await syncAll(everyone)
    for (const station of [first, second, lead]) {
      expect(await shown(station, kept)).toMatchObject({ title: '改めた取組' })
      expect(await shown(station, lost)).toMatchObject({
        title: '消えかけた取組',
        background: '一文目。二文目。',
      })
      const notes = await station.tablet.records.where('note', 'initiative', lost)
      expect(notes.map(({ record }) => record.fields['text'])).toEqual(['経過を一つ'])
    }
    expect(await shown(other, lost)).toBeUndefined()
    expect([await changesOf(kept), await changesOf(lost)]).toEqual([2, 2])
    expect(receiptNos().filter((no) => no.startsWith(`${epoch}-`)).length).toBe(4)
    await expectSettled()
  })

  test('[S11][S22] what waited for a record is asked about once more when its author may no longer see it', async () => {
    const id = newId()
    world.backUp()
    await save(first, create(id, '前'))
    await syncAll(everyone)
    await save(second, edit(id, { title: '後' }, { title: '前' }))
    await second.sync()
    await world.restore()
    await second.sync()
    expect((await second.tablet.outbox.unsettled()).map(({ state }) => state)).toEqual(['parked'])
    await first.sync()
    expect(await shown(first, id)).toMatchObject({ title: '後' })
    // It is a draft of the unit that they leave.
    await moveMember(second.actor.uid, 'osaki')
    await second.sync()
    expect(await shown(second, id)).toBeUndefined()
    expect(await second.tablet.outbox.unsettled()).toEqual([])
    expect(second.engine.status).toEqual({ type: 'allSent' })
    expect(await changesOf(id)).toBe(2)
  })

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
    await expectSettled()
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
    expect(await changesOf(id)).toBe(3)
    await expectSettled()
  })

  test('[S22] a tablet killed between noticing and sending still brings everything back', async () => {
    const id = newId()
    await save(first, create(id, '途中で切れた'))
    world.backUp()
    await syncAll(everyone)
    await world.restore()
    const disk = disks.get(first)
    for (let kills = 0; kills < 3; kills += 1) {
      let answers = 0
      const count = (): void => {
        answers += 1
        if (answers > kills) first.tablet.close()
        else first.network.beforeAnswer = count
      }
      first.network.beforeAnswer = count
      await first.sync()
      await first.engine.stop()
      first.tablet.close()
      first = await openStation(world, first.actor, disk)
      if (disk !== undefined) disks.set(first, disk)
      everyone = [first, second, lead, hq, other]
    }
    await syncAll(everyone)
    expect(await shown(lead, id)).toMatchObject({ title: '途中で切れた' })
    expect(await changesOf(id)).toBe(1)
    await expectSettled()
  })

  test('[S12][S22] what was parked and given up keeps its content on the server, and bothers nobody again', async () => {
    const [id, next] = [newId(), newId()]
    world.backUp()
    await save(first, create(id, '他所の取組'))
    await first.tablet.outbox.save(create(next, '次の取組'))
    await moveMember('staff1', 'osaki')
    await first.sync()
    for (const { n } of await first.tablet.outbox.unsettled()) await first.tablet.outbox.discardParked(n)
    expect(await first.tablet.outbox.unsettled()).toEqual([])
    await world.restore()
    await moveMember('staff1', 'osaki')
    await first.sync()
    expect(await first.tablet.outbox.unsettled()).toEqual([])
    const parked = await world.deps.storage.read((tx) => tx.find('parkedByUid', { value: 'staff1' }))
    expect(JSON.stringify(parked)).toContain('他所の取組')
    expect(parked.length).toBe(2)
  })

  test('[S11][S22] mutations that no longer follow on the server’s last are renumbered, not stuck', async () => {
    const ids = Array.from({ length: 3 }, () => newId())
    world.backUp()
    for (const id of ids) await save(first, create(id, `取組 ${id}`))
    await first.sync()
    const disk = disks.get(first)
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
    await expectSettled()
  })

  test('[S10][S22] a copied tablet that took its numbers on the restored server takes nothing else away', async () => {
    const [before, own, copied] = [newId(), newId(), newId()]
    await save(first, create(before, '前から'))
    await syncAll(everyone)
    world.backUp()
    const twin = await openStation(world, first.actor, await copyOf(first))
    await save(first, create(own, '元の端末の取組'))
    await syncAll(everyone)
    await world.restore()
    await save(twin, create(copied, '写しの取組'))
    for (const station of [twin, ...everyone, twin, ...everyone]) await station.sync()
    for (const id of [before, own, copied]) expect(await changesOf(id)).toBe(1)
    expect(await shown(second, own)).toMatchObject({ title: '元の端末の取組' })
    expect(await shown(second, copied)).toMatchObject({ title: '写しの取組' })
    await expectSettled()
  })

  test('[S2][S22] a tablet whose clock jumps ten years keeps what a restored server will lack', async () => {
    let nowMs = Date.UTC(2016, 0, 1)
    const tablet = await openStation(world, first.actor, new IDBFactory(), { nowMs: () => nowMs })
    const id = newId()
    world.backUp()
    await save(tablet, create(id, '時計が狂った端末の取組'))
    await tablet.sync()
    nowMs = Date.UTC(2026, 10, 21)
    await tablet.sync()
    await world.restore()
    await tablet.sync()
    expect(await changesOf(id)).toBe(1)
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

  test('[S16][S22] a decision about a conflict the restored server does not know counts as an edit', async () => {
    const id = newId()
    await save(first, create(id, '元の題'))
    await syncAll(everyone)
    world.backUp()
    await save(first, edit(id, { title: '一人目の題' }, { title: '元の題' }))
    await save(second, edit(id, { title: '二人目の題' }, { title: '元の題' }))
    await syncAll(everyone)
    const resolves = conflictIdOf({ target: asRecordId(id), field: 'title', by: second.actor.uid })
    const set = { title: '二人目の題' }
    const from = { title: '一人目の題' }
    await save(second, intention('initiative', 'resolve', { id, stage: 'draft', set, from, resolves }))
    await syncAll(everyone)
    await world.restore()
    // Alone with the server, there is nobody whose edit contradicts.
    await syncAll([second])
    expect(await second.tablet.outbox.unsettled()).toEqual([])
    expect(await shown(second, id)).toMatchObject({ title: '二人目の題' })
    await syncAll(everyone)
    await expectSettled()
  })

  test('[S16][S22] edits that meet another’s on the way back follow the ordinary rules', async () => {
    const id = newId()
    await save(first, create(id, '元の題'))
    await syncAll(everyone)
    world.backUp()
    await save(first, edit(id, { title: '一人目の題' }, { title: '元の題' }))
    await syncAll(everyone)
    await world.restore()
    await save(second, edit(id, { title: '二人目の題' }, { title: '一人目の題' }))
    await second.sync()
    await syncAll(everyone)
    const kept = await world.deps.storage.read(async (tx) => [
      await tx.get('records', id),
      await tx.find('recordsByType', { value: 'conflict' }),
      await tx.find('historyByRecord', { value: id }),
    ])
    for (const title of ['元の題', '一人目の題', '二人目の題']) expect(JSON.stringify(kept)).toContain(title)
    expect(await shown(lead, id)).toMatchObject({ title: '一人目の題' })
    await expectSettled()
  })
})

/** The same database on another disk. */
async function copyOf(station: Station): Promise<IDBFactory> {
  const [from, to] = [disks.get(station), new IDBFactory()]
  if (from === undefined) throw new Error('no disk')
  const [source, target] = [from, to].map(
    (indexedDB) =>
      new TabletDatabase(databaseName(station.actor.uid), { autoOpen: true, indexedDB, IDBKeyRange }),
  )
  for (const table of source?.tables ?? []) await target?.table(table.name).bulkPut(await table.toArray())
  source?.close()
  target?.close()
  return to
}

async function moveMember(uid: string, unit: string): Promise<void> {
  await world.deps.storage.transact(async (tx) => {
    const member = await tx.get('records', uid)
    if (member === undefined) throw new Error('no member')
    const fields = { ...member.record.fields, unit }
    tx.put('records', uid, { ...member, record: { ...member.record, fields } })
  })
}
