/** [S24] [S26] The photos of a tablet whose grant has ended: the server has their bytes before the tablet may be wiped. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adoptHeld, listHeld } from '../../functions/src/handlers/held.ts'
import { readBlob } from '../../functions/src/handlers/blobs.ts'
import type { Actor } from '../../src/domain/actor.ts'
import type { OwnPhoto } from '../../src/sync/photoPorts.ts'
import { makeDeviceKey } from '../support/deviceKey.ts'
import { memoryBlobs } from '../support/memoryBlobs.ts'
import {
  type TabletPhotos,
  openPhotoStation,
  openPhotos,
  picture,
  savePhoto,
  sha256,
} from '../support/photoStation.ts'
import { type RevocableTablet, end, openRevocable, takeBack } from '../support/revocable.ts'
import { callerOf } from '../support/outboxes.ts'
import { type World, draftValues, enrol, intention, newId, openWorld, save } from '../support/world.ts'

const [HQ, MATE] = [callerOf('hq'), callerOf('mate')]
let world: World
let actor: Actor
let mate: Actor
let objects: Map<string, Uint8Array>
let station: RevocableTablet
let photos: TabletPhotos
let row: string

beforeEach(async () => {
  world = await openWorld()
  actor = await enrol(world, 'staff', 'kameido', ['staff'])
  await enrol(world, 'hq', 'honsha', ['hq'])
  mate = await enrol(world, 'mate', 'kameido', ['staff'])
  objects = new Map()
  const key = await makeDeviceKey()
  station = await openRevocable(world, actor, { key })
  photos = await openPhotos(world, { tablet: station.tablet, actor, objects, key })
  station.sendPhotos = () => photos.queue.handOver()
  row = newId()
  await save(station, intention('initiative', 'create', { id: row, set: draftValues('kameido', '棚の整理') }))
  await station.engine.sync()
})
afterEach(() => world.close())

async function take(chunks?: number): Promise<OwnPhoto> {
  const held = await photos.shelf.hold(`row:${row}`, picture(chunks))
  await savePhoto(station, held, row)
  return held
}
const onServer = ({ id }: OwnPhoto): string[] =>
  [...objects].filter(([key]) => key.startsWith(`photos/${id}/`)).map(([, bytes]) => sha256(bytes))
const whole = (photo: OwnPhoto): string[] => [photo.sha256, photo.thumbSha256].sort()

test.each(['device', 'member'] as const)(
  '[S24][S26] the %s stopped: photos of known and of unsent records arrive first, and headquarters can adopt them',
  async (what) => {
    const known = await take()
    await station.engine.sync()
    const unsent = await take()
    await end(world, actor, what)
    photos.faults.requestsLeft = 7
    await station.engine.sync()
    expect(station.ended).toBe(0)
    photos.faults.requestsLeft = Infinity
    await station.engine.sync()
    expect(station.ended).toBe(1)
    for (const photo of [known, unsent]) expect(onServer(photo).sort()).toEqual(whole(photo))

    const listed = await listHeld(world.deps, HQ, { held: 'quarantine' })
    const items = listed.ok ? listed.value.items : []
    expect(items).toHaveLength(1)
    const body = { clientId: items[0]?.clientId, mids: items.map(({ mid }) => mid) }
    expect(await adoptHeld(world.deps, HQ, body)).toMatchObject({ ok: true })
    const deps = { ...world.deps, blobs: memoryBlobs(objects), hashBytes: sha256 }
    const read = await readBlob(deps, MATE, { id: unsent.id, field: 'sha256' })
    expect(read.ok && sha256(read.value.bytes)).toBe(unsent.sha256)
  },
)

test('[S24][S26] a photo parked for another reason goes too', async () => {
  const other = await openPhotoStation(world, { actor: mate, objects: new Map() })
  for (let n = 0; n < 20; n += 1) await savePhoto(other, await other.shelf.hold('row', picture(0.1)), row)
  await other.sync()
  const photo = await take()
  await station.engine.sync()
  const [parked] = await station.tablet.outbox.unsettled()
  expect(parked?.receipt?.reason?.type).toBe('tooMany')
  await end(world, actor, 'device')
  await station.engine.sync()
  expect(station.ended).toBe(1)
  expect(onServer(photo).sort()).toEqual(whole(photo))
})

test('[S24][S26] a photo whose record the server has not got keeps nobody waiting', async () => {
  const lost = await take()
  await station.engine.sync()
  await world.deps.storage.transact(async (tx) => tx.remove('records', lost.id))
  const photo = await take()
  await end(world, actor, 'device')
  await station.engine.sync()
  expect(station.ended).toBe(1)
  expect(onServer(photo).sort()).toEqual(whole(photo))
  expect(onServer(lost)).toEqual([])
})

test('[S24][S26] a person who is taken back before all was handed over has their photos sent as ever', async () => {
  const photo = await take()
  await station.engine.sync()
  await end(world, actor, 'member')
  photos.faults.requestsLeft = 2
  await station.engine.sync()
  expect(station.ended).toBe(0)
  await takeBack(world, actor)
  photos.faults.requestsLeft = Infinity
  await station.engine.sync()
  expect(station.engine.status).toEqual({ type: 'allSent' })
  await photos.queue.run()
  expect(await photos.shelf.waiting()).toEqual([])
  expect(onServer(photo).sort()).toEqual(whole(photo))
})
