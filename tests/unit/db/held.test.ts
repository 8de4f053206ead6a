/** What is read of many records at once is what is read of each by itself, whatever was packed, dropped and taken out before. */
import * as fc from 'fast-check'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { Held, rowsOf } from '../../../src/db/held.ts'
import { dropStream, putPacked, putRows, unpackRows } from '../../../src/db/rows.ts'
import { type RowRecord, TabletDatabase } from '../../../src/db/schema.ts'
import { type RecordId, asRecordId, asUid } from '../../../src/domain/ids.ts'
import type { StoredRecord } from '../../../src/domain/record.ts'

const STREAMS = ['bureau', 'unit/kameido']
const IDS = Array.from({ length: 30 }, (_, n) => asRecordId(`row-${n}`))
const AT = '2026-11-20T01:02:03.004Z'
/** One clock for all: numbers of packs must differ without it. */
const NOW_MS = 1000

function recordOf(id: RecordId, rev: number): StoredRecord {
  return {
    ...{ id, type: 'initiative', rev, stage: 'submitted', removed: false, receiptNo: null },
    ...{ createdAt: AT, createdBy: asUid('a'), updatedAt: AT, updatedBy: asUid('a') },
    fields: { title: `${id} の ${rev} 版` },
  }
}

const someIds = fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 20 })
const act = fc.oneof(
  fc.record({
    kind: fc.constantFrom('pack', 'write', 'remove', 'unpack', 'look'),
    stream: fc.constantFrom(...STREAMS),
    ids: someIds,
  }),
  fc.record({ kind: fc.constant('drop'), stream: fc.constantFrom(...STREAMS), ids: someIds }),
)

/** Does it on the database, inside a transaction that may be given up at its end. */
async function perform(
  db: TabletDatabase,
  { kind, stream, ids }: { kind: string; stream: string; ids: RecordId[] },
  rev: number,
): Promise<void> {
  const context = { db, nowMs: () => NOW_MS, packs: { min: 2, rows: 4 } }
  const held = await Held.read(db, ids)
  const rowOf = (id: RecordId): RowRecord => ({ stream, id, seq: rev, rev, record: recordOf(id, rev) })
  const isPacked = (id: RecordId): boolean => held.isPacked(stream, id)
  if (kind === 'pack') {
    const fresh = ids.filter((id) => held.mark(stream, id) === undefined && !isPacked(id))
    if (fresh.length > 0) await putPacked(context, fresh.map(rowOf))
  } else if (kind === 'write') await putRows(db, ids.map(rowOf), isPacked)
  else if (kind === 'remove')
    await putRows(
      db,
      ids.map((id) => ({ ...rowOf(id), record: null })),
      isPacked,
    )
  else if (kind === 'unpack') await unpackRows(context, ids)
  else if (kind === 'drop') await dropStream(db, stream)
  await rowsOf(db, IDS)
}

const sorted = (rows: readonly RowRecord[]): RowRecord[] =>
  rows.toSorted((a, b) => `${a.stream}|${a.id}`.localeCompare(`${b.stream}|${b.id}`))

test('many at once, one by one and from a database opened anew give the same rows', async () => {
  const course = fc.array(fc.tuple(act, fc.boolean()), { minLength: 5, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(course, async (acts) => {
      const options = { autoOpen: true, indexedDB: new IDBFactory(), IDBKeyRange }
      const db = new TabletDatabase('held', options)
      for (const [index, [each, givenUp]] of acts.entries())
        await db
          .transaction('rw', db.rows, db.heads, db.packs, db.texts, async (tx) => {
            await perform(db, each, index + 1)
            if (givenUp) tx.abort()
          })
          .catch((error: unknown) => {
            if (!givenUp) throw error
          })
      const many = await rowsOf(db, IDS)
      const each = (await Promise.all(IDS.map((id) => rowsOf(db, [id])))).flat()
      const anew = await rowsOf(new TabletDatabase('held', options), IDS)
      expect(sorted(many)).toEqual(sorted(each))
      expect(sorted(many)).toEqual(sorted(anew))
    }),
    { numRuns: 60 },
  )
})
