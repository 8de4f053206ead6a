/**
 * The rows that the list shows first, in one record: the app is opened with them while all others are read.
 * Whatever changes any light entry takes it away, so that what is there is as it was when it was kept.
 */
import type { RecordId } from '../domain/ids.ts'
import type { IndexEntry } from '../sync/ports.ts'
import { readEntries } from './light.ts'
import { answered, readDatabase } from './plain.ts'
import { type FrontRecord, type TabletDatabase, databaseName } from './schema.ts'

/** None where something has changed since. */
export async function readFront(db: TabletDatabase): Promise<readonly IndexEntry[]> {
  return (await db.fronts.get('list'))?.entries ?? []
}

/** The same, read before Dexie has opened the database. */
export interface EarlyFront {
  /** Of the database, as IndexedDB counts it. */
  readonly version: number
  readonly entries: readonly IndexEntry[]
}

/** Undefined where the person has no database, or none that can be read: whoever opens it finds out what is the matter. */
export async function readEarlyFront(uid: string): Promise<EarlyFront | undefined> {
  try {
    return await readDatabase(databaseName(uid), async (db) => {
      const fronts = db.transaction('fronts', 'readonly').objectStore('fronts')
      const front = await answered<FrontRecord | undefined>(fronts.get('list'))
      return { version: db.version, entries: front?.entries ?? [] }
    })
  } catch {
    return undefined
  }
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
