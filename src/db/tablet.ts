/** Opens one person's database and offers it through the ports. */
import type { Actor } from '../domain/actor.ts'
import { type IsoTime, type RecordId, type Uid, asRecordId } from '../domain/ids.ts'
import { err } from '../domain/result.ts'
import type { PhotoShelf } from '../sync/photoPorts.ts'
import { NewerReleaseError } from '../sync/storageErrors.ts'
import type { Forms, Outbox, Records, Replica, Seen, Shown } from '../sync/ports.ts'
import { type DbContext, countQueued, mintClient, rowTables } from './context.ts'
import { type EarlyFront, keepFront, readFront } from './front.ts'
import { type Aside, asideKey, createForms } from './forms.ts'
import { type PackLimits, PACKS } from './packs.ts'
import { TabletDatabase, databaseName } from './schema.ts'
import { allEntries, someEntries } from './light.ts'
import type { SearchDesk } from './searchDesk.ts'
import { createSeen } from './seen.ts'
import { createSteady } from './steady.ts'

export interface Tablet {
  /** Whose database it is. */
  readonly owner: Uid
  readonly outbox: Outbox
  /** Loaded with the engine, after the first paint. */
  replica(): Promise<Replica>
  readonly records: Records
  readonly forms: Forms
  /** Loaded when a photo is first asked for. */
  photos(): Promise<PhotoShelf>
  readonly seen: Seen
  close(): void
  /** Deletes the database with everything in it. */
  destroy(): Promise<void>
}

export interface TabletOptions {
  readonly actor: Actor
  readonly hash: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>
  readonly newId: () => string
  readonly now: () => IsoTime
  /** Differs with every release of the app. */
  readonly release?: string
  /** Told where there was no database: much is to come, and nothing can be shown before. */
  readonly onNew?: () => void
  readonly nowMs: () => number
  /** What readEarlyFront is about to answer, where somebody has asked. */
  readonly early?: Promise<EarlyFront | undefined> | undefined
  /** For tests with few rows. */
  readonly packs?: PackLimits
  /** Carries changed ids to other tabs of the same person; absent in tests without tabs. */
  readonly channel?: Channel
  /** Keeps forms that the database does not take, over a reload. */
  readonly aside?: Aside | undefined
  /** For tests: other implementations of IndexedDB. */
  readonly indexedDB?: { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange }
}

/** What is used of BroadcastChannel. */
export interface Channel {
  postMessage(ids: readonly string[]): void
  onMessage(listener: (ids: readonly string[]) => void): void
  close(): void
}

/**
 * Opens (and creates on first use) the database of the actor. Rejects when IndexedDB is not to be had, with NewerReleaseError
 * where a newer release has been here.
 */
