/** 変更点 by raw requests: everything since a moment, in pages, and of nobody's drafts but the own unit's. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import { changes } from '../../../functions/src/handlers/changes.ts'
import { history } from '../../../functions/src/handlers/history.ts'
import type { Actor } from '../../../src/domain/actor.ts'
import {
  type ChangesRequest,
  type RecordChange,
  CHANGES_PAGE_ENTRIES,
  changesRequest,
} from '../../../src/domain/changes.ts'
import type { Json } from '../../../src/domain/json.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { callerOf } from '../../support/outboxes.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../../support/world.ts'

const BEGINNING = '2000-01-01T00:00:00.000Z'
const LATE = '2100-01-01T00:00:00.000Z'

let world: World
let lead: Actor
beforeEach(async () => {
  world = await openWorld()
  lead = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
  await enrol(world, 'colleague', 'kameido', ['staff'])
  await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  await enrol(world, 'hq', 'somu', ['hq'])
  await enrol(world, 'exec', 'somu', ['executive'])
})
afterEach(() => world.close())

async function write(actor: Actor, ...all: readonly Intention[]): Promise<void> {
  const done = await commitAs(world.deps, actor, all)
  if (!done.ok) throw new Error(JSON.stringify(done.error))
}

/** Every page, as a tablet reads them. */
async function readAll(uid: string, first: ChangesRequest): Promise<RecordChange[]> {
  const all: RecordChange[] = []
  for (let { since } = first; ;) {
    const answer = await changes(world.deps, callerOf(uid), { ...first, since })
    if (!answer.ok) throw new Error(answer.error.type)
    all.push(...answer.value.changes)
    if (answer.value.next === null) return all
    since = answer.value.next
  }
}

type Values = Readonly<Record<string, Json>>
const create = (id: string, more: Values = {}): Intention =>
  intention('initiative', 'create', { id, set: { ...draftValues('kameido', '内緒の下書き'), ...more } })
const edit = (id: string, stage: string, set: Values, from: Values = {}): Intention =>
  intention('initiative', 'edit', { id, stage, set, from })
const submit = (id: string, more: Values = {}): Intention =>
  edit(id, 'draft', { stage: 'submitted', ...more }, { stage: 'draft', title: '内緒の下書き' })

test('what was accepted later than the moment is told, oldest first, and nothing earlier', async () => {
  const id = newId()
  await write(lead, create(id, { stage: 'submitted' }))
  const [first] = await readAll('exec', changesRequest(BEGINNING))
  await write(lead, edit(id, 'submitted', { progress: 'doing' }))
  await write(lead, edit(id, 'submitted', { progress: 'done' }, { progress: 'doing' }))
  const since = first?.entry.acceptedAt ?? ''
  expect((await readAll('exec', changesRequest(since))).map(({ entry }) => entry.set)).toEqual([
    { progress: { from: null, to: 'doing' } },
    { progress: { from: 'doing', to: 'done' } },
  ])
  expect(await readAll('exec', changesRequest(LATE))).toEqual([])
})

test('only fields that were asked for are told', async () => {
  const id = newId()
  await write(lead, create(id, { stage: 'submitted', progress: 'doing' }))
  await write(lead, edit(id, 'submitted', { background: '紙です。' }))
  const told = await readAll('exec', changesRequest(BEGINNING, ['progress', 'stage']))
  expect(told.map(({ entry }) => Object.keys(entry.set).toSorted())).toEqual([['progress', 'stage']])
})

test('more than a page arrives whole, also when a page ends among changes of one millisecond', async () => {
  const ids = Array.from({ length: CHANGES_PAGE_ENTRIES + 40 }, newId)
  const batches = [0, 90, 180, 270, 360, 450].map((start, index, starts) =>
    ids.slice(start, starts[index + 1]),
  )
  for (const batch of batches) await write(lead, ...batch.map((id) => create(id, { stage: 'submitted' })))
  const told = await readAll('exec', changesRequest(BEGINNING))
  expect(told.map(({ id }) => String(id)).toSorted()).toEqual(ids.toSorted())
})

test('a page is small, however long the texts', async () => {
  const ids = Array.from({ length: 8 }, newId)
  const long = { background: 'あ'.repeat(16_000), detail: 'い'.repeat(16_000), plan: 'う'.repeat(16_000) }
  for (const id of ids)
    await write(lead, create(id, { stage: 'submitted', ...long, goal: 'え'.repeat(16_000) }))
  const answer = await changes(world.deps, callerOf('exec'), changesRequest(BEGINNING))
  expect(answer.ok && answer.value.changes.length).toBeLessThan(8)
  expect(await readAll('exec', changesRequest(BEGINNING))).toHaveLength(8)
})

describe('drafts', () => {
  test.each(['other', 'hq', 'exec'])('%s is told nothing of another unit’s draft', async (uid) => {
    await write(lead, create(newId()))
    expect(await readAll(uid, changesRequest(BEGINNING))).toEqual([])
    expect(await readAll('colleague', changesRequest(BEGINNING))).toHaveLength(1)
  })

  test.each(['other', 'hq', 'exec'])(
    '%s is told that it was submitted, and not what the draft had said',
    async (uid) => {
      const id = newId()
      await write(lead, create(id))
      await write(lead, submit(id, { title: '窓口の案内' }))
      const told = await readAll(uid, changesRequest(BEGINNING))
      expect(told.map(({ entry }) => entry.set)).toEqual([
        { stage: { from: 'draft', to: 'submitted' }, title: { from: null, to: '窓口の案内' } },
      ])
      expect(JSON.stringify(await history(world.deps, callerOf(uid), { id }))).not.toContain('内緒')
      expect(JSON.stringify(await readAll('colleague', changesRequest(BEGINNING)))).toContain('内緒')
    },
  )
})

test('notes and members are no 取組 and are not told', async () => {
  const id = newId()
  await write(lead, create(id, { stage: 'submitted' }))
  await write(
    lead,
    intention('note', 'create', { id: newId(), set: { stage: 'posted', initiative: id, text: '始めた。' } }),
  )
  expect((await readAll('lead', changesRequest(BEGINNING))).map((change) => String(change.id))).toEqual([id])
})

test('who may not sync is told nothing; what is no request is refused', async () => {
  const ask = (uid: string, body: unknown) => changes(world.deps, callerOf(uid), body)
  expect(await ask('nobody', changesRequest(BEGINNING))).toMatchObject({ error: { type: 'unauthenticated' } })
  await write(
    SYSTEM,
    intention('member', 'edit', {
      id: 'exec',
      stage: 'active',
      set: { stage: 'disabled' },
      from: { stage: 'active' },
    }),
  )
  expect(await ask('exec', changesRequest(BEGINNING))).toMatchObject({ error: { type: 'revoked' } })
  expect(await ask('lead', { ...changesRequest(BEGINNING), protocol: 0 })).toMatchObject({
    error: { type: 'protocolTooOld' },
  })
  for (const body of [{}, { ...changesRequest('yesterday') }, { ...changesRequest(BEGINNING), uid: 'hq' }])
    expect(await ask('lead', body)).toMatchObject({ error: { type: 'invalid' } })
})
