/** Who sees a row, and what hangs on it, when its audience changes; and what a removal takes along. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { history } from '../../functions/src/handlers/history.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { asDeviceId, asRecordId } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../src/domain/mutation.ts'
import { callerOf } from '../support/outboxes.ts'
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
  shown,
} from '../support/world.ts'

let world: World
let lead: Station
let hq: Station
let osaki: Station
let ome: Station
beforeEach(async () => {
  world = await openWorld()
  lead = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
  hq = await openStation(world, await enrol(world, 'hq', 'somu', ['hq']))
  osaki = await openStation(world, await enrol(world, 'osaki', 'osaki', ['lead']))
  ome = await openStation(world, await enrol(world, 'ome', 'ome', ['lead']))
})
afterEach(() => world.close())

type Values = Readonly<Record<string, Json>>
const edit = (id: string, stage: string, set: Values, from: Values = {}): Intention =>
  intention('initiative', 'edit', { id, stage, set, from })

async function saved(station: Station, ...all: Intention[]): Promise<void> {
  for (const each of all) await save(station, each)
  await station.sync()
}

async function withFeedback(jointUnits: readonly string[]): Promise<{ id: string; feedback: string }> {
  const [id, feedback] = [newId(), newId()]
  const values = { ...draftValues('kameido', '共同の取組'), stage: 'submitted', jointUnits }
  await saved(lead, intention('initiative', 'create', { id, set: values }))
  await hq.sync()
  const set = { stage: 'open', initiative: id, kind: 'advice', text: '内々の助言です。' }
  await saved(hq, intention('feedback', 'create', { id: feedback, set }))
  await lead.sync()
  return { id, feedback }
}

test('[S20] feedback leaves a unit that is no longer joint', async () => {
  const { id, feedback } = await withFeedback(['osaki'])
  await osaki.sync()
  expect(await shown(osaki, feedback)).toBeDefined()
  await saved(lead, edit(id, 'submitted', { jointUnits: [] }, { jointUnits: ['osaki'] }))
  await osaki.sync()
  expect(await shown(osaki, feedback)).toBeUndefined()
  expect(await shown(osaki, id)).toBeDefined()
})

test('[S20][S22] a unit that becomes joint receives the feedback, and its stream adds up', async () => {
  const { id, feedback } = await withFeedback([])
  await saved(lead, edit(id, 'submitted', { jointUnits: ['ome'] }))
  await ome.sync()
  expect(await shown(ome, feedback)).toMatchObject({ text: '内々の助言です。' })
  const reply = { set: { reply: 'はい。', stage: 'answered' }, from: { stage: 'open' } }
  await saved(lead, intention('feedback', 'edit', { id: feedback, stage: 'open', ...reply }))
  await ome.sync()
  expect(ome.engine.status).toEqual({ type: 'allSent' })
  expect(await shown(ome, feedback)).toMatchObject({ reply: 'はい。' })
})

test('notes of a removed draft leave every tablet with it', async () => {
  const [id, note] = [newId(), newId()]
  const values = { ...draftValues('kameido', '共同の下書き'), jointUnits: ['osaki'] }
  await saved(
    lead,
    intention('initiative', 'create', { id, set: values }),
    intention('note', 'create', { id: note, set: { stage: 'posted', initiative: id, text: 'メモです。' } }),
  )
  await osaki.sync()
  expect(await shown(osaki, note)).toBeDefined()
  await saved(lead, intention('initiative', 'remove', { id, stage: 'draft', set: {} }))
  await osaki.sync()
  expect(await shown(osaki, id)).toBeUndefined()
  expect(await shown(osaki, note)).toBeUndefined()
  expect(await shown(lead, note)).toBeUndefined()
})

test('[S18] an edit of nothing does not bring a removed draft back', async () => {
  const id = newId()
  const values = { ...draftValues('kameido', '共同の下書き'), jointUnits: ['osaki'] }
  await saved(lead, intention('initiative', 'create', { id, set: values }))
  await saved(lead, intention('initiative', 'remove', { id, stage: 'draft', set: {} }))
  const caller = { uid: osaki.actor.uid, deviceId: asDeviceId('dev-osaki') }
  const mutation = { ...mutationJson(edit(id, 'draft', {})), mid: 1, base: { rev: 1 } }
  await push(world.deps, caller, { protocol: 1, clientId: newId(), mutations: [mutation] })
  await lead.sync()
  expect(await shown(lead, id)).toBeUndefined()
})

test('[S17] a 差戻し that comes too late leaves its reason with the person who wrote it', async () => {
  const id = newId()
  const values = { ...draftValues('kameido', '取り下げる取組'), stage: 'submitted' }
  await saved(lead, intention('initiative', 'create', { id, set: values }))
  await hq.sync()
  await saved(lead, edit(id, 'submitted', { stage: 'withdrawn' }, { stage: 'submitted' }))
  await saved(
    hq,
    edit(
      id,
      'submitted',
      { stage: 'returned', returnReason: '目標を書いてください。' },
      { stage: 'submitted' },
    ),
  )
  expect(await shown(hq, id)).toMatchObject({ stage: 'withdrawn' })
  expect((await shown(hq, id))?.['returnReason']).toBeUndefined()
  const kept = await hq.tablet.records.where('conflict', 'target', id)
  expect(kept.map(({ record }) => record.fields['mine'])).toContain('目標を書いてください。')
})

test('[S16] every version of one person on three tablets stays in view', async () => {
  const tablets = [lead, await openStation(world, lead.actor), await openStation(world, lead.actor)]
  const id = newId()
  await saved(
    lead,
    intention('initiative', 'create', { id, set: { ...draftValues('kameido', '題'), background: '元。' } }),
  )
  for (const tablet of tablets) await tablet.sync()
  for (const [index, tablet] of tablets.entries()) {
    await save(tablet, edit(id, 'draft', { background: `${index}版。` }, { background: '元。' }))
  }
  for (const tablet of [...tablets, lead]) await tablet.sync()
  const open = await lead.tablet.records.where('conflict', 'target', id)
  expect(await shown(lead, id)).toMatchObject({ background: '0版。' })
  expect(open.map(({ record }) => record.fields['mine']).sort()).toEqual(['1版。', '2版。'])
})

/** A row of which the lead has written two versions on two tablets: A版 on the server, B版 in an open conflict. */
async function openConflict() {
  const twin = await openStation(world, lead.actor)
  const id = newId()
  await saved(
    lead,
    intention('initiative', 'create', { id, set: { ...draftValues('kameido', '題'), background: '元。' } }),
  )
  await twin.sync()
  await save(lead, edit(id, 'draft', { background: 'A版。' }, { background: '元。' }))
  await save(twin, edit(id, 'draft', { background: 'B版。' }, { background: '元。' }))
  for (const tablet of [lead, twin, lead]) await tablet.sync()
  const [conflict] = await lead.tablet.records.where('conflict', 'target', id)
  return { twin, id, resolves: asRecordId(conflict?.record.id ?? '') }
}

