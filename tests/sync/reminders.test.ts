/** 督促 from headquarters to the unit's tablets (M2-9), on the real handlers. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { push } from '../../functions/src/handlers/push.ts'
import { noticesOf } from '../../src/domain/notices.ts'
import { asDeviceId, asUid } from '../../src/domain/ids.ts'
import { reminderId } from '../../src/domain/reminders.ts'
import { tasksOf } from '../../src/domain/tasks.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
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
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const REMINDER = {
  unit: 'kameido',
  fiscalYear: 2026,
  reason: 'unregistered',
  sentOn: '2026-11-20',
  dueDate: '2026-12-01',
} as const
const reminder = () =>
  intention('reminder', 'create', { id: reminderId(REMINDER), set: { ...REMINDER, stage: 'sent' } })

async function tasksAt({ tablet, actor }: Station): Promise<string[]> {
  const today = '2026-11-20'
  return tasksOf(await tablet.records.all(), { actor, today, parked: [] }).map(
    ({ kind, dueDate }) => `${kind} ${dueDate}`,
  )
}
async function noticesAt({ tablet, actor }: Station): Promise<string[]> {
  const today = new Date(1_790_000_000_000).toISOString().slice(0, 10)
  return noticesOf(await tablet.records.all(), { actor, today, parked: [] }).map(({ kind }) => kind)
}

test('a reminder waits for the unit’s lead until a row is on the list, and for nobody else', async () => {
  const hq = await openStation(world, await enrol(world, 'hq', 'somu', ['hq']))
  const lead = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
  const staff = await openStation(world, await enrol(world, 'staff', 'kameido', ['staff']))
  const other = await openStation(world, await enrol(world, 'other', 'osaki', ['lead']))
  await save(hq, reminder())
  for (const station of [hq, lead, staff, other]) await station.sync()
  expect(await tasksAt(lead)).toEqual(['register 2026-12-01'])
  expect(await noticesAt(lead)).toEqual(['register'])
  for (const station of [staff, other, hq]) expect(await tasksAt(station)).toEqual([])
  expect(JSON.stringify(other.received)).not.toContain('reminder.2026')

  const row = { ...draftValues('kameido', '棚の整理'), stage: 'submitted' }
  await save(lead, intention('initiative', 'create', { id: newId(), set: row }))
  expect(await tasksAt(lead)).toEqual([])
})

test('two at headquarters who send the same on the same day send one', async () => {
  const first = await openStation(world, await enrol(world, 'hq1', 'somu', ['hq']))
  const second = await openStation(world, await enrol(world, 'hq2', 'somu', ['hq']))
  const lead = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
  await save(first, reminder())
  await save(second, reminder())
  for (const station of [first, second, lead]) await station.sync()
  expect(await noticesAt(lead)).toEqual(['register'])
  const conflicts = await world.deps.storage.read((tx) => tx.find('recordsByType', { value: 'conflict' }))
  expect(conflicts).toEqual([])
})

test.each(['staff', 'lead', 'executive', 'evaluator', 'admin'] as const)(
  '[S12] a raw reminder of a person with the role %s is not taken',
  async (role) => {
    await enrol(world, 'someone', 'kameido', [role])
    const caller = { uid: asUid('someone'), deviceId: asDeviceId('dev-someone') }
    const mutations = [{ ...reminder(), mid: 1, base: { rev: 0 } }]
    const answer = await push(world.deps, caller, {
      protocol: PROTOCOL_VERSION,
      clientId: newId(),
      mutations,
    })
    expect(answer).toMatchObject({
      ok: true,
      value: { receipts: [{ outcome: 'parked', reason: { type: 'notAllowed' } }] },
    })
  },
)
