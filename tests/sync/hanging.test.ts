/** What waits and hangs on another record is listed as it is read, whatever becomes of the other. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asRecordId } from '../../src/domain/ids.ts'
import { checkIdOf } from '../../src/domain/types/check.ts'
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
let station: Station

beforeEach(async () => {
  world = await openWorld()
  station = await openStation(world, await enrol(world, 'staff1', 'shinagawa', ['staff', 'lead']))
})
afterEach(async () => world.close())

/** The office's person is moved elsewhere before the tablet knows. */
async function moveTo(unit: string): Promise<void> {
  await world.deps.storage.transact(async (tx) => {
    const member = await tx.get('records', 'staff1')
    if (member === undefined) throw new Error('no member')
    const { record } = member
    tx.put('records', 'staff1', { ...member, record: { ...record, fields: { ...record.fields, unit } } })
  })
}

const create = (id: string) =>
  intention('initiative', 'create', { id, set: draftValues('shinagawa', '棚の整理') })
const note = (id: string, initiative: string) =>
  intention('note', 'create', { id, set: { stage: 'posted', initiative, text: '棚が届いた' } })

async function listed(): Promise<string[]> {
  const entries = await station.tablet.records.all()
  return entries.filter(({ type }) => ['initiative', 'note', 'check'].includes(type)).map(({ id }) => id)
}

test('[S12] a 経過 on a create that the server refused leaves the lists with it when it is given up', async () => {
  const [row, hanging] = [newId(), newId()]
  await save(station, create(row))
  await moveTo('osaki')
  await station.sync()
  const [parked] = await station.tablet.outbox.unsettled()
  expect(parked).toMatchObject({ recordId: row, state: 'parked' })
  await save(station, note(hanging, row))
  expect(new Set(await listed())).toEqual(new Set([row, hanging]))

  await station.tablet.outbox.discardParked(parked?.n ?? 0)
  expect(await station.tablet.records.read(asRecordId(hanging))).toBeUndefined()
  expect(await listed()).toEqual([])
})

test('[S12] a 点検票 on a submission leaves the lists when the server refuses that', async () => {
  const row = newId()
  const check = checkIdOf('cycle-2026-interim', row)
  await save(station, create(row))
  await station.sync()
  const set = { stage: 'submitted' }
  await save(
    station,
    intention('initiative', 'edit', { id: row, stage: 'draft', set, from: { stage: 'draft' } }),
  )
  await save(
    station,
    intention('check', 'create', {
      id: check,
      set: { stage: 'draft', initiative: row, cycle: 'cycle-2026-interim', kind: 'interim' },
    }),
  )
  expect(new Set(await listed())).toEqual(new Set([row, check]))

  const [sent] = await station.tablet.outbox.unsettled()
  if (sent === undefined) throw new Error('nothing waits')
  const { clientId, mid, hash } = sent
  // As the answer to a push that went before the 点検票 was written.
  await station.tablet.outbox.settle(clientId, [
    { mid, hash, outcome: 'parked', reason: { type: 'notAllowed' }, rev: 1, receiptNo: null },
  ])
  expect(await station.tablet.records.read(check)).toBeUndefined()
  expect(await listed()).toEqual([row])
})