test('[S16] whoever decides a conflict for the version of the server is named in the history', async () => {
  const { id, resolves } = await openConflict()
  const set = { background: 'A版。' }
  await saved(lead, intention('initiative', 'resolve', { id, stage: 'draft', set, from: set, resolves }))
  expect(await lead.tablet.records.where('conflict', 'stage', 'open')).toEqual([])
  const seen = await history(world.deps, callerOf('lead'), { id })
  expect(seen.ok && seen.value.entries.map(({ op, by }) => [op, by])).toEqual([
    ['create', 'lead'],
    ['edit', 'lead'],
    ['edit', 'lead'],
    ['resolve', 'lead'],
  ])
})

test('[S16] a conflict resolved twice is not refused: the second decision is an edit like any other', async () => {
  const { twin, id, resolves } = await openConflict()
  const decision = (text: string): Intention =>
    intention('initiative', 'resolve', {
      id,
      stage: 'draft',
      set: { background: text },
      from: { background: 'A版。' },
      resolves,
    })
  lead.network.online = false
  await save(lead, decision('B版。'))
  const here = await lead.tablet.records.where('conflict', 'stage', 'open')
  expect(here, 'the conflict is settled on the tablet that settled it').toEqual([])
  await saved(twin, decision('両方。'))
  lead.network.online = true
  await lead.sync()
  expect(await lead.tablet.outbox.unsettled()).toEqual([])
  const open = await lead.tablet.records.where('conflict', 'stage', 'open')
  expect(open.map(({ record }) => record.fields['mine'])).toEqual(['B版。'])
})
