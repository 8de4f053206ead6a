/** The tablet's light index in memory, kept in step with the database, and the one way to save. */
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import type { RecordId } from '../domain/ids.ts'
import type { Change, Intention } from '../domain/mutation.ts'
import { type Result, err } from '../domain/result.ts'
import type { SyncMark } from '../domain/syncMark.ts'
import type { RecordType } from '../domain/record.ts'
import type { IndexEntry, OutboxEntry, SaveError, Shown } from '../sync/ports.ts'
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
  readonly resolves?: RecordId
}

/** With the outbox, which needs them too: showing rows does without. Undefined while they cannot be loaded. */
const loadTypes = () => import('../domain/types/index.ts').catch(() => undefined)

export const useRecords = defineStore('records', () => {
  const session = useSession()
  const sync = useSyncStatus()
  const storage = useTabletStorage()
  const entries = shallowRef<ReadonlyMap<RecordId, IndexEntry>>(new Map())
  const loaded = shallowRef(false)
  /** The ids that changed last; views watch it to read again. */
  const lastChange = shallowRef<ReadonlySet<RecordId>>(new Set())
  let stop: (() => void) | undefined

  watch(
    () => session.workplace,
    async (workplace) => {
      stop?.()
      stop = undefined
      entries.value = new Map()
      loaded.value = false
      if (workplace === undefined) return
      stop = workplace.records.onChange((ids) => void refresh(ids))
      const all = await workplace.records.all()
      if (session.workplace !== workplace) return
      entries.value = new Map(all.map((entry) => [entry.id, entry]))
      loaded.value = true
    },
    { immediate: true },
  )

  async function refresh(ids: readonly RecordId[]): Promise<void> {
    const { workplace } = session
    if (workplace === undefined) return
    const fresh = await workplace.records.some(ids)
    if (session.workplace !== workplace) return
    const next = new Map(entries.value)
    ids.forEach((id, index) => {
      const entry = fresh[index]
      if (entry === undefined) next.delete(id)
      else next.set(id, entry)
    })
    entries.value = next
    lastChange.value = new Set(ids)
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

  /** Where a row is on its way [M1-6]. */
  function markOf(entry: Pick<IndexEntry, 'id' | 'queued' | 'parked'>): SyncMark {
    if (entry.parked > 0) return 'parked'
    if (conflicted.value.has(entry.id)) return 'conflict'
    if (entry.queued > 0) return sync.isSending ? 'sending' : 'local'
    return 'received'
  }

  /** Whether the tablet may hold something of it; true as long as that is not known. */
  function mayHold(id: RecordId): boolean {
    return !loaded.value || entries.value.has(id)
  }

  /** The light entry of a record; undefined when it is not here. */
  const entryOf = (id: RecordId): IndexEntry | undefined => entries.value.get(id)

  async function read(id: RecordId): Promise<Shown | undefined> {
    return session.workplace?.records.read(id)
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
    const { workplace } = session
    if (workplace === undefined) return err({ type: 'notAllowed', field: null })
    const types = await loadTypes()
    if (types === undefined) return err({ type: 'notLoaded' })
    const type = types.typeOf(wish.type)
    const { resolves, ...rest } = wish
    const saved = await workplace.outbox.save({
      ...rest,
      ...(resolves === undefined ? {} : { resolves }),
      v: type?.version ?? 1,
      set: { ...wish.set },
      blobs: blobsOf(wish, type),
      at: workplace.now(),
    })
    if (saved.ok) {
      workplace.sync.saved()
      void storage.persistOnce()
    } else if (saved.error.type === 'storageDead') {
      // Syncing meets the same database, and says so with the way out.
      void workplace.sync.now()
    }
    return saved
  }

  return {
    loaded: shallowReadonly(loaded),
    lastChange: shallowReadonly(lastChange),
    all,
    ofType,
    markOf,
    conflicted,
    mayHold,
    entryOf,
    read,
    where,
    search,
    save,
  }
})

/** Hashes of the bytes it names [S24]. */
function blobsOf({ set }: Wish, type: RecordType | undefined): string[] {
  const hashes = (type?.blobs ?? []).map((field) => set[field]?.to)
  return hashes.filter((hash) => typeof hash === 'string')
}
