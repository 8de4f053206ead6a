/** What no change may break, whichever way it comes (docs/adr/0013). On SQLite, and on Firestore in that project. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import { push } from '../../../functions/src/handlers/push.ts'
import type { Role } from '../../../src/domain/actor.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import {
  type World,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  openWorld,
  shown,
} from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

/** Pushes as the person, each time from a tablet database of its own; answers what became of each. */
async function pushAs(uid: string, ...intentions: readonly Intention[]): Promise<string[]> {
  const caller = { uid: asUid(uid), deviceId: asDeviceId(`dev-${uid}`) }
  const mutations = intentions.map((each, index) => ({ ...each, mid: index + 1, base: { rev: 1 } }))
  const answer = await push(world.deps, caller, {
    protocol: PROTOCOL_VERSION,
    clientId: newId(),
    mutations,
  })
  if (!answer.ok || answer.value.type !== 'receipts') throw new Error(JSON.stringify(answer))
  return answer.value.receipts.map(({ outcome, reason }) => reason?.type ?? outcome)
}
const unrole = (id: string): Intention =>
  intention('member', 'edit', { id, stage: 'active', set: { roles: ['staff'] }, from: { roles: ['admin'] } })
const disable = (id: string): Intention =>
  intention('member', 'edit', { id, stage: 'active', set: { stage: 'disabled' }, from: { stage: 'active' } })
async function administrators(): Promise<string[]> {
  const found = await world.deps.storage.read((tx) => tx.find('recordsByType', { value: 'member' }))
  return found
    .map(({ doc }) => doc.record)
    .filter(({ stage, fields }) => stage === 'active' && JSON.stringify(fields['roles']).includes('admin'))
    .map(({ id }) => id)
}

describe('the last administrator', () => {
  test.each([
    ['role', unrole],
    ['access', disable],
  ])('[S12] keeps the %s, and may lose it once there is another', async (_what, take) => {
    await enrol(world, 'boss', 'somu', ['admin'])
    expect(await pushAs('boss', take('boss'))).toEqual(['lastOne'])
    await enrol(world, 'second', 'somu', ['admin'])
    expect(await pushAs('second', take('boss'))).toEqual(['accepted'])
    expect(await administrators()).toEqual(['second'])
    expect(await pushAs('second', take('second'))).toEqual(['lastOne'])
  })

  test('[S9] is seen within a batch: both administrators cannot go in one push', async () => {
    for (const uid of ['one', 'two']) await enrol(world, uid, 'somu', ['admin'])
    expect(await pushAs('one', unrole('two'), unrole('one'))).toEqual(['accepted', 'lastOne'])
    expect(await administrators()).toEqual(['one'])
  })

  test('[S9] remains when administrators remove each other, or themselves, at once', async () => {
    for (const uid of ['one', 'two']) await enrol(world, uid, 'somu', ['admin'])
    await Promise.allSettled([
      pushAs('one', disable('two')),
      pushAs('two', disable('one')),
      pushAs('one', unrole('one')),
      pushAs('two', unrole('two')),
    ])
    expect(await administrators()).toHaveLength(1)
  })

  test('is told on the tablet before anything is saved', async () => {
    const boss = await enrol(world, 'boss', 'somu', ['admin'])
    const station = await openStation(world, boss)
    const saved = await station.tablet.outbox.save(unrole('boss'))
    expect(saved).toEqual({ ok: false, error: { type: 'lastOne' } })
    await enrol(world, 'second', 'somu', ['admin'])
    await station.sync()
    expect((await station.tablet.outbox.save(unrole('boss'))).ok).toBe(true)
  })
})

test('an administrator’s entry is changed by administrators alone, name and 部所 too', async () => {
  await enrol(world, 'boss', 'somu', ['admin'])
  await enrol(world, 'hq', 'somu', ['hq'])
  await enrol(world, 'clerk', 'somu', ['staff'])
  const rename = (id: string): Intention =>
    intention('member', 'edit', { id, stage: 'active', set: { name: '改' }, from: { name: id } })
  const move = (id: string): Intention =>
    intention('member', 'edit', { id, stage: 'active', set: { unit: 'koyo' }, from: { unit: 'somu' } })
  expect(await pushAs('hq', rename('boss'), move('boss'))).toEqual(['notAllowed', 'notAllowed'])
  expect(await pushAs('hq', rename('clerk'), move('clerk'))).toEqual(['accepted', 'accepted'])
  expect(await pushAs('boss', rename('boss'), move('hq'))).toEqual(['accepted', 'accepted'])
})

describe('a 部所 that has ended', () => {
  const stageOf = (from: string, to: string): Intention =>
    intention('unit', 'edit', { id: 'old', stage: from, set: { stage: to }, from: { stage: from } })
  const row = (id: string): Intention =>
    intention('initiative', 'create', { id, set: draftValues('old', '棚の整理') })
  const people: readonly [string, string, readonly Role[]][] = [
    ['hq', 'somu', ['hq']],
    ['staff', 'old', ['staff']],
    ['other', 'somu', ['staff']],
  ]
  beforeEach(async () => {
    const unit: Record<string, Json> = { stage: 'active', name: '旧事務所', shortName: '旧', kind: 'office' }
    await commitAs(world.deps, SYSTEM, [intention('unit', 'create', { id: 'old', set: unit })])
    for (const [uid, at, roles] of people) await enrol(world, uid, at, roles)
  })
  const transfer = intention('member', 'edit', {
    id: 'other',
    stage: 'active',
    set: { unit: 'old' },
    from: { unit: 'somu' },
  })

  test('takes no new rows and no new members, and does again once it is reopened', async () => {
    expect(await pushAs('hq', stageOf('active', 'ended'))).toEqual(['accepted'])
    expect(await pushAs('staff', row('row-1'))).toEqual(['endedUnit'])
    expect(await pushAs('hq', transfer)).toEqual(['endedUnit'])
    expect(await pushAs('hq', stageOf('ended', 'active'))).toEqual(['accepted'])
    expect(await pushAs('staff', row('row-2'))).toEqual(['accepted'])
    expect(await pushAs('hq', transfer)).toEqual(['accepted'])
  })

  test('keeps the rows it has: they are read and finished', async () => {
    await pushAs('staff', row('row-1'))
    await pushAs('hq', stageOf('active', 'ended'))
    const edit = intention('initiative', 'edit', {
      id: 'row-1',
      stage: 'draft',
      set: { title: '棚の整理を終えた' },
      from: { title: '棚の整理' },
    })
    expect(await pushAs('staff', edit)).toEqual(['accepted'])
  })

  test('is told on the tablet before a row is saved', async () => {
    const staff = await openStation(world, await enrol(world, 'late', 'old', ['staff']))
    await pushAs('hq', stageOf('active', 'ended'))
    await staff.sync()
    const saved = await staff.tablet.outbox.save(row('row-3'))
    expect(saved).toEqual({ ok: false, error: { type: 'endedUnit', field: 'leadUnit' } })
    expect(await shown(staff, 'row-3')).toBeUndefined()
  })
})
