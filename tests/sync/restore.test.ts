/** [S22] The server is restored from a backup: tablets notice the new epoch and bring back what the backup lacks, once. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asRecordId } from '../../src/domain/ids.ts'
import { conflictIdOf } from '../../src/domain/types/conflict.ts'
import { create } from '../support/fiveTablets.ts'
import {
  type RestorableTablets,
  edit,
  openRestorableTablets,
  receiptsOf,
  syncAll,
} from '../support/restorableTablets.ts'
import { type Station, intention, newId, openStation, save, shown } from '../support/world.ts'
import { parkedOf } from '../support/parked.ts'

let world: RestorableTablets
let first: Station
let second: Station
let lead: Station
let hq: Station
let other: Station
let everyone: readonly Station[]

beforeEach(async () => {
  world = await openRestorableTablets()
  ;({ first, second, lead, hq, other } = world)
  everyone = [first, second, lead, hq, other]
})
afterEach(() => world.close())

const note = (initiative: string, text: string, id: string = newId()) =>
  intention('note', 'create', { id, set: { stage: 'posted', initiative, text } })

const receiptNos = (): string[] =>
  everyone.flatMap(receiptsOf).flatMap(({ receiptNo }) => (receiptNo === null ? [] : [receiptNo]))

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
    expect((await world.held(first)).acked).toBe(3)

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
    expect([await world.changesOf(kept), await world.changesOf(lost)]).toEqual([2, 2])
    expect(receiptNos().filter((no) => no.startsWith(`${epoch}-`)).length).toBe(4)
    await world.expectSettled(everyone)
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
    await world.moveMember(second.actor.uid, 'osaki')
    await second.sync()
    expect(await shown(second, id)).toBeUndefined()
    expect(await second.tablet.outbox.unsettled()).toEqual([])
    expect(second.engine.status).toEqual({ type: 'allSent' })
    expect(await world.changesOf(id)).toBe(2)
  })

  test('[S22] a tablet killed between noticing and sending still brings everything back', async () => {
    const id = newId()
    await save(first, create(id, '途中で切れた'))
    world.backUp()
    await syncAll(everyone)
    await world.restore()
    const disk = world.disks.get(first)
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
      if (disk !== undefined) world.disks.set(first, disk)
      everyone = [first, second, lead, hq, other]
    }
    await syncAll(everyone)
    expect(await shown(lead, id)).toMatchObject({ title: '途中で切れた' })
    expect(await world.changesOf(id)).toBe(1)
    await world.expectSettled(everyone)
  })

  test('[S12][S22] what was parked and given up keeps its content on the server, and bothers nobody again', async () => {
    const [id, next] = [newId(), newId()]
    world.backUp()
    await save(first, create(id, '他所の取組'))
    await first.tablet.outbox.save(create(next, '次の取組'))
    await world.moveMember('staff1', 'osaki')
    await first.sync()
    for (const { n } of await first.tablet.outbox.unsettled()) await first.tablet.outbox.discardParked(n)
    expect(await first.tablet.outbox.unsettled()).toEqual([])
    await world.restore()
    await world.moveMember('staff1', 'osaki')
    await first.sync()
    expect(await first.tablet.outbox.unsettled()).toEqual([])
    const parked = await world.deps.storage.read((tx) => parkedOf(tx, 'staff1'))
    expect(JSON.stringify(parked)).toContain('他所の取組')
    expect(parked.length).toBe(2)
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
    expect(await world.changesOf(id)).toBe(1)
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
    await world.expectSettled(everyone)
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
    await world.expectSettled(everyone)
  })
})
