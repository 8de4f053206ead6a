/** Rows as the server sent them, wherever they are kept: by themselves, or in a pack below. Runs inside the caller's transaction. */
import type { RecordId } from '../domain/ids.ts'
import { among } from './among.ts'
import { headsWith } from './heads.ts'
import { headOf, packRows } from './packing.ts'
import { placeOf, unpack, unpackAll } from './packs.ts'
import type { RowRecord, StoredRow, TabletDatabase } from './schema.ts'

/** What is known of a row without reading it. */
export interface RowMark {
  readonly id: RecordId
  readonly seq: number
  readonly rev: number
}

const keyOf = (stream: string, id: string): string => `${stream}|${id}`
const wholeStream = (stream: string): [[string, number], [string, number]] => [
  [stream, 0],
  [stream, Number.MAX_SAFE_INTEGER],
]

/** The rows of these records over all streams. */
export async function rowsOf(db: TabletDatabase, ids: readonly RecordId[]): Promise<RowRecord[]> {
  const [single, heads] = await Promise.all([among(db.rows.where('id'), ids), headsWith(db, ids)])
  const over = new Set(single.map(({ stream, id }) => keyOf(stream, id)))
  const wanted = new Set(ids)
  const below = heads.flatMap((head) => {
    const found = head.ids.filter((id) => wanted.has(id) && !over.has(keyOf(head.stream, id)))
    return found.length === 0 ? [] : [{ head, found }]
  })
  const packed = below.flatMap(({ head, found }) =>
    found.map((id) => {
      const place = placeOf(head, id)
      return { head, id, place, known: db.unpacked.find(head, place) }
    }),
  )
  const unread = [...new Set(packed.filter(({ known }) => known === undefined).map(({ head }) => head))]
  // Where there are none, do not wait: a transaction does not outlive many waits without the database.
  const packs =
    unread.length === 0
      ? []
      : await db.packs.bulkGet(unread.map(({ stream, n }): [string, number] => [stream, n]))
  const rows = single.filter(isHeld)
  for (const { head, id, place, known } of packed) {
    const pack = packs[unread.indexOf(head)]
    const record = known ?? (pack === undefined ? undefined : unpack(pack, head, place))
    if (record === undefined) continue
    if (known === undefined) db.unpacked.keep(head, place, record)
    const [seq = 0, rev = 0] = [head.seqs[place], head.revs[place]]
    rows.push({ stream: head.stream, id, seq, rev, record })
  }
  return rows
}

/** Whether any stream carries the record, and its highest revision there; 0 = none does. */
export async function highestRev(db: TabletDatabase, id: RecordId): Promise<number> {
  return Math.max(0, ...(await rowsOf(db, [id])).map(({ rev }) => rev))
}

/** What the stream holds of these records. */
export async function marksOf(
  db: TabletDatabase,
  stream: string,
  ids: readonly RecordId[],
): Promise<{ readonly marks: Map<RecordId, RowMark>; readonly packed: Set<RecordId> }> {
  const [single, heads] = await Promise.all([
    db.rows.bulkGet(ids.map((id): [string, string] => [stream, id])),
    headsWith(db, ids),
  ])
  const wanted = new Set(ids)
  const marks = new Map<RecordId, RowMark>()
  const packed = new Set<RecordId>()
  for (const head of heads) {
    if (head.stream !== stream) continue
    for (const [place, id] of head.ids.entries()) {
      if (!wanted.has(id)) continue
      packed.add(id)
      marks.set(id, { id, seq: head.seqs[place] ?? 0, rev: head.revs[place] ?? 0 })
    }
  }
  for (const row of single) {
    if (row === undefined) continue
    if (row.record === null) marks.delete(row.id)
    else marks.set(row.id, row)
  }
  return { marks, packed }
}

/** Takes rows of a stream in, and out again where `record` is null. `packed`: those that a pack below holds. */
export async function putRows(
  db: TabletDatabase,
  rows: readonly StoredRow[],
  packed: ReadonlySet<RecordId>,
): Promise<void> {
  const gone = rows.filter(({ id, record }) => record === null && !packed.has(id))
  await db.rows.bulkDelete(gone.map(({ stream, id }): [string, string] => [stream, id]))
  await db.rows.bulkPut(rows.filter(({ id, record }) => record !== null || packed.has(id)))
}

