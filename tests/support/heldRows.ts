/** What a tablet's database holds, however it is kept: rows by themselves and in packs, index entries likewise. */
import { blockKeys, readPack } from '../../src/db/packs.ts'
import { isHeld } from '../../src/db/held.ts'
import type { RowRecord, TabletDatabase } from '../../src/db/schema.ts'

/** Every row of every stream, in the order of stream and id. */
export async function everyRow(db: TabletDatabase): Promise<RowRecord[]> {
  return db.transaction('r', db.rows, db.heads, db.packs, async () => {
    const [single, heads] = await Promise.all([db.rows.toArray(), db.heads.toArray()])
    const packs = await Promise.all(heads.map(async (head) => readPack(db, head)))
    const blocks = await db.packs.count()
    if (blocks !== heads.flatMap(blockKeys).length) throw new Error('blocks without their pack')
    const over = new Set(single.map(({ stream, id }) => `${stream}|${id}`))
    const packed = packs.flatMap((rows) => {
      if (rows === undefined) throw new Error('a head without its pack')
      return rows
    })
    return [
      ...single.filter(isHeld),
      ...packed.filter(({ stream, id }) => !over.has(`${stream}|${id}`)),
    ].sort((a, b) => (`${a.stream}|${a.id}` < `${b.stream}|${b.id}` ? -1 : 1))
  })
}
