/** Finds the packs that hold records. Runs inside the caller's transaction. */
import type { RecordId } from '../domain/ids.ts'
import { FEW } from './among.ts'
import { type Place, placesIn } from './directory.ts'
import type { HeadRecord, TabletDatabase } from './schema.ts'

/** Heads of the packs that hold any of these records: each read once, though it may hold several. */
export async function headsWith(db: TabletDatabase, ids: readonly RecordId[]): Promise<HeadRecord[]> {
  const places = ids.length > FEW ? await db.directory.find(db.heads, ids) : undefined
  if (places === undefined) return headsByIndex(db, ids)
  return headsAt(
    db,
    places.map(({ stream, n }): [string, number] => [stream, n]),
  )
}

/** Where packs hold these records. */
export async function placesOf(db: TabletDatabase, ids: readonly RecordId[]): Promise<readonly Place[]> {
  const places = ids.length > FEW ? await db.directory.find(db.heads, ids) : undefined
  if (places !== undefined) return places
  const wanted = new Set(ids)
  return (await headsByIndex(db, ids)).flatMap(placesIn).filter(({ id }) => wanted.has(id))
}

async function headsByIndex(db: TabletDatabase, ids: readonly RecordId[]): Promise<HeadRecord[]> {
  const index = db.heads.where('ids')
  const [only] = ids
  if (only !== undefined && ids.length === 1) return index.equals(only).toArray()
  return headsAt(db, (await Promise.all(ids.map((id) => index.equals(id).primaryKeys()))).flat())
}

async function headsAt(db: TabletDatabase, keys: readonly [string, number][]): Promise<HeadRecord[]> {
  const each = [...new Map(keys.map((key) => [key.join('|'), key])).values()]
  const heads = each.length === 0 ? [] : await db.heads.bulkGet(each)
  return heads.filter((head) => head !== undefined)
}
