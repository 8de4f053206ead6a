/** 保存した条件 by raw requests: whose they are, and who may share. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pull } from '../../support/pulling.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { type Send, callerOf, openOutboxes } from '../../support/outboxes.ts'
import { type World, enrol, intention, newId, openWorld } from '../../support/world.ts'

const PEOPLE = [
  ['staff', 'kameido'],
  ['lead', 'kameido'],
  ['executive', 'somu'],
  ['hq', 'somu'],
] as const
let world: World
let push: Send

beforeEach(async () => {
  world = await openWorld()
  push = openOutboxes(world.deps)
  for (const [role, unit] of PEOPLE) await enrol(world, role, unit, [role])
})
afterEach(async () => {
  await world.close()
})

/** What the server said to one mutation. */
const send = async (uid: string, what: Intention, rev = 0): Promise<string> =>
  (await push(uid, what, { rev })).outcome

const view = (id: string, stage: string): Intention =>
  intention('view', 'create', { id, set: { stage, name: `条件 ${id}`, query: 'year=2016', columns: ['no'] } })

async function sees(uid: string, id: string): Promise<boolean> {
  const request = { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} }
  return JSON.stringify(await pull(world.deps, callerOf(uid), request)).includes(id)
}

test('one’s own conditions go to nobody else, not even headquarters', async () => {
  for (const [role] of PEOPLE) {
    const id = newId()
    expect(await send(role, view(id, 'own')), role).toBe('accepted')
    for (const [other] of PEOPLE) expect(await sees(other, id), `${role} → ${other}`).toBe(other === role)
  }
})

test('headquarters alone shares conditions, with everybody, and takes them back', async () => {
  for (const [role] of PEOPLE.filter(([name]) => name !== 'hq'))
    expect(await send(role, view(newId(), 'shared')), role).toBe('parked')
  const id = newId()
  expect(await send('hq', view(id, 'shared'))).toBe('accepted')
  for (const [role] of PEOPLE) expect(await sees(role, id), role).toBe(true)
  const remove = intention('view', 'remove', { id, stage: 'shared', set: {} })
  expect(await send('lead', remove, 1)).toBe('parked')
  expect(await send('hq', remove, 1)).toBe('accepted')
})

test('nobody removes, rewrites or shares what is another’s', async () => {
  const id = newId()
  await send('staff', view(id, 'own'))
  for (const uid of ['lead', 'hq']) {
    expect(await send(uid, intention('view', 'remove', { id, stage: 'own', set: {} }), 1)).toBe('parked')
    expect(
      await send(
        uid,
        intention('view', 'edit', { id, stage: 'own', set: { stage: 'shared' }, from: { stage: 'own' } }),
        1,
      ),
    ).toBe('parked')
  }
  const rename = intention('view', 'edit', {
    id,
    stage: 'own',
    set: { name: '別の名' },
    from: { name: `条件 ${id}` },
  })
  expect(await send('staff', rename, 1)).toBe('parked')
})
