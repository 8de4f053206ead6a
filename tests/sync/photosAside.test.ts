/** [S24] A photo taken out of a form that is not saved. */
import { IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { openPhotoStation, picture } from '../support/photoStation.ts'
import { enrol, openWorld } from '../support/world.ts'

test('a photo that is taken out of its form can be put back in its place; left aside it is let go after a day', async () => {
  const world = await openWorld()
  const objects = new Map()
  const actor = await enrol(world, 'staff', 'kameido', ['staff'])
  let staff = await openPhotoStation(world, { actor, objects })
  const form = 'log:new:1'
  const first = await staff.shelf.hold(form, picture())
  const second = await staff.shelf.hold(form, picture())
  await staff.tablet.forms.keep(form, {})
  const db = new TabletDatabase(databaseName('staff'), { indexedDB: staff.disk, IDBKeyRange })
  await db.open()
  await db.uploads.toCollection().modify({ addedAtMs: -25 * 60 * 60 * 1000 })
  const held = await staff.shelf.heldBy(form)
  await staff.shelf.setAside(first.id, true)
  expect(await staff.shelf.heldBy(form)).toEqual([second])
  staff.tablet.close()
  staff = await openPhotoStation(world, { ...staff, objects })
  await staff.shelf.collect()
  await staff.shelf.setAside(first.id, false)
  expect(await staff.shelf.heldBy(form)).toEqual(held)
  await staff.shelf.setAside(first.id, true)
  await db.uploads.update(first.id, { asideAtMs: -25 * 60 * 60 * 1000 })
  await staff.shelf.collect()
  expect(await db.uploads.toCollection().primaryKeys()).toEqual([second.id])
  db.close()
  await world.close()
})
