/** Two tablets on one row: what merges, what becomes a conflict, and what a removal comes to. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asRecordId } from '../../src/domain/ids.ts'
import { conflictIdOf } from '../../src/domain/types/conflict.ts'
import { create, openFiveTablets } from '../support/fiveTablets.ts'
import {
  type Station,
  type World,
  intention,
  newId,
  openStation,
  openWorld,
  save,
  shown,
} from '../support/world.ts'

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

describe('two tablets on one row', () => {
  const text = '現状は紙です。\n検索できません。'
  let id: string
  beforeEach(async () => {
    id = newId()
    await save(first, create(id, '紙をなくす', { background: text }))
    await first.sync()
    await second.sync()
  })
  const edit = (from: Record<string, string>, set: Record<string, string>) =>
    intention('initiative', 'edit', { id, stage: 'draft', set, from })
  const settleAll = async (): Promise<void> => {
    for (const station of [first, second, first]) await station.sync()
  }

  test('[S14] different fields both land', async () => {
    await save(first, edit({}, { progress: 'doing' }))
    await save(second, edit({}, { goal: '3件' }))
    await settleAll()
    for (const station of [first, second])
      expect(await shown(station, id)).toMatchObject({ progress: 'doing', goal: '3件' })
  })

  test('[S15] different sentences of one long text merge', async () => {
    await save(first, edit({ background: text }, { background: '現状は紙とFAXです。\n検索できません。' }))
    await save(second, edit({ background: text }, { background: '現状は紙です。\n検索に一日かかります。' }))
    await settleAll()
    const merged = '現状は紙とFAXです。\n検索に一日かかります。'
    for (const station of [first, second])
      expect(await shown(station, id)).toMatchObject({ background: merged })
  })

  test('[S16] the same sentence becomes a conflict with both versions, until a person resolves it', async () => {
    await save(first, edit({ background: text }, { background: '現状は紙とFAXです。\n検索できません。' }))
    await save(second, edit({ background: text }, { background: '現状は電話です。\n検索できません。' }))
    await settleAll()
    await lead.sync()
    const conflictId = conflictIdOf({ target: asRecordId(id), field: 'background', by: second.actor.uid })
    for (const station of [first, second, lead]) {
      expect(await shown(station, id)).toMatchObject({ background: '現状は紙とFAXです。\n検索できません。' })
      expect(await shown(station, conflictId)).toMatchObject({
        stage: 'open',
        base: text,
        theirs: '現状は紙とFAXです。\n検索できません。',
        mine: '現状は電話です。\n検索できません。',
      })
    }
    expect(other.received.join()).not.toContain('現状は電話です')
    const chosen = '現状は紙とFAXと電話です。\n検索できません。'
    await save(
      lead,
      intention('initiative', 'resolve', {
        id,
        stage: 'draft',
        resolves: conflictId,
        set: { background: chosen },
        from: { background: '現状は紙とFAXです。\n検索できません。' },
      }),
    )
    for (const station of [lead, first, second]) await station.sync()
    expect(await shown(second, id)).toMatchObject({ background: chosen })
    expect(await shown(second, conflictId)).toMatchObject({ stage: 'resolved' })
  })

  test('[S16] one person on two tablets is shown both versions and resolves them on either', async () => {
    const twin = await openStation(world, first.actor)
    await save(first, edit({ background: text }, { background: '現状は紙とFAXです。\n検索できません。' }))
    await save(twin, edit({ background: text }, { background: '現状は電話です。\n検索できません。' }))
    for (const station of [first, twin, first]) await station.sync()
    const conflictId = conflictIdOf({ target: asRecordId(id), field: 'background', by: first.actor.uid })
    for (const station of [first, twin]) {
      expect(await shown(station, conflictId)).toMatchObject({
        stage: 'open',
        mine: '現状は電話です。\n検索できません。',
      })
    }
    await save(
      first,
      intention('initiative', 'resolve', {
        id,
        stage: 'draft',
        resolves: conflictId,
        set: { background: '現状は電話です。\n検索できません。' },
        from: { background: '現状は紙とFAXです。\n検索できません。' },
      }),
    )
    for (const station of [first, twin]) await station.sync()
    expect(await shown(twin, id)).toMatchObject({ background: '現状は電話です。\n検索できません。' })
    expect(await shown(twin, conflictId)).toMatchObject({ stage: 'resolved' })
  })

  test('[S17] a text edit made on a draft is not published when the row was submitted meanwhile', async () => {
    await save(first, edit({ background: text }, { background: '内輪の話です。' }))
    await lead.sync()
    await save(
      lead,
      intention('initiative', 'edit', {
        id,
        stage: 'draft',
        set: { stage: 'submitted' },
        from: { stage: 'draft' },
      }),
    )
    await lead.sync()
    await settleAll()
    for (const station of [other, hq, lead]) await station.sync()
    expect(await shown(hq, id)).toMatchObject({ background: text })
    expect([...other.received, ...hq.received].join()).not.toContain('内輪の話です')
    const conflictId = conflictIdOf({ target: asRecordId(id), field: 'background', by: first.actor.uid })
    expect(await shown(lead, conflictId)).toMatchObject({ mine: '内輪の話です。', stage: 'open' })
  })

  test('[S18] an edit wins over a removal, and both are told', async () => {
    await save(first, edit({}, { progress: 'done' }))
    await first.sync()
    await save(second, intention('initiative', 'remove', { id, stage: 'draft', set: {} }))
    expect(await shown(second, id)).toMatchObject({ title: '紙をなくす' })
    await settleAll()
    expect(await shown(first, id)).toMatchObject({ progress: 'done' })
    expect(await shown(second, id)).toMatchObject({ progress: 'done' })
  })

  test('[S18] an unhindered removal leaves a tombstone everywhere', async () => {
    await save(second, intention('initiative', 'remove', { id, stage: 'draft', set: {} }))
    await settleAll()
    for (const station of [first, second]) {
      expect((await station.tablet.records.all()).some((entry) => entry.id === id)).toBe(false)
    }
  })
})
