/** What the parts of the tablet's database share: who works here, and the identity of this outbox [S2]. */
import type { Table } from 'dexie'
import type { Actor } from '../domain/actor.ts'
import { type RecordId, asClientId } from '../domain/ids.ts'
import type { EntriesById } from '../sync/ports.ts'
import type { PackLimits } from './packs.ts'
import type { ClientState, TabletDatabase } from './schema.ts'
import type { Steady } from './steady.ts'

/** What the parts of the database share. */
export interface DbContext {
  readonly db: TabletDatabase
  readonly actor: Actor
  /** For work that has to know whether its first attempt came through; the ports' methods are steady by themselves. */
  readonly steady: Steady
  /** SHA-256, lower-case hex. */
  readonly hash: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>
  /** A new UUIDv7. */
  readonly newId: () => string
  /** Names the release of the app, where it is known. */
  readonly release?: string | undefined
  readonly packs: PackLimits
  /** The tablet's clock. */
  readonly nowMs: () => number
  /** Tells every view, also in other tabs, which records look different now; `entries` as they were just written. */
  readonly changed: (ids: readonly RecordId[], entries?: EntriesById) => void
}

/** The tables a change of the outbox touches. */
export function tables(db: TabletDatabase): Table[] {
  return [db.client, db.outbox, db.acked, ...rowTables(db), ...lightTables(db)]
}

/** Where rows are kept. */
export function rowTables(db: TabletDatabase): Table[] {
  return [db.rows, db.heads, db.packs, db.texts]
}

/** Where light entries are kept, and the first of them once more (front.ts). */
export function lightTables(db: TabletDatabase): Table[] {
  return [db.fronts, db.index, db.heads, db.texts]
}

/** The identity of this database, minted inside it [S2]. */
export async function readClient({ db, newId }: DbContext): Promise<ClientState> {
  const known = await db.client.get('me')
  if (known !== undefined) return known
  const minted = mintClient(newId)
  await db.client.add(minted)
  return minted
}

export const mintClient = (newId: DbContext['newId']): ClientState => ({
  key: 'me',
  clientId: asClientId(newId()),
  nextMid: 1,
  pull: 0,
  epochs: [],
})

/** Changes what is there of it, inside the caller's transaction. */
export async function changeClient(db: TabletDatabase, change: Partial<ClientState>): Promise<void> {
  const known = await db.client.get('me')
  if (known !== undefined) await db.client.put({ ...known, ...change })
}

/** Entries that wait to be sent. */
export function countQueued(db: TabletDatabase): PromiseLike<number> {
  return db.outbox.where('state').equals('queued').count()
}

/** The server's time at the last page it sent: how old anything is, a tablet's clock that jumps must not say [S2], [S22]. */
export async function serverNowMs({ db, nowMs }: DbContext): Promise<number> {
  return (await db.client.get('me'))?.serverTimeMs ?? nowMs()
}
