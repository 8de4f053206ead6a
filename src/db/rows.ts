/** Writes rows as the server sent them, by themselves or as packs; held.ts reads them. Runs inside the caller's transaction. */
import type { Table } from 'dexie'
import type { RecordId } from '../domain/ids.ts'
import type { DbContext } from './context.ts'
import { placesIn } from './directory.ts'
import { headsWith } from './heads.ts'
import { type Packed, headOf, packNumber, packRows } from './packing.ts'
import { blockKeys, idsIn, readPack, rowsAt, textKey, without } from './packs.ts'
import { inGoes, putAll } from './putAll.ts'
import type { HeadRecord, RowRecord, StoredRow, TabletDatabase } from './schema.ts'

const wholeStream = (stream: string): [[string, number], [string, number]] => [
  [stream, 0],
  [stream, Number.MAX_SAFE_INTEGER],
]

/** Takes rows of a stream in, and out again where `record` is null. `isPacked`: whether a pack below holds it. */
export async function putRows(
  db: TabletDatabase,
  rows: readonly StoredRow[],
  isPacked: (id: RecordId) => boolean,
): Promise<void> {
  const gone = rows.filter(({ id, record }) => record === null && !isPacked(id))
  if (gone.length > 0) await db.rows.bulkDelete(gone.map(({ stream, id }): [string, string] => [stream, id]))
  const kept = rows.filter(({ id, record }) => record !== null || isPacked(id))
  await putAll(db.rows, kept)
}

/** Ids of all records that the stream holds or has held. */
export async function idsOfStream(db: TabletDatabase, stream: string): Promise<string[]> {
  const [from, to] = wholeStream(stream)
  const [single, heads] = await Promise.all([
    db.rows.where('[stream+id]').between([stream, ''], [stream, '\uffff']).primaryKeys(),
    db.heads.where('[stream+n]').between(from, to).toArray(),
  ])
  return [...single.map(([, id]) => id), ...heads.flatMap(idsIn)]
}

type PackContext = Pick<DbContext, 'db' | 'newId' | 'packs'>

/** Takes rows of one stream in as packs; nothing of them lies there. Answers the heads. */
export async function putPacked(
  context: PackContext,
  rows: readonly RowRecord[],
): Promise<readonly HeadRecord[]> {
  const { db, packs, newId } = context
  const stream = rows[0]?.stream ?? ''
  const heads: HeadRecord[] = []
  for (let start = 0; start < rows.length; start += packs.rows) {
    const n = packNumber(newId)
    const packed = packRows({ stream, n }, rows.slice(start, start + packs.rows), packs.blockChars)
    // Each waits for the one before: the page can be drawn in between.
    await putPack(db, packed)
    heads.push(packed.head)
  }
  return heads
}

/** Copying a block for the database takes the page a millisecond or two. */
const BLOCKS_AT_ONCE = 4

/** Writes a pack in several goes, so that the page can be drawn in between. */
export function putPack(db: TabletDatabase, { blocks, head, text }: Packed): Promise<unknown> {
  const writes: (() => PromiseLike<unknown>)[] = [() => db.texts.add(text)]
  for (let from = 0; from < blocks.length; from += BLOCKS_AT_ONCE)
    writes.push(() => db.packs.bulkAdd(blocks.slice(from, from + BLOCKS_AT_ONCE)))
  writes.push(() => db.heads.add(head))
  return inGoes(writes, ([write]) => Promise.resolve(write?.()), 1)
}

/**
 * Makes head and search text of a pack anew, by the rules of this release; answers whose they are. Where blocks are missing, as a
 * release before schema 7 leaves it that has been here since, the stream starts over.
 */
export async function renewHead(context: PackContext, key: [string, number]): Promise<readonly RecordId[]> {
  const { db } = context
  const head = await db.heads.get(key)
  if (head === undefined) return []
  const rows = await readPack(db, head)
  const [stream, n] = key
  if (rows === undefined) {
    await db.streams.update(stream, { epoch: '-', seq: 0 })
    return []
  }
  if (head.left === undefined) {
    const renewed = headOf(rows, head)
    await Promise.all([
      db.heads.put({ stream, n, ...renewed.head }),
      db.texts.put({ stream, n, texts: renewed.texts }),
    ])
  } else await replacePack(context, head, rows)
  return idsIn(head)
}

