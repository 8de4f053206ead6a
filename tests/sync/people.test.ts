/** [S26] Two people on one tablet: each has a database, and nobody's outbox is sent by another. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { push } from '../../functions/src/handlers/push.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { mutationJson } from '../../src/domain/mutation.ts'
import type { Json } from '../../src/domain/json.ts'
import { type RevocableTablet, openRevocable } from '../support/revocable.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

async function saveDraft({ tablet, actor }: RevocableTablet, title: string): Promise<string> {
  const id = newId()
  const set = draftValues(actor.unit, title)
  const saved = await tablet.outbox.save(intention('initiative', 'create', { id, set }))
  if (!saved.ok) throw new Error(`save refused: ${JSON.stringify(saved.error)}`)
  return id
}

const rowOf = (id: string) => world.deps.storage.read((tx) => tx.get('records', id))

test('[S26] people who take turns offline, back and forth, each send their own, whoever comes online first', async () => {
  const kameido = await enrol(world, 'kameido', 'kameido', ['staff'])
  const osaki = await enrol(world, 'osaki', 'osaki', ['staff'])
  const idb = new IDBFactory()
  const saved: { id: string; by: string }[] = []
  for (const round of [1, 2, 3]) {
    for (const actor of [kameido, osaki]) {
      const turn = await openRevocable(world, actor, { idb })
      turn.network.online = false
      saved.push({ id: await saveDraft(turn, `${actor.uid}の${round}`), by: actor.uid })
      await turn.engine.stop()
      turn.tablet.close()
    }
  }
  const first = await openRevocable(world, osaki, { idb })
  await first.engine.sync()
  for (const { id, by } of saved.slice(-2)) {
    const row = await rowOf(id)
    expect(row === undefined).toBe(by === 'kameido')
  }
  await first.engine.stop()
  const second = await openRevocable(world, kameido, { idb })
  await second.engine.sync()
  for (const { id, by } of saved) {
    const row = await rowOf(id)
    expect(row?.record.createdBy, id).toBe(by)
    expect(row?.record.fields['leadUnit']).toBe(by)
  }
})

test('[S26] an outbox sent with another person’s token is refused whole, and moves nothing', async () => {
  const kameido = await enrol(world, 'kameido', 'kameido', ['staff'])
  const osaki = await enrol(world, 'osaki', 'osaki', ['staff'])
  const station = await openRevocable(world, kameido)
  await saveDraft(station, '届いた')
  await station.engine.sync()
  station.network.online = false
  const id = await saveDraft(station, '届いていない')
  const [entry] = await station.tablet.outbox.nextBatch({ mutations: 1, bytes: 0 })
  if (entry === undefined) throw new Error('Nothing is queued.')
  const mutation: Json = { ...mutationJson(entry.mutation), mid: entry.mid, base: { rev: 0 } }
  const body = { protocol: 1, clientId: entry.clientId, mutations: [mutation] }
  const stranger = { uid: osaki.uid, deviceId: asDeviceId('dev-osaki') }
  expect(await push(world.deps, stranger, body)).toEqual({ ok: false, error: { type: 'foreignClient' } })
  expect(await rowOf(id)).toBeUndefined()
})