export async function openTablet(options: TabletOptions): Promise<Tablet> {
  const { uid } = options.actor
  const db = new TabletDatabase(databaseName(uid), options.indexedDB ?? {})
  db.on('populate', () => {
    options.onNew?.()
    const { newId, release } = options
    void db.client.add({ ...mintClient(newId), ...(release === undefined ? {} : { release }) })
  })
  const opening = openAsOurs(db)
  // It may fail while nobody waits for it; whatever is asked of the database then fails too.
  opening.catch(() => undefined)
  const early = await options.early
  // Of a database that is there as this release makes them, the first rows need not wait for Dexie; all else does.
  let front = early?.version === versionOf(db) ? early.entries : undefined
  if (front === undefined) await opening
  // Whoever deletes the database means what lies aside of it too.
  db.on('versionchange', ({ newVersion }) => {
    if (newVersion === null) options.aside?.removeItem(asideKey(uid))
  })
  const steady = createSteady(db, async () => (await import('./room.ts')).makeRoom(db))
  const listeners = new Set<Parameters<Records['onChange']>[0]>()
  const search = lateSearch(db)
  const tell: DbContext['changed'] = (ids, entries) => {
    search.changed(ids)
    listeners.forEach((listener) => listener(ids, entries))
  }
  options.channel?.onMessage((ids) => tell(ids.map(asRecordId)))
  const context: DbContext = {
    db,
    actor: options.actor,
    steady,
    hash: options.hash,
    newId: options.newId,
    release: options.release,
    packs: options.packs ?? PACKS,
    nowMs: options.nowMs,
    changed(ids, entries) {
      if (ids.length === 0) return
      tell(ids, entries)
      options.channel?.postMessage(ids)
    },
  }
  return {
    owner: uid,
    outbox: steady.all(lateOutbox(db, async () => (await import('./outbox.ts')).createOutbox(context))),
    async replica() {
      const [{ createReplica }, { renewIndex }] = await loadSyncing()
      await steady.run(() => renewIndex(context))
      return steady.all(createReplica(context))
    },
    records: {
      ...steady.all(createRecords(context, search.find)),
      async front() {
        const first = front
        front = undefined
        return first ?? steady.run(() => readFront(db))
      },
      // Nothing is given up to make room for what only saves time.
      keepFront: (ids) => keepFront(db, ids),
      onChange(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    forms: createForms(db, { ...options, uid, steady }),
    photos: async () => steady.all((await import('./photos.ts')).createPhotoShelf(context)),
    seen: steady.all(createSeen(db, options.now)),
    close() {
      search.end()
      options.channel?.close()
      db.closeForGood()
    },
    async destroy() {
      search.end()
      options.channel?.close()
      options.aside?.removeItem(asideKey(uid))
      db.closeForGood()
      await db.delete()
    },
  }
}

/** Dexie multiplies versions by ten. */
const versionOf = (db: TabletDatabase): number => db.verno * 10

/** @throws NewerReleaseError where a newer release has made it, which Dexie opens all the same. */
async function openAsOurs(db: TabletDatabase): Promise<void> {
  await db.open()
  if (db.backendDB().version <= versionOf(db)) return
  db.closeForGood()
  throw new NewerReleaseError('A newer release has made the database.')
}

/** What the engine works with: the outbox too, so that it is here when somebody saves. */
export const loadSyncing = () =>
  Promise.all([import('./replica.ts'), import('./renewal.ts'), import('./outbox.ts')])

/**
 * The rules of saving are a large part of the app; lists and ホーム are read from the index without them. They load with the
 * engine. On a first visit the network can go before they are here: then nothing is saved, and it is said.
 */
function lateOutbox(db: TabletDatabase, fetch: () => Promise<Omit<Outbox, 'queuedCount'>>): Outbox {
  let loading: ReturnType<typeof fetch> | undefined
  async function load(): ReturnType<typeof fetch> {
    loading ??= fetch()
    try {
      return await loading
    } catch (error) {
      loading = undefined
      throw error
    }
  }
  return {
    async save(intention) {
      const outbox = await load().catch(() => undefined)
      return outbox === undefined ? err({ type: 'notLoaded' }) : outbox.save(intention)
    },
    async saveAll(intentions) {
      const outbox = await load().catch(() => undefined)
      const notLoaded = { index: 0, error: { type: 'notLoaded' } } as const
      return outbox === undefined ? err(notLoaded) : outbox.saveAll(intentions)
    },
    nextBatch: async (limit) => (await load()).nextBatch(limit),
    settle: async (clientId, receipts) => (await load()).settle(clientId, receipts),
    answeredClients: async () => (await load()).answeredClients(),
    sendAgain: async (clientId, lmid) => (await load()).sendAgain(clientId, lmid),
    lastAnswered: async () => (await load()).lastAnswered(),
    renumberFrom: async (...args) => (await load()).renumberFrom(...args),
    queuedCount: async () => countQueued(db),
    unsettled: async (ids) => (await load()).unsettled(ids),
    discardParked: async (n) => (await load()).discardParked(n),
  }
}

/** Searching begins with the first question: its code loads then, and what changed before is of no interest. */
function lateSearch(db: TabletDatabase): SearchDesk {
  let desk: Promise<SearchDesk | undefined> | undefined
  const open = async (): Promise<SearchDesk | undefined> =>
    (await import('./searchDesk.ts').catch(() => undefined))?.openSearchDesk(db)
  return {
    changed: (ids) => void desk?.then((opened) => opened?.changed(ids)),
    async find(keys) {
      desk ??= open()
      const opened = await desk
      if (opened !== undefined) return opened.find(keys)
      desk = undefined
      throw new Error('The code that searches could not be loaded.')
    },
    end: () => void desk?.then((opened) => opened?.end()),
  }
}

function createRecords(
  { db, actor }: DbContext,
  find: SearchDesk['find'],
): Omit<Records, 'onChange' | 'front' | 'keepFront'> {
  const shown = async (ids: readonly RecordId[]): Promise<Shown[]> => {
    const { readShown } = await import('./shown.ts')
    return db.transaction('r', [db.outbox, ...rowTables(db)], async () => readShown(db, ids, actor))
  }
  return {
    all: () => allEntries(db),
    some: (ids) => someEntries(db, ids),
    search: find,
    read: async (id) => (await shown([id]))[0],
    readAll: shown,
    async where(type, facet, value) {
      const { idsWhere } = await import('./facets.ts')
      const ids = await idsWhere(db, { type, facet, value })
      return shown(ids)
    },
  }
}
