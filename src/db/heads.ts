/** Finds the packs that hold records. Runs inside the caller's transaction. */
import type { RecordId } from '../domain/ids.ts'
import { FEW } from './among.ts'
import type { Place } from './directory.ts'
import type { HeadRecord, TabletDatabase } from './schema.ts'

/** Heads of the packs that hold any of these records: each read once, though it may hold several. */
export async function headsWith(db: TabletDatabase, ids: readonly RecordId[]): Promise<HeadRecord[]> {
  const places = await manyPlaces(db, ids)
  if (places === undefined) return headsByIndex(db, ids)
  const keys = places.map(({ stream, n }): [string, number] => [stream, n])
  return headsAt(db, distinct(keys))
}

/** Where packs hold these records. */
export async function placesOf(db: TabletDatabase, ids: readonly RecordId[]): Promise<readonly Place[]> {
  const places = await manyPlaces(db, ids)
  return places ?? db.directory.findIn(db.heads, await keysByIndex(db, ids), ids)
}

/** Of many records; undefined where the index tells sooner. */
async function manyPlaces(
  db: TabletDatabase,
  ids: readonly RecordId[],
): Promise<readonly Place[] | undefined> {
  if (ids.length <= FEW) return undefined
  // Ids begin with the time: new ones are later than all that packs hold, which then need not be read.
  const [first = '', last = ''] = [ids.reduce(earlier), ids.reduce(later)]
  const between = await db.heads.where('ids').between(first, last, true, true).limit(1).primaryKeys()
  return between.length === 0 ? [] : db.directory.find(db.heads, ids)
}

const earlier = (a: RecordId, b: RecordId): RecordId => (a < b ? a : b)
const later = (a: RecordId, b: RecordId): RecordId => (a > b ? a : b)

async function headsByIndex(db: TabletDatabase, ids: readonly RecordId[]): Promise<HeadRecord[]> {
  const [only] = ids
  if (only !== undefined && ids.length === 1) return db.heads.where('ids').equals(only).toArray()
  return headsAt(db, await keysByIndex(db, ids))
}

async function keysByIndex(db: TabletDatabase, ids: readonly RecordId[]): Promise<[string, number][]> {
  const index = db.heads.where('ids')
  return distinct((await Promise.all(ids.map((id) => index.equals(id).primaryKeys()))).flat())
}

async function headsAt(db: TabletDatabase, keys: readonly [string, number][]): Promise<HeadRecord[]> {
  const heads = keys.length === 0 ? [] : await db.heads.bulkGet([...keys])
  return heads.filter((head) => head !== undefined)
}

const distinct = (keys: readonly [string, number][]): [string, number][] => [
  ...new Map(keys.map((key) => [key.join('|'), key])).values(),
]