/** Makes a pack of what is left of another. */
async function replacePack(
  { db, packs, newId }: PackContext,
  head: HeadRecord,
  rows: readonly RowRecord[],
): Promise<void> {
  const key = { stream: head.stream, n: packNumber(newId) }
  if (rows.length > 0) await putPack(db, packRows(key, rows, packs.blockChars))
  await dropPacks(db, [head])
}

/** Takes records out of packs of which the blocks stay as they are; what they leave has other numbers. Answers the heads of that. */
export async function leavePacks(
  { db, newId }: PackContext,
  heads: readonly HeadRecord[],
  ids: ReadonlySet<RecordId>,
): Promise<readonly HeadRecord[]> {
  const left = heads.map((head) => without(head, ids, packNumber(newId)))
  await Promise.all([db.heads.bulkDelete(heads.map(keyOf)), db.heads.bulkAdd(left)])
  return left
}

const keyOf = ({ stream, n }: HeadRecord): [string, number] => [stream, n]

/**
 * Takes what packs hold of these records out of them, where something later lies over it or they have left: what stays is written
 * anew without them [S18], as another pack.
 */
export async function unpackRows(context: PackContext, ids: readonly RecordId[]): Promise<void> {
  const { db } = context
  db.unpacked.clear()
  const wanted = new Set(ids)
  const hadThem = (head: HeadRecord): boolean => head.left?.some((id) => wanted.has(id)) === true
  const heads = [...(await headsWith(db, ids)), ...(await db.heads.filter(hadThem).toArray())]
  for (const head of new Map(heads.map((one) => [keyOf(one).join('|'), one])).values()) {
    const { stream } = head
    const packed = idsIn(head).filter((id) => wanted.has(id))
    const found = await db.rows.bulkGet(packed.map((id): [string, string] => [stream, id]))
    const over = found.filter((row) => row !== undefined)
    if (over.length === 0 && !hadThem(head)) continue
    const out = new Set(over.map(({ id }) => id))
    const rows = await rowsAt(db, placesIn(head))
    const rest = [...rows.values()].filter(({ id }) => !out.has(id))
    await replacePack(context, head, rest)
    const gone = over.filter(({ record }) => record === null)
    await db.rows.bulkDelete(gone.map(({ id }): [string, string] => [stream, id]))
  }
}

/** Drops blocks and texts of which no head says anything: a former release does not know where all of them lie [S18]. */
export async function dropStrays(db: TabletDatabase): Promise<void> {
  const heads = await db.heads.toArray()
  await dropOthers(db.packs, heads.flatMap(blockKeys))
  await dropOthers(db.texts, heads.map(textKey))
}

async function dropOthers<T>(table: Table<T, [string, number]>, kept: [string, number][]): Promise<void> {
  const known = new Set(kept.map(String))
  const keys = await table.toCollection().primaryKeys()
  await table.bulkDelete(keys.filter((key) => !known.has(String(key))))
}

export function dropPacks(db: TabletDatabase, heads: readonly HeadRecord[]): Promise<unknown> {
  return Promise.all([
    db.heads.bulkDelete(heads.map(keyOf)),
    db.packs.bulkDelete(heads.flatMap(blockKeys)),
    db.texts.bulkDelete(heads.map(textKey)),
  ])
}

/** Drops all of a stream; answers whose rows went. */
export async function dropStream(db: TabletDatabase, stream: string): Promise<RecordId[]> {
  const rows = await db.rows.where('[stream+id]').between([stream, ''], [stream, '\uffff']).toArray()
  await db.rows.bulkDelete(rows.map(({ id }): [string, string] => [stream, id]))
  const [from, to] = wholeStream(stream)
  const heads = await db.heads.where('[stream+n]').between(from, to).toArray()
  await dropPacks(db, heads)
  return [...new Set([...rows.map(({ id }) => id), ...heads.flatMap(idsIn)])]
}
