/** [S24] Photos between real tablets and the real handlers: durable before they are saved, sent after the text, once, whole. */
import fc from 'fast-check'
import { IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { BLOB_CHUNK_BYTES } from '../../src/domain/blobs.ts'
import type { OwnPhoto } from '../../src/sync/photoPorts.ts'
import { type PhotoStation, openPhotoStation, picture, savePhoto, sha256 } from '../support/photoStation.ts'
import { limitQuota } from '../support/watchedIndexedDb.ts'
import { type World, draftValues, enrol, intention, newId, openWorld, save, shown } from '../support/world.ts'

let world: World
let objects: Map<string, Uint8Array>
let staff: PhotoStation
let row: string

beforeEach(async () => {
  world = await openWorld()
  objects = new Map()
  staff = await openPhotoStation(world, { actor: await enrol(world, 'staff', 'kameido', ['staff']), objects })
  await makeRow()
})
afterEach(() => world.close())

async function makeRow(): Promise<void> {
  row = newId()
  await save(staff, intention('initiative', 'create', { id: row, set: draftValues('kameido', '棚の整理') }))
  await staff.sync()
}
/** Holds a picture and saves it as a photo of the row. */
async function take(station: PhotoStation, chunks?: number): Promise<OwnPhoto> {
  const held = await station.shelf.hold(`row:${row}`, picture(chunks))
  await savePhoto(station, held, row)
  return held
}
const reopen = async (station: PhotoStation): Promise<PhotoStation> => {
  station.tablet.close()
  return openPhotoStation(world, { actor: station.actor, objects, disk: station.disk })
}
const mate = async (uid = 'mate', unit = 'kameido'): Promise<PhotoStation> =>
  openPhotoStation(world, { actor: await enrol(world, uid, unit, ['staff']), objects })
/** What the server holds of a photo, by hash. */
const onServer = ({ id }: OwnPhoto): string[] =>
  [...objects].filter(([key]) => key.startsWith(`photos/${id}/`)).map(([, bytes]) => sha256(bytes))
const whole = (photo: OwnPhoto): string[] => [photo.sha256, photo.thumbSha256].sort()
const parts = (): string[] => [...objects.keys()].filter((key) => key.startsWith('parts/'))

describe('[S24] a photo on its way', () => {
  test('goes after its record and after all text, thumbnail first, in chunks, and is the same on the server', async () => {
    const photo = await take(staff)
    await staff.queue.run()
    expect(staff.asked).toEqual([])
    expect(staff.queue.progress.waiting).toEqual([photo.id])
    await staff.sync()
    await staff.queue.run()
    expect(staff.asked).toEqual([
      'state thumbSha256',
      'put thumbSha256 0',
      'state sha256',
      ...[0, 1, 2].map((chunk) => `put sha256 ${chunk * BLOB_CHUNK_BYTES}`),
    ])
    expect(onServer(photo).sort()).toEqual(whole(photo))
    expect(staff.queue.progress.waiting).toEqual([])
    const before = staff.asked.length
    await staff.queue.run()
    expect(staff.asked.length).toBe(before)
  })

  test('gives way to text that is saved while it is sent, and goes on where it was', async () => {
    const photo = await take(staff)
    await staff.sync()
    staff.faults.beforeChunk = () =>
      save(staff, intention('initiative', 'edit', { id: row, stage: 'draft', set: { progress: 'doing' } }))
    await staff.queue.run()
    expect(onServer(photo)).toEqual([photo.thumbSha256])
    await staff.sync()
    await staff.queue.run()
    expect(onServer(photo).sort()).toEqual(whole(photo))
    expect(staff.asked.filter((what) => what === 'put thumbSha256 0')).toHaveLength(1)
  })

  test('law: whatever requests fail and whenever the tablet is killed, it arrives once and whole', async () => {
    const trouble = fc.record({
      requests: fc.nat(6),
      loseAnswers: fc.nat(2),
      duplicate: fc.boolean(),
      kill: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 5 }), async (troubles) => {
        await makeRow()
        const photo = await take(staff)
        await staff.sync()
        for (const { requests, loseAnswers, duplicate, kill } of troubles) {
          Object.assign(staff.faults, { requestsLeft: requests, loseAnswers, duplicate })
          await staff.queue.run()
          if (kill) staff = await reopen(staff)
        }
        Object.assign(staff.faults, { requestsLeft: Infinity, loseAnswers: 0 })
        await staff.queue.run()
        expect(onServer(photo).sort()).toEqual(whole(photo))
        expect(parts()).toEqual([])
        expect(staff.queue.progress.waiting).toEqual([])
      }),
      { numRuns: 12 },
    )
  }, 120_000)

  test('killed in the middle of a chunk, it goes on from the last one the server has', async () => {
    const photo = await take(staff, 4)
    await staff.sync()
    staff.faults.requestsLeft = 5
    await staff.queue.run()
    staff = await reopen(staff)
    await staff.queue.run()
    expect(staff.asked.filter((what) => what.startsWith('put sha256'))).toEqual(
      [2, 3, 4].map((chunk) => `put sha256 ${chunk * BLOB_CHUNK_BYTES}`),
    )
    expect(onServer(photo).sort()).toEqual(whole(photo))
  })

  test('a photo the server does not take is told, stays on the tablet and blocks no other', async () => {
    const wrong = { ...picture(), sha256: 'a'.repeat(64) }
    const held = await staff.shelf.hold(`row:${row}`, wrong)
    await savePhoto(staff, held, row)
    const good = await take(staff)
    await staff.sync()
    await staff.queue.run()
    expect(staff.queue.progress).toMatchObject({ waiting: [], refused: [held.id] })
    expect(onServer(good).sort()).toEqual(whole(good))
    expect(await staff.shelf.read(wrong.sha256)).toBeDefined()
  })

  test('a photo removed before it was sent is not sent', async () => {
    const photo = await take(staff)
    await save(staff, intention('photo', 'remove', { id: photo.id, stage: 'posted', set: {} }))
    expect(await staff.shelf.waiting()).toEqual([])
    await staff.sync()
    await staff.queue.run()
    expect(onServer(photo)).toEqual([])
  })

  test('one whose record is parked waits with it and holds nothing up', async () => {
    for (let n = 0; n < 19; n += 1) await take(staff, 0.1)
    const other = await mate()
    await other.sync()
    const [first, second] = [await take(other, 0.1), await take(other, 0.1)].map(({ id }) => id)
    await staff.sync()
    await other.sync()
    const parked = await other.tablet.outbox.unsettled()
    expect(parked.map(({ recordId, receipt }) => [recordId, receipt?.reason?.type])).toEqual([
      [second, 'tooMany'],
    ])
    await other.queue.run()
    expect(await other.shelf.waiting()).toEqual([second])
    expect(objects.size).toBe(2)
    expect([...objects.keys()].every((key) => key.startsWith(`photos/${first}/`))).toBe(true)
    const refused = await staff.tablet.outbox.save({
      ...intention('photo', 'create', {
        id: newId(),
        set: { stage: 'posted', initiative: row, ...(await staff.shelf.hold('x', picture())) },
      }),
    })
    expect(refused.ok).toBe(false)
  })
})

