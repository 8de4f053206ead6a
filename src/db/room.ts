/** Room for what people write, when the quota is used up [S7]: what the server has goes first. */
import type { TabletDatabase } from './schema.ts'

/** Gives up the older half of what is kept for a restored server [S22]; answers whether there was any. */
export async function makeRoom(db: TabletDatabase): Promise<boolean> {
  const count = await db.acked.count()
  const oldest = await db.acked
    .orderBy('ackedAtMs')
    .limit(Math.ceil(count / 2))
    .primaryKeys()
  await db.acked.bulkDelete(oldest)
  return count > 0
}
