/** What is read of many records at once is what is read of each by itself, whatever was packed, dropped and taken out before. */
import * as fc from 'fast-check'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { describe, expect, test } from 'vitest'
import { Held, rowsOf } from '../../../src/db/held.ts'
import { spansIn } from '../../../src/db/directory.ts'
import { packNumber } from '../../../src/db/packing.ts'
import { blockKeys, blocksFor, textKey } from '../../../src/db/packs.ts'
import { packPage } from '../../../src/db/repacking.ts'
import {
  dropPacks,
  dropStrays,
  dropStream,
  putPacked,
  putRows,
  renewHead,
  unpackRows,
} from '../../../src/db/rows.ts'
import { type RowRecord, type StoredRow, TabletDatabase } from '../../../src/db/schema.ts'
import { type RecordId, asRecordId, asUid } from '../../../src/domain/ids.ts'
import type { StoredRecord } from '../../../src/domain/record.ts'

const STREAMS = ['bureau', 'unit/kameido']
const IDS = Array.from({ length: 30 }, (_, n) => asRecordId(`row-${n}`))
const AT = '2026-11-20T01:02:03.004Z'
let given = 0
const newId = (): string => String((given += 1)).padStart(32, '0')

function recordOf(id: RecordId, rev: number): StoredRecord {
  return {
    ...{ id, type: 'initiative', rev, stage: 'submitted', removed: false, receiptNo: null },
    ...{ createdAt: AT, createdBy: asUid('a'), updatedAt: AT, updatedBy: asUid('a') },
    fields: { title: `${id} の ${rev} 版` },
  }
}

const someIds = fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 20 })
const act = fc.record({
  kind: fc.constantFrom('page', 'page', 'page', 'write', 'remove', 'unpack', 'look', 'drop', 'former'),
  stream: fc.constantFrom(...STREAMS),
  ids: someIds,
  // Of those ids the ones that a page takes out of the stream, and how readily it makes packs anew.
  leaving: fc.subarray(IDS, { maxLength: 6 }),
  perChange: fc.constantFrom(1, 2, 8),
})
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

const rowOf = (stream: string, id: RecordId, rev: number): RowRecord => ({
  ...{ stream, id, seq: rev, rev },
  record: recordOf(id, rev),
})

/** Does it on the database, inside a transaction that may be given up at its end. */
async function perform(
  db: TabletDatabase,
  { kind, stream, ids, leaving, perChange }: Act,
  rev: number,
): Promise<void> {
  const context = { db, newId, packs: { min: 2, rows: 4, perChange, blockChars: 300 } }
  const held = await Held.read(db, IDS)
  const isPacked = (id: RecordId): boolean => held.isPacked(stream, id)
  const written = ids.map((id) => rowOf(stream, id, rev))
  const removed = (some: readonly RecordId[]): StoredRow[] =>
    some.map((id) => ({ ...rowOf(stream, id, rev), record: null }))
  if (kind === 'page') {
    const rows = new Map([...written, ...removed(leaving)].map((row): [RecordId, StoredRow] => [row.id, row]))
    for (const row of rows.values()) held.put(row)
    const packed = await packPage(context, { stream, rows, held })
    for (const id of packed) rows.delete(id)
    await putRows(db, [...rows.values()], isPacked)
    // What was read before goes on being right.
    if (held.lacks(IDS)) await held.load(IDS)
    const anew = await Held.read(db, IDS)
    await anew.load(IDS)
    expect(sorted(held.rowsOf(IDS))).toEqual(sorted(anew.rowsOf(IDS)))
    expect(IDS.filter(isPacked)).toEqual(IDS.filter((id) => anew.isPacked(stream, id)))
  } else if (kind === 'write') await putRows(db, written, isPacked)
  else if (kind === 'remove') await putRows(db, removed(ids), isPacked)
  else if (kind === 'unpack') await unpackRows(context, ids)
  else if (kind === 'drop') await dropStream(db, stream)
  else if (kind === 'former') await asFormerly(db)
  await rowsOf(db, IDS)
}

