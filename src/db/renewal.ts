/** The light index after a change of release [S25]. */
import { asRecordId } from '../domain/ids.ts'
import { type DbContext, lightTables, readClient, rowTables } from './context.ts'
import { dropFront } from './front.ts'
import { dropStrays, renewHead } from './rows.ts'
import { refreshIndex } from './shown.ts'

/** Ids whose index entries are written in one transaction. */
const INDEX_CHUNK = 500

/**
 * Writes the index anew when another release of the app wrote it: that one may not have known a type, or found other facets
 * in it [S25]. Killed in the middle it begins again.
 */
export async function renewIndex(context: DbContext): Promise<void> {
  const { db, release } = context
  const known = await db.client.get('me')
  if (release === undefined || known?.release === release) return
  // A new database has nothing to renew.
  if (known !== undefined) await renewAll(context)
  await db.transaction('rw', db.client, async () => {
    await db.client.put({ ...(await readClient(context)), release })
  })
}

async function renewAll(context: DbContext): Promise<void> {
  const { db, actor, changed } = context
  await db.transaction('rw', db.heads, db.packs, db.texts, async () => dropStrays(db))
  for (const key of await db.heads.toCollection().primaryKeys()) {
    const ids = await db.transaction('rw', [db.fronts, db.streams, ...rowTables(db)], async () => {
      await dropFront(db)
      return renewHead(context, key)
    })
    changed(ids)
  }
  const indexed = await db.index.toCollection().primaryKeys()
  const rows = await db.rows.orderBy('id').uniqueKeys()
  const ids = [...new Set([...indexed, ...rows.map(String)])].map(asRecordId)
  for (let from = 0; from < ids.length; from += INDEX_CHUNK) {
    const chunk = ids.slice(from, from + INDEX_CHUNK)
    await db.transaction('rw', [db.outbox, ...rowTables(db), ...lightTables(db)], async () =>
      refreshIndex(db, chunk, { actor }),
    )
    changed(chunk)
  }
}
