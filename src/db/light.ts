/** The light index of everything shown, wherever its entries are kept: by themselves, or in a pack below [S23]. */
import type { RecordId } from '../domain/ids.ts'
import type { IndexEntry } from '../sync/ports.ts'
import { KEYS_PER_LOOKUP } from './among.ts'
import { headsWith } from './heads.ts'
import { entriesOf } from './headEntries.ts'
import type { StoredIndexEntry, TabletDatabase } from './schema.ts'

/** Everything, in no order. */
export async function allEntries(db: TabletDatabase): Promise<IndexEntry[]> {
  const [single, heads] = await db.transaction('r', db.index, db.heads, async () =>
    Promise.all([db.index.toArray(), db.heads.toArray()]),
  )
  // Two streams may have packs with the same record.
  const entries = new Map(heads.flatMap(entriesOf).map((entry) => [entry.id, entry]))
  for (const { id } of single) entries.delete(id)
  return [...entries.values(), ...single.flatMap(shownEntry)]
}

/** Entries by id; undefined where there is none. */
export async function someEntries(
  db: TabletDatabase,
  ids: readonly RecordId[],
): Promise<(IndexEntry | undefined)[]> {
  return db.transaction('r', db.index, db.heads, async () => readEntries(db, ids))
}

/** The same inside the caller's transaction. */
export async function readEntries(
  db: TabletDatabase,
  ids: readonly RecordId[],
): Promise<(IndexEntry | undefined)[]> {
  const single = await db.index.bulkGet([...ids])
  const missing = ids.filter((_id, index) => single[index] === undefined)
  const heads = missing.length === 0 ? [] : await headsWith(db, missing)
  const packed = new Map(heads.flatMap(entriesOf).map((entry) => [entry.id, entry]))
  return ids.map((id, index) => {
    const entry = single[index]
    return entry === undefined ? packed.get(id) : shownEntry(entry)[0]
  })
}

/** Which of these have an index entry, and perhaps others. Where there are few at all, all their keys are one request. */
export async function indexedAmong(db: TabletDatabase, ids: readonly RecordId[]): Promise<RecordId[]> {
  const count = await db.index.count()
  if (count === 0) return []
  if (count <= KEYS_PER_LOOKUP * ids.length) return db.index.toCollection().primaryKeys()
  return (await Promise.all(ids.map((id) => db.index.where('id').equals(id).primaryKeys()))).flat()
}

/** The same of several, by id. */
export function shownEntries(
  entries: ReadonlyMap<RecordId, StoredIndexEntry | undefined>,
): Map<RecordId, IndexEntry | undefined> {
  return new Map([...entries].map(([id, entry]) => [id, entry && shownEntry(entry)[0]]))
}

/** As lists have it in memory: neither its search text nor its keys. */
function shownEntry({ search: _, keys: __, gone, ...entry }: StoredIndexEntry): [IndexEntry] | [] {
  return gone === true ? [] : [entry]
}
