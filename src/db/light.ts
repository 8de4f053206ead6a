/** The light index of everything shown, wherever its entries are kept: by themselves, or in a pack below [S23]. */
import type { RecordId } from '../domain/ids.ts'
import type { IndexEntry } from '../sync/ports.ts'
import { among } from './among.ts'
import { entriesOf } from './packs.ts'
import type { HeadRecord, StoredIndexEntry, TabletDatabase } from './schema.ts'

/** Everything, in no order. */
export async function allEntries(db: TabletDatabase): Promise<IndexEntry[]> {
  const [single, heads, texts] = await db.transaction('r', db.index, db.heads, db.texts, async () =>
    Promise.all([db.index.toArray(), db.heads.toArray(), db.texts.toArray()]),
  )
  const over = new Set(single.map(({ id }) => id))
  const packed = heads.flatMap((head, index) => entriesOf(head, texts[index]?.texts))
  return [...single.filter(isShown), ...packed.filter(isEntry).filter(({ id }) => !over.has(id))]
}

/** Entries by id; undefined where there is none. */
export async function someEntries(
  db: TabletDatabase,
  ids: readonly RecordId[],
): Promise<(IndexEntry | undefined)[]> {
  const single = await db.index.bulkGet([...ids])
  const missing = ids.filter((_id, index) => single[index] === undefined)
  const packed = missing.length === 0 ? new Map<string, IndexEntry>() : await packedEntries(db, missing)
  return ids.map((id, index) => {
    const entry = single[index]
    if (entry !== undefined) return isShown(entry) ? entry : undefined
    return packed.get(id)
  })
}

async function packedEntries(db: TabletDatabase, ids: readonly RecordId[]): Promise<Map<string, IndexEntry>> {
  const wanted = new Set<string>(ids)
  const heads = unique(await among(db.heads.where('ids'), ids).toArray())
  const texts = await db.texts.bulkGet(heads.map(({ stream, n }): [string, number] => [stream, n]))
  const entries = heads.flatMap((head, index) => entriesOf(head, texts[index]?.texts)).filter(isEntry)
  return new Map(entries.flatMap((entry) => (wanted.has(entry.id) ? [[entry.id, entry]] : [])))
}

const isShown = ({ gone }: StoredIndexEntry): boolean => gone !== true
/** Narrows. */
export const isEntry = (entry: IndexEntry | undefined): entry is IndexEntry => entry !== undefined

function unique(heads: readonly HeadRecord[]): HeadRecord[] {
  return [...new Map(heads.map((head) => [`${head.stream}|${head.n}`, head])).values()]
}
