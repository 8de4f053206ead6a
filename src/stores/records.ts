/** The tablet's light index in memory, kept in step with the database, and the one way to save. */
import { defineStore } from 'pinia'
import { computed, nextTick, shallowReadonly, shallowRef, triggerRef, watch } from 'vue'
import type { IsoTime, RecordId } from '../domain/ids.ts'
import type { Change, Intention } from '../domain/mutation.ts'
import { type Result, err, ok } from '../domain/result.ts'
import type { SyncMark } from '../domain/syncMark.ts'
import type { RecordType } from '../domain/record.ts'
import type { EntriesById, IndexEntry, OutboxEntry, SaveError, SaveRefusal, Shown } from '../sync/ports.ts'
import { afterPaint } from './afterPaint.ts'
import { useSession } from './session.ts'
import { useSyncStatus } from './syncStatus.ts'
import { useTabletStorage } from './tabletStorage.ts'

/** What a person wants changed; the store adds version, time and base. */
export interface Wish {
  readonly type: string
  readonly op: Intention['op']
  readonly id: RecordId
  /** Stage of the record the person was looking at; null for a create. */
  readonly stage: string | null
  readonly set: Readonly<Record<string, Change>>
  readonly resolves?: RecordId | undefined
}

/** With the outbox, which needs them too: showing rows does without. Undefined while they cannot be loaded. */
const loadTypes = () => import('../domain/types/index.ts').catch(() => undefined)

/** More than a person changes: they come by syncing, and more are likely to follow. */
const FEW = 20
/** Rows that are coming in are shown at intervals: each time the lists are counted and ordered anew, for a quarter of the time at most. */
const PAUSE_PER_SHOWING = 3
const LONGEST_PAUSE_MS = 300
/** Where they must be read first, the tab that writes them waits for it. */
const READING_PAUSE_MS = 100

const NOTHING_SHOWN = { shown: 0, read: 0, tookMs: 0 }