/** Packs as releases before schema 8 have made them: their blocks are bytes, and what the head says counts bytes. */
async function asFormerly(db: TabletDatabase): Promise<void> {
  for (const head of await db.heads.toArray()) {
    const blocks = await db.packs.bulkGet(blockKeys(head))
    const [text] = await db.texts.bulkGet([textKey(head)])
    if (text === undefined || blocks.some((block) => block === undefined || 'bytes' in block)) continue
    const { stream } = head
    const parts = spansIn(head.ends, head.blocks).map(({ block, start, end }) => {
      const held = blocks[block]
      return new TextEncoder().encode(held !== undefined && 'text' in held ? held.text.slice(start, end) : '')
    })
    let behind = 0
    const ends = parts.map(({ length }) => (behind += length))
    const bytes = Uint8Array.from(parts.flatMap((part) => [...part]))
    const cuts = blocksFor(ends, 300)
    const n = packNumber(newId)
    await dropPacks(db, [head])
    await db.heads.add({ ...head, n, at: n, ends, blocks: cuts })
    await db.texts.add({ ...text, n })
    await db.table('packs').bulkAdd(
      cuts.map((end, place) => ({
        stream,
        n: n - place,
        bytes: bytes.slice(cuts[place - 1] ?? 0, end).buffer,
      })),
    )
  }
}

/** The same on what there should be: revisions by stream and id. */
function imagine(model: Map<string, number>, { kind, stream, ids, leaving }: Act, rev: number): void {
  const put = (id: RecordId): unknown => model.set(`${stream}|${id}`, rev)
  const remove = (id: RecordId): unknown => model.delete(`${stream}|${id}`)
  if (kind === 'page' || kind === 'write') ids.forEach(put)
  if (kind === 'page') leaving.forEach(remove)
  if (kind === 'remove') ids.forEach(remove)
  if (kind === 'drop') IDS.forEach(remove)
}

const sorted = (rows: readonly RowRecord[]): RowRecord[] =>
  rows.toSorted((a, b) => `${a.stream}|${a.id}`.localeCompare(`${b.stream}|${b.id}`))

