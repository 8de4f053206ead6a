import type { RecordId } from '../domain/ids.ts'
import type { HeadRecord, TabletDatabase } from './schema.ts'

/** Heads of the packs that hold any of these records: each read once, though it may hold several. */
export async function headsWith(db: TabletDatabase, ids: readonly RecordId[]): Promise<HeadRecord[]> {
  const index = db.heads.where('ids')
  const [only] = ids
  if (only !== undefined && ids.length === 1) return index.equals(only).toArray()
  const keys = (await Promise.all(ids.map((id) => index.equals(id).primaryKeys()))).flat()
  const each = [...new Map(keys.map((key) => [key.join('|'), key])).values()]
  const heads = each.length === 0 ? [] : await db.heads.bulkGet(each)
  return heads.filter((head) => head !== undefined)
}
