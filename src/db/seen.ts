/** What the person has seen on this tablet. */
import type { IsoTime } from '../domain/ids.ts'
import type { Seen } from '../sync/ports.ts'
import type { TabletDatabase } from './schema.ts'

/** Kept beside the forms, where everything is the person's own and on this tablet alone. */
const SEEN_ID = '.seen'
const MAX_SEEN = 2000

export function createSeen(db: TabletDatabase, now: () => IsoTime): Seen {
  const load = async (): Promise<string[]> => {
    const value = (await db.forms.get(SEEN_ID))?.value
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []
  }
  return {
    load,
    add: (ids) =>
      db.transaction('rw', db.forms, async () => {
        const value = [...new Set([...(await load()), ...ids])].slice(-MAX_SEEN)
        await db.forms.put({ id: SEEN_ID, value, savedAt: now() })
        return value
      }),
  }
}