test('many at once, one by one and from a database opened anew give the rows there should be', async () => {
  const givenUp = fc.boolean()
  // Two tabs: each remembers what it has seen, whatever the other has changed since.
  const tab = fc.nat({ max: 1 })
  const course = fc.array(fc.tuple(act, givenUp, tab), { minLength: 5, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(course, async (acts) => {
      const options = { autoOpen: true, indexedDB: new IDBFactory(), IDBKeyRange }
      const tabs = [new TabletDatabase('held', options), new TabletDatabase('held', options)] as const
      const model = new Map<string, number>()
      for (const [index, [each, isGivenUp, at]] of acts.entries()) {
        const db = tabs[at === 0 ? 0 : 1]
        await db
          .transaction('rw', db.rows, db.heads, db.packs, db.texts, async (tx) => {
            await perform(db, each, index + 1)
            if (isGivenUp) tx.abort()
          })
          .catch((error: unknown) => {
            if (!isGivenUp) throw error
          })
        if (!isGivenUp) imagine(model, each, index + 1)
      }
      const many = await rowsOf(tabs[0], IDS)
      const each = (await Promise.all(IDS.map((id) => rowsOf(tabs[1], [id])))).flat()
      const anew = await rowsOf(new TabletDatabase('held', options), IDS)
      expect(new Map(many.map(({ stream, id, rev }) => [`${stream}|${id}`, rev]))).toEqual(model)
      expect(sorted(many)).toEqual(sorted(each))
      expect(sorted(many)).toEqual(sorted(anew))
      // [S18] Of what may be destroyed no byte is left in a pack that is not what the row is now.
      const packs = { min: 2, rows: 4, perChange: 2, blockChars: 300 }
      const [db] = tabs
      await db.transaction('rw', db.rows, db.heads, db.packs, db.texts, async () =>
        unpackRows({ db, newId, packs }, IDS),
      )
      expect((await bytesOf(db)).filter(([row, rev]) => model.get(row) !== rev)).toEqual([])
      expect(sorted(await rowsOf(db, IDS))).toEqual(sorted(anew))
    }),
    { numRuns: 60 },
  )
})

/** Stream and id, and revision, of every record of which the bytes lie in a pack. */
async function bytesOf(db: TabletDatabase): Promise<[string, number][]> {
  return (await db.packs.toArray()).flatMap((block) =>
    [
      ...('text' in block ? block.text : new TextDecoder().decode(block.bytes)).matchAll(
        /(row-\d+) の (\d+) 版/gu,
      ),
    ].map(([, id, rev]): [string, number] => [`${block.stream}|${id}`, Number(rev)]),
  )
}

describe('a pack of which a former release has left only some blocks', () => {
  const packs = { min: 2, rows: 8, perChange: 1, blockChars: 1 }
  async function opened() {
    const db = new TabletDatabase('stray', { autoOpen: true, indexedDB: new IDBFactory(), IDBKeyRange })
    const rows = IDS.slice(0, 4).map((id) => rowOf('shared/0', id, 1))
    const heads = await db.transaction('rw', db.rows, db.heads, db.packs, db.texts, async () =>
      putPacked({ db, newId, packs }, rows),
    )
    return { db, rows, heads }
  }

  test('[S18] what is destroyed of its rows leaves no byte', async () => {
    const { db, rows, heads } = await opened()
    await db.packs.bulkDelete(heads.flatMap(blockKeys).slice(2, 3))
    const [first] = rows
    if (first === undefined) throw new Error('no row')
    await db.transaction('rw', db.rows, db.heads, db.packs, db.texts, async () => {
      await db.rows.put({ ...first, rev: 2, record: null })
      await unpackRows({ db, newId, packs }, [first.id])
    })
    expect(await db.heads.where('ids').equals(first.id).count()).toBe(0)
    expect((await rowsOf(db, IDS)).map(({ id }) => id).sort()).toEqual([IDS[1], IDS[3]])
    expect(await db.packs.count()).toBe(2)
  })

  test('[S22] a pack of which bytes are missing makes its stream start over when the release changes', async () => {
    const { db, heads } = await opened()
    const whole = { stream: 'shared/0', epoch: 'a', seq: 9, count: 4, sum: '', wrong: false }
    await db.streams.bulkPut([whole, { ...whole, stream: 'shared/1' }])
    await db.packs.bulkDelete(heads.flatMap(blockKeys).slice(2, 3))
    const [head] = heads
    if (head === undefined) throw new Error('no head')
    await db.transaction('rw', [db.rows, db.heads, db.packs, db.texts, db.streams], async () =>
      renewHead({ db, newId, packs }, [head.stream, head.n]),
    )
    const [again, other] = await db.streams.toArray()
    expect(again).toMatchObject({ stream: 'shared/0', epoch: '-', seq: 0 })
    expect(other).toMatchObject({ stream: 'shared/1', epoch: 'a', seq: 9 })
  })

  test('[S18] blocks and texts without a head go when the release changes; all others stay', async () => {
    const { db, rows } = await opened()
    await db.packs.add({ stream: 'shared/0', n: 3, text: '' })
    await db.texts.add({ stream: 'shared/0', n: 3, texts: ['消したことば'] })
    await db.transaction('rw', db.heads, db.packs, db.texts, async () => dropStrays(db))
    expect(await db.packs.count()).toBe(rows.length)
    expect((await db.texts.toArray()).map(({ texts }) => texts.length)).toEqual([rows.length])
    expect(sorted(await rowsOf(db, IDS))).toEqual(sorted(rows))
  })
})
