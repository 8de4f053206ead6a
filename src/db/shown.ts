/** Reads records as the person sees them, and keeps the light index in step. Runs inside the caller's transaction. */
import type { Actor } from '../domain/actor.ts'
import { type RecordId, asRecordId } from '../domain/ids.ts'
import type { Mutation } from '../domain/mutation.ts'
import type { Facets, Fields, StoredRecord } from '../domain/record.ts'
import { typeOf } from '../domain/types/index.ts'
import type { IndexEntry, OutboxEntry, Shown } from '../sync/ports.ts'
import { replay, valuesOf } from '../sync/replay.ts'
import { FEW, among } from './among.ts'
import { headEntryOf, lightEntryOf, searchTextOf } from './entry.ts'
import { facetKey, keyedFacets } from './facetKey.ts'
import { dropFront } from './front.ts'
import { headsWith } from './heads.ts'
import { type Held, rowsOf } from './held.ts'
import { shownEntries } from './light.ts'
import { idsIn } from './packs.ts'
import { putAll } from './putAll.ts'
import type { NewOutboxEntry, RowRecord, StoredIndexEntry, TabletDatabase } from './schema.ts'

/** What the tablet holds of one record. */
export interface Sources<Entry extends NewOutboxEntry = OutboxEntry> {
  readonly rows: readonly RowRecord[]
  readonly entries: readonly Entry[]
  /** A resolve of this conflict is on its way. */
  readonly resolved: boolean
}

/** `held`: what was read of some of them already. */
export async function readSources(
  db: TabletDatabase,
  ids: readonly RecordId[],
  held?: Held,
): Promise<Map<RecordId, Sources>> {
  const [rows, entries] = await Promise.all([rowsAmong(db, ids, held), entriesAmong(db, ids)])
  const conflicts = rows.filter(({ record }) => record.type === 'conflict').map(({ id }) => id)
  const resolves = conflicts.length === 0 ? [] : await among(db.outbox.where('mutation.resolves'), conflicts)
  const resolved = new Set(
    resolves.flatMap(({ state, mutation }) => (state === 'parked' ? [] : [mutation.resolves])),
  )
  const rowsById = Map.groupBy(rows, ({ id }) => id)
  const entriesById = Map.groupBy(entries, ({ recordId }) => recordId)
  return new Map(
    ids.map((id) => [
      id,
      { rows: rowsById.get(id) ?? [], entries: entriesById.get(id) ?? [], resolved: resolved.has(id) },
    ]),
  )
}

async function rowsAmong(
  db: TabletDatabase,
  ids: readonly RecordId[],
  held: Held | undefined,
): Promise<RowRecord[]> {
  const known = held === undefined ? [] : ids.filter((id) => held.knows(id))
  if (held === undefined || known.length === 0) return rowsOf(db, ids)
  const others = ids.filter((id) => !held.knows(id))
  const read = others.length === 0 ? [] : await rowsOf(db, others)
  if (held.lacks(known)) await held.load(known)
  return [...held.rowsOf(known), ...read]
}

/** Pending work is mostly little: all of it is read sooner than that of a page's records one by one. */
async function entriesAmong(db: TabletDatabase, ids: readonly RecordId[]): Promise<OutboxEntry[]> {
  const isLittle = ids.length > FEW && (await db.outbox.count()) <= ids.length
  if (!isLittle) return among(db.outbox.where('recordId'), ids)
  const wanted = new Set(ids)
  return (await db.outbox.toArray()).filter(({ recordId }) => wanted.has(recordId))
}

/** The server's version over all streams that carry it: the newest, with the fields of equal revisions together. */
export function baseOf({ rows, resolved }: Pick<Sources, 'rows' | 'resolved'>): StoredRecord | undefined {
  const base = rows.reduce<StoredRecord | undefined>((best, { record }) => {
    if (best === undefined || record.rev > best.rev) return record
    if (record.rev < best.rev) return best
    return { ...best, fields: { ...record.fields, ...best.fields } }
  }, undefined)
  return base !== undefined && resolved ? { ...base, stage: 'resolved' } : base
}

type Parents = ReadonlyMap<RecordId, StoredRecord | undefined>
const NO_PARENTS: Parents = new Map()

/**
 * Parents as shown, all at once. Where there are none, do not wait for it: code that waits for long without asking the
 * database falls out of its transaction (Dexie follows a hundred waits, and few at its beginning).
 */
async function readParents(db: TabletDatabase, ids: readonly RecordId[], actor: Actor): Promise<Parents> {
  return new Map(
    [...(await readSources(db, ids))].map(([id, source]) => [
      id,
      replay({ base: baseOf(source), parent: undefined, entries: source.entries, actor }),
    ]),
  )
}

/** The record that one of this type and these fields hangs on. */
export function parentIdIn(type: string, fields: Fields): RecordId | undefined {
  const link = typeOf(type)?.parent
  const value = link === undefined ? null : fields[link.field]
  return typeof value === 'string' ? asRecordId(value) : undefined
}

function parentIdsOf(sources: readonly Sources[]): RecordId[] {
  return [...new Set(sources.map(parentIdOf).filter((id) => id !== undefined))]
}

