/** [S24] The records of photos as raw requests: how many a row has, and who adds and removes them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { push } from '../../../functions/src/handlers/push.ts'
import type { Json } from '../../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { makeJpeg } from '../../support/jpeg.ts'
import { callerOf } from '../../support/outboxes.ts'
import { sha256 } from '../../support/photoStation.ts'
import { LARGE, type PhotoWorld, openPhotoWorld, photoOf } from '../../support/photoWorld.ts'
import { intention, newId } from '../../support/world.ts'

let world: PhotoWorld
beforeEach(async () => {
  world = await openPhotoWorld()
})
afterEach(() => world.close())

describe('[S24] photos of a row', () => {
  test('twenty are taken and the next is parked by its type; removing one makes room; batches count too', async () => {
    const row = await world.makeRow()
    const first = newId()
    const batch = Array.from({ length: 22 }, (_, index) => ({
      ...mutationJson(photoOf(row, makeJpeg({ seed: index }), index === 0 ? first : newId())),
      mid: index + 1,
      base: { rev: 0 },
    }))
    const body = { protocol: PROTOCOL_VERSION, clientId: 'c-staff', mutations: batch }
    const answer = await push(world.deps, callerOf('staff'), body)
    const receipts = answer.ok && answer.value.type === 'receipts' ? answer.value.receipts : []
    const parked = { outcome: 'parked', reason: { type: 'tooMany' } }
    expect(receipts.slice(0, 20).every(({ outcome }) => outcome === 'accepted')).toBe(true)
    expect(receipts.slice(20)).toMatchObject([parked, parked])
    expect(await world.send('mate', photoOf(row, LARGE))).toMatchObject(parked)
    const remove = intention('photo', 'remove', { id: first, stage: 'posted', set: {} })
    expect(await world.send('lead', remove)).toMatchObject({ outcome: 'accepted' })
    expect(await world.send('mate', photoOf(row, LARGE))).toMatchObject({ outcome: 'accepted' })
    expect(await world.send('mate', photoOf(row, LARGE))).toMatchObject(parked)
  })

  test('they are added by the unit, removed by author and lead, and never changed', async () => {
    const row = await world.makeRow('submitted')
    const refused = { outcome: 'parked', reason: { type: 'notAllowed' } }
    expect(await world.send('other', photoOf(row, LARGE))).toMatchObject(refused)
    expect(await world.send('hq', photoOf(row, LARGE))).toMatchObject(refused)
    const id = await world.makePhoto(LARGE, row)
    const edit = (set: Record<string, Json>): Intention =>
      intention('photo', 'edit', { id, stage: 'posted', set, from: { sha256: sha256(LARGE) } })
    expect(await world.send('staff', edit({ sha256: 'a'.repeat(64) }))).toMatchObject(refused)
    expect(await world.send('staff', edit({ caption: '後から' }))).toMatchObject(refused)
    const remove = intention('photo', 'remove', { id, stage: 'posted', set: {} })
    for (const uid of ['mate', 'other', 'hq']) expect(await world.send(uid, remove)).toMatchObject(refused)
    expect(await world.send('staff', remove)).toMatchObject({ outcome: 'accepted' })
  })
})
