import type { RecordId } from '../domain/ids.ts'
import { among } from './among.ts'
import type { HeadRecord, TabletDatabase } from './schema.ts'

/** Heads of the packs that hold any of these records: each once, though it may hold several. */
export async function headsWith(db: TabletDatabase, ids: readonly RecordId[]): Promise<HeadRecord[]> {
  const heads = await among(db.heads.where('ids'), ids)
  return [...new Map(heads.map((head) => [`${head.stream}|${head.n}`, head])).values()]
}