/** The record that one hangs on, by what the server says of it, else by its create. */
export function parentIdOf(source: Sources<NewOutboxEntry>): RecordId | undefined {
  const base = baseOf(source)
  const create = source.entries[0]?.mutation
  const type = base?.type ?? create?.type
  if (type === undefined) return undefined
  return parentIdIn(type, base?.fields ?? (create === undefined ? {} : valuesOf(create)))
}

function shownOf(source: Sources, parents: Parents, actor: Actor): Shown | undefined {
  const { entries } = source
  const parentId = parentIdOf(source)
  const parent = parentId === undefined ? undefined : parents.get(parentId)
  const record = replay({ base: baseOf(source), parent, entries, actor })
  if (record === undefined) return undefined
  return {
    record,
    parent,
    queued: entries.filter(({ state }) => state === 'queued'),
    parked: entries.filter(({ state }) => state === 'parked'),
  }
}

/** Records as shown, in the order asked for; those with nothing to show are left out. */
export async function readShown(
  db: TabletDatabase,
  ids: readonly RecordId[],
  actor: Actor,
): Promise<Shown[]> {
  const sources = [...(await readSources(db, ids)).values()]
  const parentIds = parentIdsOf(sources)
  const parents = parentIds.length === 0 ? NO_PARENTS : await readParents(db, parentIds, actor)
  return sources.map((source) => shownOf(source, parents, actor)).filter((one) => one !== undefined)
}

/**
 * Rewrites the index entries of these records from what is stored now; entries of vanished records go, and those of records of
 * which a pack says all there is. Answers them as lists have them.
 */
export async function refreshIndex(
  db: TabletDatabase,
  ids: Iterable<RecordId>,
  { actor, held }: { actor: Actor; held?: Held | undefined },
): Promise<Map<RecordId, IndexEntry | undefined>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const sources = await readSources(db, wanted, held)
  // Only a pending record needs its parent; the others are as the server sent them.
  const pending = [...sources.values()].filter((source) => source.entries.length > 0)
  const parentIds = parentIdsOf(pending)
  const parents = parentIds.length === 0 ? NO_PARENTS : await readParents(db, parentIds, actor)
  const entries = new Map<RecordId, StoredIndexEntry | undefined>()
  const packed = new Map<RecordId, IndexEntry | undefined>()
  for (const [id, source] of sources) {
    const isPending = source.entries.length > 0
    const record = isPending ? shownOf(source, parents, actor)?.record : baseOf(source)
    if (isPending || source.resolved || held?.isInOnePack(id) !== true)
      entries.set(id, indexEntryOf(record, source.entries))
    else packed.set(id, lightEntryOf(record))
  }
  if (packed.size > 0) await db.index.bulkDelete([...packed.keys()])
  await putEntries(db, entries)
  return new Map([...packed, ...shownEntries(entries)])
}

/** The light entry of a record as shown; undefined where there is nothing to list. */
export function indexEntryOf(
  record: StoredRecord | undefined,
  outbox: readonly NewOutboxEntry[],
): StoredIndexEntry | undefined {
  if (record === undefined || record.removed) return undefined
  const entry = headEntryOf(record)
  if (entry === undefined) return undefined
  const settled = outbox.findLast(({ state }) => state === 'settled')
  return {
    ...entry,
    search: searchTextOf(record),
    receiptNo: settled?.receipt?.receiptNo ?? record.receiptNo,
    queued: outbox.filter(({ state }) => state === 'queued').length,
    parked: outbox.filter(({ state }) => state === 'parked').length,
    keys: facetKeys(record.type, entry.facets),
  }
}

/** Writes entries, and takes those away of which there is nothing to show any more. */
export async function putEntries(
  db: TabletDatabase,
  entries: ReadonlyMap<RecordId, StoredIndexEntry | undefined>,
): Promise<void> {
  const gone = [...entries].filter(([, entry]) => entry === undefined).map(([id]) => id)
  const shown = [...entries.values()].filter((entry) => entry !== undefined)
  await Promise.all([dropFront(db), putGone(db, gone), putAll(db.index, shown)])
}

/** Nothing is to be shown of them any more; what a pack holds is said to be gone. */
async function putGone(db: TabletDatabase, gone: readonly RecordId[]): Promise<void> {
  if (gone.length === 0) return
  const packed = new Set((await headsWith(db, gone)).flatMap(idsIn))
  await db.index.bulkDelete(gone.filter((id) => !packed.has(id)))
  await db.index.bulkPut(gone.filter((id) => packed.has(id)).map(goneEntry))
}

const goneEntry = (id: RecordId): StoredIndexEntry => ({
  id,
  type: '',
  rev: 0,
  stage: '',
  facets: {},
  search: '',
  updatedAt: '',
  updatedBy: '',
  receiptNo: null,
  queued: 0,
  parked: 0,
  keys: [],
  gone: true,
})

/** Keys of the generic index: `type|facet|value`, one per member of a list. */
function facetKeys(type: string, facets: Facets): string[] {
  return keyedFacets(type).flatMap((facet) => {
    const value = facets[facet] ?? null
    const values = Array.isArray(value) ? value : [value]
    return values.flatMap((item) =>
      item === null || item === '' ? [] : [facetKey(type, facet, String(item))],
    )
  })
}

/** The records a mutation makes look different: its own, and the conflict it resolves. */
export function touchedBy({ id, resolves }: Pick<Mutation, 'id' | 'resolves'>): RecordId[] {
  return resolves === undefined ? [id] : [id, resolves]
}