describe('[S24] photos on the tablet', () => {
  test('chosen before the first save, it survives a killed tab with its form and is saved with it', async () => {
    const held = await staff.shelf.hold('log:new:later', picture())
    staff = await reopen(staff)
    expect(await staff.shelf.heldBy('log:new:later')).toEqual([held])
    expect(await staff.shelf.waiting()).toEqual([])
    await savePhoto(staff, held, row)
    expect(await staff.shelf.heldBy('log:new:later')).toEqual([])
    await staff.shelf.release(held.id)
    expect(await staff.shelf.waiting()).toEqual([held.id])
  })

  test('the same picture chosen twice for one form is held once', async () => {
    const same = picture()
    const first = await staff.shelf.hold('f', same)
    expect(await staff.shelf.hold('f', same)).toEqual(first)
    expect((await staff.shelf.hold('g', same)).id).not.toBe(first.id)
  })

  test('photos of forms that are gone are let go after a day, others never', async () => {
    const orphan = await staff.shelf.hold('log:new:gone', picture())
    const kept = await staff.shelf.hold('log:new:kept', picture())
    const saved = await take(staff)
    await staff.tablet.forms.keep('log:new:kept', {})
    const db = new TabletDatabase(databaseName('staff'), { indexedDB: staff.disk, IDBKeyRange })
    await db.open()
    await staff.shelf.collect()
    expect(await db.uploads.count()).toBe(3)
    await db.uploads.toCollection().modify({ addedAtMs: -25 * 60 * 60 * 1000 })
    await staff.shelf.collect()
    const left = await db.uploads.toCollection().primaryKeys()
    db.close()
    expect(left.sort()).toEqual([kept.id, saved.id].sort())
    expect(await staff.shelf.heldBy('log:new:gone')).toEqual([])
    expect(orphan.id).not.toBe(kept.id)
  })

  test('room is made from what the server has, pictures before thumbnails; own unsent bytes never go', async () => {
    const sent = await take(staff)
    await staff.sync()
    await staff.queue.run()
    const unsent = await take(staff)
    const held = await staff.shelf.hold('log:new:1', picture())
    expect(await staff.shelf.evict(1)).toBe(sent.bytes)
    expect(await staff.shelf.read(sent.sha256)).toBeUndefined()
    expect(await staff.shelf.read(sent.thumbSha256)).toBeDefined()
    expect(await staff.shelf.evict(Infinity)).toBeGreaterThan(0)
    expect(await staff.shelf.evict(Infinity)).toBe(0)
    for (const { sha256: hash, thumbSha256 } of [unsent, held])
      for (const each of [hash, thumbSha256])
        expect(sha256(new Uint8Array((await staff.shelf.read(each)) ?? []))).toBe(each)
  })

  test('[S7] on a full tablet they are shown and sent', async () => {
    const photo = await take(staff)
    await staff.sync()
    const db = new TabletDatabase(databaseName('staff'), { indexedDB: staff.disk, IDBKeyRange })
    await db.open()
    await db.blobs.toCollection().modify({ usedAtMs: -1 })
    db.close()
    // No room even for when they were looked at.
    onTestFinished(limitQuota((store) => store === 'blobs'))
    for (const each of whole(photo)) expect(await staff.shelf.read(each)).toBeDefined()
    await staff.queue.run()
    expect(onServer(photo).sort()).toEqual(whole(photo))
  })
})

