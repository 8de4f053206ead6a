/** Opens one person's database and offers it through the ports. */
import type { Actor } from '../domain/actor.ts'
import { type IsoTime, type RecordId, type Uid, asRecordId } from '../domain/ids.ts'
import { err } from '../domain/result.ts'
import type { Forms, Outbox, Records, Replica, Shown } from '../sync/ports.ts'
import type { DbContext } from './context.ts'
import { TabletDatabase, databaseName } from './schema.ts'
import { facetKey } from './facetKey.ts'

export interface Tablet {
  /** Whose database it is. */
  readonly owner: Uid
  readonly outbox: Outbox
  /** Loaded with the engine, after the first paint. */
  replica(): Promise<Replica>
  readonly records: Records
  readonly forms: Forms
  close(): void
  /** Deletes the database with everything in it. */
  destroy(): Promise<void>
}

export interface TabletOptions {
  readonly actor: Actor
  readonly hash: (text: string) => Promise<string>
  readonly newId: () => string
  readonly now: () => IsoTime
  /** Differs with every release of the app. */
  readonly release?: string
  readonly nowMs: () => number
  /** Carries changed ids to other tabs of the same person; absent in tests without tabs. */
  readonly channel?: Channel
  /** For tests: other implementations of IndexedDB. */
  readonly indexedDB?: { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange }
}

/** What is used of BroadcastChannel. */
export interface Channel {
  postMessage(ids: readonly string[]): void
  onMessage(listener: (ids: readonly string[]) => void): void
  close(): void
}

/** Opens (and creates on first use) the database of the actor. Rejects when IndexedDB is not to be had. */
export async function openTablet(options: TabletOptions): Promise<Tablet> {
  const db = new TabletDatabase(databaseName(options.actor.uid), options.indexedDB ?? {})
  await db.open()
  const listeners = new Set<(ids: readonly RecordId[]) => void>()
  const tell = (ids: readonly RecordId[]): void => listeners.forEach((listener) => listener(ids))
  options.channel?.onMessage((ids) => tell(ids.map(asRecordId)))
  const context: DbContext = {
    db,
    actor: options.actor,
    hash: options.hash,
    newId: options.newId,
    release: options.release,
    nowMs: options.nowMs,
    changed(ids) {
      if (ids.length === 0) return
      tell(ids)
      options.channel?.postMessage(ids)
    },
  }
  return {
    owner: options.actor.uid,
    outbox: lateOutbox(db, async () => (await import('./outbox.ts')).createOutbox(context)),
    async replica() {
      const { createReplica, renewIndex } = await import('./replica.ts')
      await renewIndex(context)
      return createReplica(context)
    },
    records: createRecords(context, listeners),
    forms: createForms(db, options.now),
    close() {
      options.channel?.close()
      db.close()
    },
    async destroy() {
      options.channel?.close()
      await db.delete()
    },
  }
}

/**
 * The rules of saving are a large part of the app; lists and ホーム are read from the index without them. They load while the
 * first screen is read. On a first visit the network can go before they are here: then nothing is saved, and it is said.
 */
function lateOutbox(db: TabletDatabase, load: () => Promise<Omit<Outbox, 'queuedCount'>>): Outbox {
  void load().catch(() => undefined)
  return {
    async save(intention) {
      const outbox = await load().catch(() => undefined)
      return outbox === undefined ? err({ type: 'notLoaded' }) : outbox.save(intention)
    },
    nextBatch: async (limit) => (await load()).nextBatch(limit),
    settle: async (clientId, receipts) => (await load()).settle(clientId, receipts),
    answeredClients: async () => (await load()).answeredClients(),
    sendAgainBeyond: async (clientId, lmid) => (await load()).sendAgainBeyond(clientId, lmid),
    lastAnswered: async () => (await load()).lastAnswered(),
    renumberFrom: async (clientId, mid) => (await load()).renumberFrom(clientId, mid),
    queuedCount: () => db.outbox.where('state').equals('queued').count(),
    unsettled: async () => (await load()).unsettled(),
    discardParked: async (n) => (await load()).discardParked(n),
  }
}

function createRecords(
  { db, actor }: DbContext,
  listeners: Set<(ids: readonly RecordId[]) => void>,
): Records {
  const shown = async (ids: readonly RecordId[]): Promise<Shown[]> => {
    const { readShown } = await import('./shown.ts')
    return db.transaction('r', db.rows, db.outbox, async () => readShown(db, ids, actor))
  }
  return {
    all: () => db.index.toArray(),
    some: (ids) => db.index.bulkGet([...ids]),
    read: async (id) => (await shown([id]))[0],
    async where(type, facet, value) {
      const ids = await db.index
        .where('keys')
        .equals(facetKey(type, facet, value))
        .primaryKeys()
      return shown(ids)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function createForms(db: TabletDatabase, now: () => IsoTime): Forms {
  return {
    load: async (id) => (await db.forms.get(id))?.value,
    keep: async (id, value) => void (await db.forms.put({ id, value, savedAt: now() })),
    drop: (id) => db.forms.delete(id),
    async list() {
      const forms = await db.forms.toArray()
      return forms.sort((a, b) => (a.savedAt < b.savedAt ? 1 : -1)).map(({ id }) => id)
    },
  }
}
