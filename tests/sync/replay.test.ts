/** What a tablet shows of its pending work is what the server makes of it: one function, two places [S4]. */
import { everyRow } from '../support/heldRows.ts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../src/domain/json.ts'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import {
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  openWorld,
  save,
  shown,
} from '../support/world.ts'

const edit = fc.record({
  field: fc.constantFrom('title', 'background', 'detail', 'progress'),
  text: fc.array(fc.constantFrom('列が長い。', '紙で受け付ける。', '様式が多い。', '案内がない。'), {
    minLength: 1,
    maxLength: 4,
  }),
  progress: fc.constantFrom('done', 'doing', 'later'),
})

test('[S4] pending edits, one upon the other, look the same before and after the server has them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
      const world = await openWorld()
      const station = await openStation(world, await enrol(world, 'staff1', 'kameido', ['staff']))
      const id = newId()
      await save(station, intention('initiative', 'create', { id, set: draftValues('kameido', '受付') }))
      await station.sync()
      station.network.online = false
      for (const { field, text, progress } of edits) {
        const to: Json = field === 'progress' ? progress : text.join('')
        const from = (await shown(station, id))?.[field] ?? null
        await save(
          station,
          intention('initiative', 'edit', {
            id,
            stage: 'draft',
            set: { [field]: to },
            from: { [field]: from },
          }),
        )
      }
      const pending = await shown(station, id)
      station.network.online = true
      await station.sync()
      expect(await station.tablet.outbox.queuedCount()).toBe(0)
      expect(await shown(station, id)).toEqual(pending)
      station.tablet.close()
      await world.close()
    }),
    { numRuns: 12 },
  )
})

test('[S4] the row held stays the server’s version while an edit of it waits', async () => {
  const world = await openWorld()
  const idb = new IDBFactory()
  const actor = await enrol(world, 'staff1', 'kameido', ['staff'])
  const station = await openStation(world, actor, idb)
  const id = newId()
  await save(station, intention('initiative', 'create', { id, set: draftValues('kameido', '受付') }))
  await station.sync()
  station.network.online = false
  const set = { title: '窓口' }
  await save(station, intention('initiative', 'edit', { id, stage: 'draft', set, from: { title: '受付' } }))
  expect(await shown(station, id)).toMatchObject({ title: '窓口' })
  const db = new TabletDatabase(databaseName(actor.uid), { indexedDB: idb, IDBKeyRange })
  await db.open()
  const rows = (await everyRow(db)).filter((row) => row.id === id)
  expect(rows.map(({ rev, record }) => [rev, record.fields['title']])).toEqual([[1, '受付']])
  db.close()
  station.tablet.close()
  await world.close()
})
