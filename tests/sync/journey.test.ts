/** From saving to the bureau: what one tablet sends, and who is shown it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asRecordId } from '../../src/domain/ids.ts'
import { create, openFiveTablets } from '../support/fiveTablets.ts'
import { type Station, type World, intention, newId, openWorld, save, shown } from '../support/world.ts'

let world: World
let first: Station
let second: Station
let lead: Station
let hq: Station
let other: Station

beforeEach(async () => {
  world = await openWorld()
  ;({ first, second, lead, hq, other } = await openFiveTablets(world))
})
afterEach(() => world.close())

async function submitted(id: string, extra = {}): Promise<void> {
  await save(lead, create(id, '棚の整理', { ...extra, stage: 'submitted' }))
  await lead.sync()
}

describe('one tablet', () => {
  test('[S1] a saved row is shown at once, queued, and received after a sync with a receipt number', async () => {
    const id = newId()
    first.network.online = false
    await save(first, create(id))
    expect(await shown(first, id)).toMatchObject({ title: '棚の整理', stage: 'draft' })
    expect((await first.tablet.records.some([asRecordId(id)]))[0]?.queued).toBe(1)
    await first.sync()
    expect(first.engine.status).toEqual({ type: 'offline', count: 1 })
    first.network.online = true
    await first.sync()
    const [entry] = await first.tablet.records.some([asRecordId(id)])
    expect(entry).toMatchObject({ queued: 0, rev: 1 })
    expect(entry?.receiptNo).toMatch(/^E1-/)
    expect(first.engine.status).toEqual({ type: 'allSent' })
    expect(await first.tablet.outbox.unsettled()).toEqual([])
  })

  test('[S3] edits chained offline on a row the server has not seen all arrive', async () => {
    const id = newId()
    first.network.online = false
    await save(first, create(id))
    await save(
      first,
      intention('initiative', 'edit', {
        id,
        stage: 'draft',
        set: { title: '棚と机の整理' },
        from: { title: '棚の整理' },
      }),
    )
    await save(first, intention('initiative', 'edit', { id, stage: 'draft', set: { progress: 'doing' } }))
    first.network.online = true
    await first.sync()
    await second.sync()
    expect(await shown(second, id)).toMatchObject({ title: '棚と机の整理', progress: 'doing' })
  })

  test('[S10] a lost answer and a repeated batch change nothing the second time', async () => {
    const id = newId()
    await save(first, create(id))
    first.network.loseAnswers = 1
    await first.sync()
    expect((await first.tablet.outbox.unsettled()).length).toBe(1)
    first.network.duplicate = true
    await first.sync()
    await second.sync()
    expect((await second.tablet.records.read(asRecordId(id)))?.record.rev).toBe(1)
    expect(await first.tablet.outbox.unsettled()).toEqual([])
  })

  test('[S12] a refused save says why and writes nothing', async () => {
    const refused = await first.tablet.outbox.save(create(newId(), ' '))
    expect(refused).toEqual({ ok: false, error: { type: 'missingValue', field: 'title' } })
    expect(await first.tablet.outbox.unsettled()).toEqual([])
  })

  test('[S12] a mutation the server parks keeps its content, gives the reason and does not block the next', async () => {
    const id = newId()
    await submitted(id)
    await first.sync()
    await second.sync()
    // Headquarters moves the row on while this tablet is offline; staff text edits are the lead's from then on.
    const parkedId = newId()
    await save(first, create(parkedId, '共同の取組'))
    await save(first, create(newId(), '次の取組'))
    const [entry] = await first.tablet.outbox.unsettled()
    expect(entry?.recordId).toBe(parkedId)
    await world.deps.storage.transact(async (tx) => {
      const member = await tx.get('records', 'staff1')
      if (member === undefined) throw new Error('no member')
      tx.put('records', 'staff1', {
        ...member,
        record: { ...member.record, fields: { ...member.record.fields, unit: 'osaki' } },
      })
    })
    await first.sync()
    const parked = await first.tablet.outbox.unsettled()
    expect(parked.map(({ state, receipt }) => [state, receipt?.reason?.type])).toEqual([
      ['parked', 'notAllowed'],
      ['parked', 'notAllowed'],
    ])
    expect(await shown(first, parkedId)).toMatchObject({ title: '共同の取組' })
  })
})

describe('who sees what', () => {
  test('[S20] a draft never reaches another unit or headquarters; once submitted it reaches all', async () => {
    const id = newId()
    await save(first, create(id, '極秘の下書き'))
    await first.sync()
    for (const station of [other, hq, lead]) await station.sync()
    expect(other.received.join()).not.toContain('極秘の下書き')
    expect(hq.received.join()).not.toContain('極秘の下書き')
    expect(await shown(lead, id)).toMatchObject({ title: '極秘の下書き' })

    await save(
      lead,
      intention('initiative', 'edit', {
        id,
        stage: 'draft',
        set: { stage: 'submitted' },
        from: { stage: 'draft' },
      }),
    )
    for (const station of [lead, other, hq, first]) await station.sync()
    for (const station of [other, hq, first, lead])
      expect(await shown(station, id)).toMatchObject({ stage: 'submitted' })
    expect((await first.tablet.records.all()).filter((entry) => entry.id === id).length).toBe(1)
  })

  test('notes written on a draft follow it to the bureau when it is submitted', async () => {
    const id = newId()
    const noteId = newId()
    await save(first, create(id))
    await save(
      first,
      intention('note', 'create', {
        id: noteId,
        set: { stage: 'posted', initiative: id, text: '始めました。' },
      }),
    )
    for (const station of [first, lead, hq]) await station.sync()
    expect(await shown(hq, noteId)).toBeUndefined()
    await save(
      lead,
      intention('initiative', 'edit', {
        id,
        stage: 'draft',
        set: { stage: 'submitted' },
        from: { stage: 'draft' },
      }),
    )
    for (const station of [lead, hq]) await station.sync()
    expect(await shown(hq, noteId)).toMatchObject({ text: '始めました。' })
  })

  test('feedback reaches the unit and not other units; the reply returns to headquarters', async () => {
    const id = newId()
    await submitted(id)
    await hq.sync()
    const feedbackId = newId()
    await save(
      hq,
      intention('feedback', 'create', {
        id: feedbackId,
        set: { stage: 'open', initiative: id, kind: 'request', text: '目標を数字で。' },
      }),
    )
    for (const station of [hq, lead, other]) await station.sync()
    expect(await shown(lead, feedbackId)).toMatchObject({ text: '目標を数字で。' })
    expect(await shown(other, feedbackId)).toBeUndefined()
    await save(
      lead,
      intention('feedback', 'edit', {
        id: feedbackId,
        stage: 'open',
        set: { reply: '10件とします。', stage: 'answered' },
        from: { stage: 'open' },
      }),
    )
    for (const station of [lead, hq]) await station.sync()
    expect(await shown(hq, feedbackId)).toMatchObject({ reply: '10件とします。', stage: 'answered' })
  })
})