/** Number of the stream's next pack. */
export async function nextPack(db: TabletDatabase, stream: string): Promise<number> {
  const [from, to] = wholeStream(stream)
  const keys = await db.heads.where('[stream+n]').between(from, to).primaryKeys()
  return (keys.at(-1)?.[1] ?? 0) + 1
}

/** Ids of all records that the stream holds or has held. */
export async function idsOfStream(db: TabletDatabase, stream: string): Promise<string[]> {
  const [from, to] = wholeStream(stream)
  const [single, heads] = await Promise.all([
    db.rows.where('[stream+id]').between([stream, ''], [stream, '\uffff']).primaryKeys(),
    db.heads.where('[stream+n]').between(from, to).toArray(),
  ])
  return [...single.map(([, id]) => id), ...heads.flatMap(({ ids }) => ids)]
}

/** Takes rows of one stream in as packs of so many rows; the stream holds nothing of them. */
export async function putPacked(
  db: TabletDatabase,
  rows: readonly RowRecord[],
  packRowCount: number,
): Promise<void> {
  const stream = rows[0]?.stream ?? ''
  let n = await nextPack(db, stream)
  for (let start = 0; start < rows.length; start += packRowCount) {
    const { pack, head, text } = packRows(stream, n, rows.slice(start, start + packRowCount))
    await Promise.all([db.packs.put(pack), db.heads.put(head), db.texts.put(text)])
    n += 1
  }
}

/** Makes head and search text of a pack anew, by the rules of this release; answers whose they are. */
export async function renewHead(db: TabletDatabase, key: [string, number]): Promise<readonly RecordId[]> {
  const [pack, head] = await Promise.all([db.packs.get(key), db.heads.get(key)])
  if (pack === undefined || head === undefined) return []
  const [stream, n] = key
  const renewed = headOf(unpackAll(pack, head), head.ends)
  await Promise.all([
    db.heads.put({ stream, n, ...renewed.head }),
    db.texts.put({ stream, n, texts: renewed.texts }),
  ])
  return head.ids
}

/**
 * Takes what packs hold of these records out of them, where something later lies over it: their bytes are written anew
 * without it [S18]. Otherwise a pack is never changed.
 */
export async function unpackRows(db: TabletDatabase, ids: readonly RecordId[]): Promise<void> {
  db.unpacked.clear()
  const wanted = new Set(ids)
  for (const head of await headsWith(db, ids)) {
    const { stream, n } = head
    const key: [string, number] = [stream, n]
    const packed = head.ids.filter((id) => wanted.has(id))
    const found = await db.rows.bulkGet(packed.map((id): [string, string] => [stream, id]))
    const over = found.filter((row) => row !== undefined)
    const pack = await db.packs.get(key)
    if (pack === undefined || over.length === 0) continue
    const out = new Set(over.map(({ id }) => id))
    const rest = unpackAll(pack, head).filter(({ id }) => !out.has(id))
    if (rest.length === 0) {
      await Promise.all([db.packs.delete(key), db.heads.delete(key), db.texts.delete(key)])
    } else {
      const anew = packRows(stream, n, rest)
      await Promise.all([db.packs.put(anew.pack), db.heads.put(anew.head), db.texts.put(anew.text)])
    }
    const gone = over.filter(({ record }) => record === null)
    await db.rows.bulkDelete(gone.map(({ id }): [string, string] => [stream, id]))
  }
}

/** Drops all of a stream; answers whose rows went. */
export async function dropStream(db: TabletDatabase, stream: string): Promise<RecordId[]> {
  const rows = await db.rows.where('[stream+id]').between([stream, ''], [stream, '\uffff']).toArray()
  await db.rows.bulkDelete(rows.map(({ id }): [string, string] => [stream, id]))
  const [from, to] = wholeStream(stream)
  const heads = await db.heads.where('[stream+n]').between(from, to).toArray()
  const keys = heads.map(({ n }): [string, number] => [stream, n])
  await Promise.all([db.heads.bulkDelete(keys), db.packs.bulkDelete(keys), db.texts.bulkDelete(keys)])
  return [...new Set([...rows.map(({ id }) => id), ...heads.flatMap(({ ids }) => ids)])]
}

/** Not a sign that the row has left. */
export function isHeld(row: StoredRow): row is RowRecord {
  return row.record !== null
}
