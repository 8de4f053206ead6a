/**
 * The rows that the list shows first, in one record: the app is opened with them while all others are read.
 * Whatever changes any light entry takes it away, so that what is there is as it was when it was kept.
 */
import type { RecordId } from '../domain/ids.ts'
import type { IndexEntry } from '../sync/ports.ts'
import { readEntries } from './light.ts'
import type { TabletDatabase } from './schema.ts'

/** None where something has changed since. */
export async function readFront(db: TabletDatabase): Promise<readonly IndexEntry[]> {
  return (await db.fronts.get('list'))?.entries ?? []
}

/** Keeps these as they are stored now. */
export async function keepFront(db: TabletDatabase, ids: readonly RecordId[]): Promise<void> {
  await db.transaction('rw', [db.fronts, db.index, db.heads], async () => {
    const entries = (await readEntries(db, ids)).filter((entry) => entry !== undefined)
    await db.fronts.put({ key: 'list', entries })
  })
}

/** Inside the transaction that changes light entries. */
export const dropFront = (db: TabletDatabase): PromiseLike<void> => db.fronts.delete('list')
