/** [S26] The end of a tablet's grant: nothing unsent is lost, and only then may the tablet be wiped. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ParkedDoc } from '../../functions/src/storage/storage.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { makeDeviceKey } from '../support/deviceKey.ts'
import { type RevocableTablet, end, openRevocable, registerKey } from '../support/revocable.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../support/world.ts'
import { parkedOf } from '../support/parked.ts'

let world: World
let actor: Actor
beforeEach(async () => {
  world = await openWorld()
  actor = await enrol(world, 'lead', 'kameido', ['lead'])
})
afterEach(() => world.close())

async function saveDraft({ tablet }: RevocableTablet, title: string): Promise<string> {
  const id = newId()
  const saved = await tablet.outbox.save(
    intention('initiative', 'create', { id, set: draftValues('kameido', title) }),
  )
  if (!saved.ok) throw new Error(`save refused: ${JSON.stringify(saved.error)}`)
  return id
}

async function saveEdit({ tablet }: RevocableTablet, id: string, title: string): Promise<void> {
  const saved = await tablet.outbox.save(
    intention('initiative', 'edit', { id, stage: 'draft', set: { title }, from: { title: '元' } }),
  )
  if (!saved.ok) throw new Error(`save refused: ${JSON.stringify(saved.error)}`)
}

const inQuarantine = async (where: World): Promise<ParkedDoc[]> => {
  const found = await where.deps.storage.read((tx) => parkedOf(tx, actor.uid))
  return found.map(({ doc }) => doc).sort((a, b) => a.mid - b.mid)
}
const titlesOf = (docs: readonly ParkedDoc[]): string[] =>
  docs.map(({ mutation }) => /"title":\{[^}]*"to":"([^"]*)"/.exec(JSON.stringify(mutation))?.[1] ?? '')

test.each(['device', 'member'] as const)(
  '[S26] when the %s is stopped, everything unsent is in quarantine before the tablet is told to go',
  async (what) => {
    const station = await openRevocable(world, actor)
    station.network.online = false
    const id = await saveDraft(station, '元')
    await saveEdit(station, id, '直した')
    await end(world, actor, what)
    await station.engine.sync()
    expect(station.ended).toBe(0)
    station.network.online = true
    await station.engine.sync()
    expect(station.ended).toBe(1)
    const docs = await inQuarantine(world)
    expect(titlesOf(docs)).toEqual(['元', '直した'])
    expect(docs.map(({ reason }) => reason?.type)).toEqual(['quarantined', 'quarantined'])
    expect(await world.deps.storage.read((tx) => tx.get('records', id))).toBeUndefined()
    expect(await station.tablet.outbox.queuedCount()).toBe(0)
  },
)

test('[S26] a tablet with nothing unsent may be wiped at once; a quarantined push does not renew the lease', async () => {
  const station = await openRevocable(world, actor)
  const met = station.met
  expect(met).toBeGreaterThan(0)
  await end(world, actor, 'device')
  await station.engine.sync()
  expect([station.ended, station.met]).toEqual([1, met])
})

test('[S26] answers lost on the way: the tablet goes on until all of it has arrived, once', async () => {
  const station = await openRevocable(world, actor)
  station.network.online = false
  for (let n = 0; n < 120; n += 1) await saveDraft(station, `下書き${n}`)
  await end(world, actor, 'device')
  station.network.online = true
  for (let round = 0; round < 3; round += 1) {
    // Of three batches one more gets through each time.
    station.network.loseAnswers = 2
    await station.engine.sync()
    if (station.ended > 0) break
  }
  station.network.loseAnswers = 0
  await station.engine.sync()
  expect(station.ended).toBeGreaterThan(0)
  expect(new Set(titlesOf(await inQuarantine(world))).size).toBe(120)
  expect(await inQuarantine(world)).toHaveLength(120)
})

test('[S26] the end is not told while photos wait', async () => {
  const station = await openRevocable(world, actor)
  station.sendPhotos = () => Promise.resolve(false)
  await end(world, actor, 'device')
  await station.engine.sync()
  expect(station.ended).toBe(0)
  station.sendPhotos = () => Promise.resolve(true)
  await station.engine.sync()
  expect(station.ended).toBe(1)
})

test.each([
  ['unsent work', true],
  ['nothing unsent, but something answered before', false],
])('[S26] lost tokens do not hide a revocation: %s', async (_, isUnsent) => {
  const station = await openRevocable(world, actor)
  await saveDraft(station, '届いた')
  await station.engine.sync()
  station.network.online = false
  if (isUnsent) await saveDraft(station, '届いていない')
  await end(world, actor, 'device')
  station.tokensGone = true
  station.network.online = true
  await station.engine.sync()
  expect(station.ended).toBe(1)
  expect(titlesOf(await inQuarantine(world))).toEqual(isUnsent ? ['届いていない'] : [])
})

test('[S26] lost tokens alone end nothing and move nothing', async () => {
  const station = await openRevocable(world, actor)
  await saveDraft(station, '届いた')
  await station.engine.sync()
  station.tokensGone = true
  await saveDraft(station, '届いていない')
  await station.engine.sync()
  await station.engine.sync()
  expect(station.ended).toBe(0)
  expect(station.engine.status).toEqual({ type: 'signInNeeded' })
  expect(await station.tablet.outbox.queuedCount()).toBe(1)
  expect(await inQuarantine(world)).toEqual([])
})

test('[S26] a server that does not know the tablet any more is no end', async () => {
  const station = await openRevocable(world, actor)
  await saveDraft(station, '下書き')
  const restored = await openWorld()
  try {
    station.world = restored
    await station.engine.sync()
    expect(station.ended).toBe(0)
    expect(station.engine.status).toEqual({ type: 'signInNeeded' })
    station.tokensGone = true
    await station.engine.sync()
    expect(station.ended).toBe(0)
    expect(await station.tablet.outbox.queuedCount()).toBe(1)
  } finally {
    await restored.close()
  }
})

test('[S22][S26] a revoked tablet hands a restored server also what that had acknowledged and forgotten', async () => {
  const key = await makeDeviceKey()
  const station = await openRevocable(world, actor, { key })
  const id = await saveDraft(station, '元')
  await saveEdit(station, id, '直した')
  await station.engine.sync()
  await station.engine.sync()
  expect(await station.tablet.outbox.unsettled()).toEqual([])
  const restored = await openWorld()
  try {
    await enrol(restored, 'lead', 'kameido', ['lead'])
    await registerKey(restored, actor, key)
    await end(restored, actor, 'device')
    station.world = restored
    await station.engine.sync()
    expect(station.ended).toBe(1)
    expect(titlesOf(await inQuarantine(restored))).toEqual(['元', '直した'])
  } finally {
    await restored.close()
  }
})
