/** What goes on at once in one tab: views read while the person saves and the engine works. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { beforeEach, expect, test } from 'vitest'
import { type Tablet, openTablet } from '../../src/db/tablet.ts'
import { asRecordId, asUid, asUnitId } from '../../src/domain/ids.ts'
import { draftValues, intention, newId } from '../support/world.ts'

const AT = '2026-11-20T01:00:00.000Z'

let tablet: Tablet
beforeEach(async () => {
  tablet = await openTablet({
    actor: { uid: asUid('staff1'), unit: asUnitId('kameido'), roles: ['staff'] },
    hash: (bytes) => Promise.resolve(new TextDecoder().decode(bytes)),
    newId,
    now: () => AT,
    nowMs: () => Date.parse(AT),
    indexedDB: { indexedDB: new IDBFactory(), IDBKeyRange },
  })
})

test('[S1] a save is taken whatever a view reads at that moment', async () => {
  const read = newId()
  const create = (id: string) =>
    intention('initiative', 'create', { id, set: draftValues('kameido', '棚の整理') })
  await tablet.outbox.save(create(read))
  await tablet.records.read(asRecordId(read))
  // The view comes so many turns of the microtask queue after the save.
  for (let turns = 0; turns < 40; turns += 1) {
    const saving = tablet.outbox.save(create(newId()))
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    const reading = tablet.records.read(asRecordId(read))
    expect(await saving).toMatchObject({ ok: true })
    expect((await reading)?.record.fields['title']).toBe('棚の整理')
  }
  expect(await tablet.outbox.queuedCount()).toBe(41)
})