export const useRecords = defineStore('records', () => {
  const session = useSession()
  const sync = useSyncStatus()
  const storage = useTabletStorage()
  /** Changed in place: copying thousands would cost more than a save. */
  const entries = shallowRef(new Map<RecordId, IndexEntry>())
  const loaded = shallowRef(false)
  /** What the list shows while all is read. */
  const front = shallowRef<readonly IndexEntry[]>([])
  /** The ids that changed last; views watch it to read again. */
  const lastChange = shallowRef<ReadonlySet<RecordId>>(new Set())
  let stop: (() => void) | undefined
  /** What has changed and is not yet here: as this tab has written it, or still to be read. */
  const written = new Map<RecordId, IndexEntry | undefined>()
  const unread = new Set<RecordId>()
  let following = false

  watch(
    () => session.workplace,
    async (workplace) => {
      stop?.()
      stop = undefined
      entries.value = new Map()
      written.clear()
      unread.clear()
      loaded.value = false
      front.value = []
      if (workplace === undefined) return
      stop = workplace.records.onChange(note)
      // By itself: to read all at the same time makes it late.
      const first = await workplace.records.front().catch(() => [])
      if (session.workplace !== workplace) return
      front.value = first
      // Reading all keeps the page busy: what is there is seen before.
      if (first.length > 0) await new Promise<void>((resolve) => afterPaint(resolve))
      if (session.workplace !== workplace) return
      const all = await workplace.records.all().catch((error: unknown) => {
        if (session.workplace === workplace) front.value = []
        throw error
      })
      if (session.workplace !== workplace) return
      entries.value = new Map(all.map((entry) => [entry.id, entry]))
      loaded.value = true
      front.value = []
      if (!following) void follow()
    },
    { immediate: true },
  )

  function note(ids: readonly RecordId[], entriesById?: EntriesById): void {
    for (const id of ids) {
      const isKnown = entriesById?.has(id) === true
      if (isKnown) written.set(id, entriesById.get(id))
      else written.delete(id)
      if (isKnown) unread.delete(id)
      else unread.add(id)
    }
    if (loaded.value && !following) void follow()
  }

  /** Shows what has changed, in the order in which it did; many rows that come are shown together. */
  async function follow(): Promise<void> {
    following = true
    try {
      // What brings many is itself work: showing them is a task of its own.
      if (written.size + unread.size > FEW) await pause(0)
      // Between two persons nothing is shown: all is read first.
      while (loaded.value && written.size + unread.size > 0) {
        const { shown, read, tookMs } = await showChanges()
        if (read > FEW) await pause(READING_PAUSE_MS)
        else if (shown > FEW) await pause(tookMs * PAUSE_PER_SHOWING)
      }
    } finally {
      following = false
    }
  }

  /**
   * Answers how many there were, how many of them were read, and how long the views took with them. What is read may be older
   * than what is handed over meanwhile, which comes the next time.
   */
  async function showChanges(): Promise<typeof NOTHING_SHOWN> {
    const changes = new Map(written)
    const ids = [...unread]
    written.clear()
    unread.clear()
    const { workplace } = session
    if (workplace === undefined) return NOTHING_SHOWN
    if (ids.length > 0) {
      const found = await workplace.records.some(ids).catch((error: unknown) => {
        if (session.workplace === workplace) putBack(changes, ids)
        throw error
      })
      ids.forEach((id, index) => changes.set(id, found[index]))
    }
    if (session.workplace !== workplace) return NOTHING_SHOWN
    for (const [id, entry] of changes) {
      if (entry === undefined) entries.value.delete(id)
      else entries.value.set(id, entry)
    }
    const startedMs = performance.now()
    triggerRef(entries)
    lastChange.value = new Set(changes.keys())
    await nextTick()
    return { shown: changes.size, read: ids.length, tookMs: performance.now() - startedMs }
  }

  /** What could not be shown is shown with what comes next, unless that is newer. */
  function putBack(changes: ReadonlyMap<RecordId, IndexEntry | undefined>, ids: readonly RecordId[]): void {
    const isNewer = (id: RecordId): boolean => written.has(id) || unread.has(id)
    for (const [id, entry] of changes) if (!isNewer(id)) written.set(id, entry)
    for (const id of ids) if (!isNewer(id)) unread.add(id)
  }

  /** Everything, in no order. */
  const all = computed<readonly IndexEntry[]>(() => [...entries.value.values()])
  const byType = computed(() => Map.groupBy(entries.value.values(), (entry) => entry.type))

  /** Records with an open conflict. */
  const conflicted = computed(
    () =>
      new Set(
        (byType.value.get('conflict') ?? [])
          .filter(({ stage }) => stage === 'open')
          .map(({ facets }) => facets['target']),
      ),
  )

  function ofType(type: string): readonly IndexEntry[] {
    return byType.value.get(type) ?? []
  }

  /** Where a row is on its way [M1-6]. A value, as Pinia makes every call of a store's function an action of its own. */
  const markOf = computed(() => {
    const inConflict = conflicted.value
    return (entry: Pick<IndexEntry, 'id' | 'queued' | 'parked'>): SyncMark => {
      if (entry.parked > 0) return 'parked'
      if (inConflict.has(entry.id)) return 'conflict'
      if (entry.queued > 0) return sync.isSending ? 'sending' : 'local'
      return 'received'
    }
  })

  /** Whether the tablet may hold something of it; true as long as that is not known. */
  function mayHold(id: RecordId): boolean {
    return !loaded.value || entries.value.has(id)
  }

  /** What is to be shown first when the app is opened again; of no matter should it fail. */
  function keepFront(ids: readonly RecordId[]): void {
    session.workplace?.records.keepFront(ids).catch(() => undefined)
  }

  /** The light entry of a record; undefined when it is not here. */
  const entryOf = (id: RecordId): IndexEntry | undefined => entries.value.get(id)

  async function read(id: RecordId): Promise<Shown | undefined> {
    return session.workplace?.records.read(id)
  }

  /** Several at once, by id; those with nothing to show are left out. */
  async function readAll(ids: readonly RecordId[]): Promise<ReadonlyMap<RecordId, Shown>> {
    const shown = (await session.workplace?.records.readAll(ids)) ?? []
    return new Map(shown.map((one) => [one.record.id, one]))
  }

  async function where(type: string, facet: string, value: string): Promise<readonly Shown[]> {
    return (await session.workplace?.records.where(type, facet, value)) ?? []
  }

  /** Ids of the records that hold all keys (queryKeys). */
  async function search(keys: readonly string[]): Promise<ReadonlySet<RecordId>> {
    return new Set(await session.workplace?.records.search(keys))
  }

  /** Saves durably on the tablet and sends when it can. */
  async function save(wish: Wish): Promise<Result<OutboxEntry, SaveError>> {
    const saved = await saveAll([wish])
    if (!saved.ok) return err(saved.error.error)
    const [entry] = saved.value
    if (entry === undefined) throw new Error('A save left no entry.')
    return ok(entry)
  }

  /** Saves all of them or none, in order; each may build on the ones before. */
  async function saveAll(wishes: readonly Wish[]): Promise<Result<readonly OutboxEntry[], SaveRefusal>> {
    const { workplace } = session
    if (workplace === undefined) return err({ index: 0, error: { type: 'notAllowed', field: null } })
    const types = await loadTypes()
    if (types === undefined) return err({ index: 0, error: { type: 'notLoaded' } })
    const at = workplace.now()
    const saved = await workplace.outbox.saveAll(
      wishes.map((wish) => intentionOf(wish, types.typeOf(wish.type), at)),
    )
    if (saved.ok) {
      workplace.sync.saved()
      void storage.persistOnce()
    } else if (saved.error.error.type === 'storageDead') {
      // Syncing meets the same database, and says so with the way out.
      void workplace.sync.now()
    }
    return saved
  }

  return {
    loaded: shallowReadonly(loaded),
    front: shallowReadonly(front),
    keepFront,
    lastChange: shallowReadonly(lastChange),
    all,
    ofType,
    markOf,
    conflicted,
    mayHold,
    entryOf,
    read,
    readAll,
    where,
    search,
    save,
    saveAll,
  }
})

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(ms, LONGEST_PAUSE_MS)))

/** `at`: when the person saved, by the tablet's clock. */
function intentionOf({ resolves, ...wish }: Wish, type: RecordType | undefined, at: IsoTime): Intention {
  return {
    ...wish,
    ...(resolves === undefined ? {} : { resolves }),
    v: type?.version ?? 1,
    set: { ...wish.set },
    blobs: blobsOf(wish, type),
    at,
  }
}

/** Hashes of the bytes it names [S24]. */
function blobsOf({ set }: Pick<Wish, 'set'>, type: RecordType | undefined): string[] {
  const hashes = (type?.blobs ?? []).map((field) => set[field]?.to)
  return hashes.filter((hash) => typeof hash === 'string')
}
