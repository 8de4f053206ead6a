/** Room for what people write, when the quota is used up [S7]: what the server has goes first. */
import { evict } from './photos.ts'
import type { TabletDatabase } from './schema.ts'

/** What is gained at once; asked for again while it does not suffice. */
const PHOTO_BYTES = 20 * 1024 * 1024

/**
 * Photos that can be fetched again go first [S24], then the older half of what is kept for a restored server [S22]. Answers
 * whether there was any.
 */
export async function makeRoom(db: TabletDatabase): Promise<boolean> {
  if ((await evict(db, PHOTO_BYTES)) > 0) return true
  const count = await db.acked.count()
  const oldest = await db.acked
    .orderBy('ackedAtMs')
    .limit(Math.ceil(count / 2))
    .primaryKeys()
  await db.acked.bulkDelete(oldest)
  return count > 0
}