describe('[S24] photos of others', () => {
  test('the unit’s thumbnails come by themselves and stay; the picture when it is asked for', async () => {
    const photo = await take(staff)
    await staff.sync()
    await staff.queue.run()
    const other = await mate()
    await other.queue.run()
    expect(other.asked).toEqual(['get thumbSha256'])
    expect(await other.shelf.read(photo.thumbSha256)).toBeDefined()
    expect(await other.shelf.read(photo.sha256)).toBeUndefined()
    const place = { id: photo.id, field: 'sha256', sha256: photo.sha256 } as const
    expect((await other.queue.fetch(place)).ok).toBe(true)
    other.faults.requestsLeft = 0
    expect((await other.queue.fetch(place)).ok).toBe(true)
    await other.queue.run()
    expect(other.asked).toEqual(['get thumbSha256', 'get sha256'])
  })

  test('one that has not left its author’s tablet is asked for again later, not at every sync', async () => {
    const photo = await take(staff)
    await staff.sync()
    const other = await mate()
    await other.queue.run()
    await other.queue.run()
    expect(other.asked).toEqual(['get thumbSha256'])
    await staff.queue.run()
    other.clock.nowMs += 5 * 60_000
    await other.queue.run()
    expect(await other.shelf.read(photo.thumbSha256)).toBeDefined()
  })

  test('another unit’s tablet knows of neither record nor bytes of a draft', async () => {
    const photo = await take(staff)
    await staff.sync()
    await staff.queue.run()
    const other = await mate('other', 'osaki')
    await other.queue.run()
    expect(await shown(other, photo.id)).toBeUndefined()
    expect(other.asked).toEqual([])
    expect(other.received.join()).not.toContain(photo.sha256)
    const place = { id: photo.id, field: 'sha256', sha256: photo.sha256 } as const
    expect(await other.queue.fetch(place)).toMatchObject({ error: { refusal: { type: 'notFound' } } })
  })

  test('[S22] a server restored without the bytes is offered them again', async () => {
    const photo = await take(staff)
    await staff.sync()
    await staff.queue.run()
    objects.clear()
    await (await staff.tablet.replica()).noteEpoch('E2')
    await staff.queue.run()
    expect(onServer(photo).sort()).toEqual(whole(photo))
    objects.clear()
    await staff.shelf.evict(Infinity)
    await (await staff.tablet.replica()).noteEpoch('E3')
    await staff.queue.run()
    expect(await staff.shelf.waiting()).toEqual([])
  })
})
