/** Search finds what is shown, wherever it is kept: in packs, over them, by itself, or unsent (M2-7). */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { commitAs } from '../../functions/src/commit.ts'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { createSearcher } from '../../src/db/searcher.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asRecordId } from '../../src/domain/ids.ts'
import { queryKeys } from '../../src/domain/search.ts'
import {
  type Station,
  draftValues,
  enrol,
  intention,
  openStation,
  openWorld,
  save,
} from '../support/world.ts'

const ROWS = 40
const rowId = (index: number): string => `row.${String(index).padStart(3, '0')}`
const created = (index: number, title: string) =>
  intention('initiative', 'create', {
    id: rowId(index),
    set: { ...draftValues('kameido', title), stage: 'submitted' },
  })
const retitled = (index: number, from: string, to: string) =>
  intention('initiative', 'edit', {
    ...{ id: rowId(index), stage: 'submitted' },
    ...{ set: { title: to }, from: { title: from } },
  })

async function found(station: Station, query: string): Promise<string[]> {
  return [...(await station.tablet.records.search(queryKeys(query)))].sort()
}

test('what is shown is found, and what is shown no more is not, whatever came between two questions', async () => {
  const world = await openWorld()
  const lead: Actor = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
  const commit = async (...what: Parameters<typeof commitAs>[2]): Promise<void> =>
    expect(await commitAs(world.deps, lead, what)).toMatchObject({ ok: true })
  await commit(...Array.from({ length: ROWS }, (_, index) => created(index, `まどぐちの取組${index}`)))
  const station = await openStation(world, lead, new IDBFactory())
  const all = Array.from({ length: ROWS }, (_, index) => rowId(index))
  expect(await found(station, '窓口')).toEqual([])
  expect(await found(station, 'ﾏﾄﾞｸﾞﾁ')).toEqual(all)
  expect(await found(station, 'マドグチ 取組39')).toEqual([rowId(39)])
  const last = await station.tablet.records.read(asRecordId(rowId(39)))
  expect(await found(station, last?.record.receiptNo ?? '')).toEqual([rowId(39)])

  await save(station, retitled(39, 'まどぐちの取組39', '電話の受付'))
  expect(await found(station, '受付')).toEqual([rowId(39)])
  expect(await found(station, 'マドグチ')).toEqual(all.slice(0, 39))

  await commit(retitled(0, 'まどぐちの取組0', '郵便の受付'))
  const draft = intention('initiative', 'create', {
    id: 'draft',
    set: draftValues('kameido', '下書きの受付'),
  })
  await save(station, draft)
  await station.sync()
  expect(await found(station, '受付')).toEqual(['draft', rowId(0), rowId(39)])
  await save(station, intention('initiative', 'remove', { id: 'draft', stage: 'draft', set: {} }))
  expect(await found(station, '受付')).toEqual([rowId(0), rowId(39)])

  await commit(...Array.from({ length: 150 }, (_, index) => created(ROWS + index, `夜間の受付${index}`)))
  await station.sync()
  expect(await found(station, '夜間')).toHaveLength(150)
  expect(await found(station, '受付')).toHaveLength(152)
  await station.engine.stop()
  station.tablet.close()
  await world.close()
})

test('a pack whose search text is missing does not keep anything else from being found', async () => {
  const world = await openWorld()
  const lead: Actor = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
  const rows = Array.from({ length: ROWS }, (_, index) => created(index, `窓口の取組${index}`))
  expect(await commitAs(world.deps, lead, rows)).toMatchObject({ ok: true })
  const disk = new IDBFactory()
  const station = await openStation(world, lead, disk)
  await station.sync()
  await save(station, intention('initiative', 'create', { id: 'draft', set: draftValues('kameido', '電話') }))
  const db = new TabletDatabase(databaseName('lead'), { indexedDB: disk, IDBKeyRange })
  await db.open()
  const searcher = createSearcher((work) => work(db.backendDB()))
  expect(await searcher.find(queryKeys('窓口'))).toHaveLength(ROWS)
  await db.texts.clear()
  searcher.changed([asRecordId(rowId(0)), asRecordId('draft')])
  expect(await searcher.find(queryKeys('電話'))).toEqual(['draft'])
  expect(await searcher.find(queryKeys('窓口'))).toHaveLength(ROWS - 1)
  db.close()
  await station.engine.stop()
  station.tablet.close()
  await world.close()
})

test('what changes while an answer is on its way is in it as it is by then', async () => {
  const world = await openWorld()
  const lead: Actor = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
  const disk = new IDBFactory()
  const station = await openStation(world, lead, disk)
  await save(station, created(0, '窓口の受付'))
  const db = new TabletDatabase(databaseName('lead'), { indexedDB: disk, IDBKeyRange })
  await db.open()
  let meanwhile: (() => Promise<void>) | undefined
  const searcher = createSearcher(async (work) => {
    const read = await work(db.backendDB())
    const happens = meanwhile
    meanwhile = undefined
    await happens?.()
    return read
  })
  meanwhile = async () => {
    await save(station, retitled(0, '窓口の受付', '電話の受付'))
    searcher.changed([asRecordId(rowId(0))])
  }
  expect(await searcher.find(queryKeys('窓口'))).toEqual([])
  expect(await searcher.find(queryKeys('電話'))).toEqual([rowId(0)])
  db.close()
  await station.engine.stop()
  station.tablet.close()
  await world.close()
})
