/** The list's first rows, before the database is opened as a whole. */
import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { afterEach, expect, test } from 'vitest'
import { type EarlyFront, readEarlyFront } from '../../../src/db/front.ts'
import { databaseName } from '../../../src/db/schema.ts'
import { type Tablet, openTablet } from '../../../src/db/tablet.ts'
import { type RecordId, asRecordId, asUid, asUnitId } from '../../../src/domain/ids.ts'
import { NewerReleaseError } from '../../../src/sync/storageErrors.ts'
import { draftValues, intention, newId } from '../../support/world.ts'

const UID = 'one'
const NOW_MS = Date.UTC(2026, 10, 20)

let open: Tablet | undefined
afterEach(async () => {
  open?.close()
  for (const { name } of await indexedDB.databases()) await Dexie.delete(name ?? '')
})

async function openWith(early?: EarlyFront): Promise<Tablet> {
  open?.close()
  open = await openTablet({
    actor: { uid: asUid(UID), unit: asUnitId('kameido'), roles: ['staff'] },
    hash: (text) => Promise.resolve(String(text.length)),
    newId,
    now: () => new Date(NOW_MS).toISOString(),
    nowMs: () => NOW_MS,
    early: Promise.resolve(early),
  })
  return open
}

/** A database of which the list shows one row first; answers its id. */
async function keepOne(): Promise<RecordId> {
  const tablet = await openWith()
  const [id, set] = [asRecordId(newId()), draftValues('kameido', '最初の行')]
  await tablet.outbox.save(intention('initiative', 'create', { id, set }))
  await tablet.records.keepFront([id])
  return id
}
const idsOf = (entries: EarlyFront['entries'] | undefined): unknown[] | undefined =>
  entries?.map(({ id }) => id)

test('are read of a database that is there, and make none where there is none', async () => {
  expect(await readEarlyFront(UID)).toBeUndefined()
  expect(await indexedDB.databases()).toEqual([])
  const id = await keepOne()
  expect(idsOf((await readEarlyFront(UID))?.entries)).toEqual([id])
})

test('are answered once, and then as they are kept', async () => {
  await keepOne()
  const tablet = await openWith(await readEarlyFront(UID))
  await tablet.outbox.save(
    intention('initiative', 'create', { id: newId(), set: draftValues('kameido', '次の行') }),
  )
  expect(await tablet.records.front()).toHaveLength(1)
  expect(await tablet.records.front()).toEqual([])
})

test('[S25] of another release are not shown', async () => {
  const id = await keepOne()
  const early = await readEarlyFront(UID)
  if (early === undefined) throw new Error('There should be a database.')
  const tablet = await openWith({ version: early.version - 10, entries: [] })
  expect(idsOf(await tablet.records.front())).toEqual([id])
  tablet.close()
  const newer = new Dexie(databaseName(UID))
  newer.version(early.version / 10 + 1).stores({})
  await newer.open()
  newer.close()
  await expect(openWith(await readEarlyFront(UID))).rejects.toBeInstanceOf(NewerReleaseError)
})
