/** Reads records as the person sees them, and keeps the light index in step. Runs inside the caller's transaction. */
import type { Actor } from '../domain/actor.ts'
import { type RecordId, asRecordId } from '../domain/ids.ts'
import type { Mutation } from '../domain/mutation.ts'
import type { Facets, Fields, StoredRecord } from '../domain/record.ts'
import { searchKey } from '../domain/search.ts'
import { typeOf } from '../domain/types/index.ts'
import type { OutboxEntry, Shown } from '../sync/ports.ts'
import { replay, valuesOf } from '../sync/replay.ts'
import { facetKey } from './facetKey.ts'
import type { RowRecord, StoredIndexEntry, TabletDatabase } from './schema.ts'

/** What the tablet holds of one record. */
interface Sources {
  readonly rows: readonly RowRecord[]
  readonly entries: readonly OutboxEntry[]
  /** A resolve of this conflict is on its way. */
  readonly resolved: boolean
}

const NOTHING: Sources = { rows: [], entries: [], resolved: false }

async function readSources(db: TabletDatabase, ids: readonly RecordId[]): Promise<Map<RecordId, Sources>> {
  const [rows, entries, resolves] = await Promise.all([
    db.rows.where('id').anyOf(ids).toArray(),
    db.outbox.where('recordId').anyOf(ids).sortBy('n'),
    db.outbox.where('mutation.resolves').anyOf(ids).toArray(),
  ])
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

/** The server's version over all streams that carry it: the newest, with the fields of equal revisions together. */
function baseOf({ rows, resolved }: Sources): StoredRecord | undefined {
  const base = rows.reduce<StoredRecord | undefined>((best, { record }) => {
    if (best === undefined || record.rev > best.rev) return record
    if (record.rev < best.rev) return best
    return { ...best, fields: { ...record.fields, ...best.fields } }
  }, undefined)
  return base !== undefined && resolved ? { ...base, stage: 'resolved' } : base
}

/** The record that a record of this type and these fields hangs on, as shown. */
export async function readParent(
  db: TabletDatabase,
  { type, fields, actor }: { type: string; fields: Fields; actor: Actor },
): Promise<StoredRecord | undefined> {
  const link = typeOf(type)?.parent
  const value = link === undefined ? null : fields[link.field]
  if (typeof value !== 'string') return undefined
  const id = asRecordId(value)
  const sources = (await readSources(db, [id])).get(id) ?? NOTHING
  return replay({ base: baseOf(sources), parent: undefined, entries: sources.entries, actor })
}

async function shownOf(db: TabletDatabase, sources: Sources, actor: Actor): Promise<Shown | undefined> {
  const { entries } = sources
  const base = baseOf(sources)
  const create = entries[0]?.mutation
  const type = base?.type ?? create?.type
  if (type === undefined) return undefined
  const fields = base?.fields ?? (create === undefined ? {} : valuesOf(create))
  const parent = await readParent(db, { type, fields, actor })
  const record = replay({ base, parent, entries, actor })
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
  const sources = await readSources(db, ids)
  const shown: Shown[] = []
  for (const source of sources.values()) {
    const one = await shownOf(db, source, actor)
    if (one !== undefined) shown.push(one)
  }
  return shown
}

/** Rewrites the index entries of these records from what is stored now; entries of vanished records go. */
export async function refreshIndex(db: TabletDatabase, ids: Iterable<RecordId>, actor: Actor): Promise<void> {
  const wanted = [...new Set(ids)]
  const gone: RecordId[] = []
  const entries: StoredIndexEntry[] = []
  for (const [id, source] of await readSources(db, wanted)) {
    // Only a pending record needs its parent; the others are as the server sent them.
    const record = source.entries.length === 0 ? baseOf(source) : (await shownOf(db, source, actor))?.record
    const entry = record === undefined || record.removed ? undefined : indexEntryOf(record, source.entries)
    if (entry === undefined) gone.push(id)
    else entries.push(entry)
  }
  await db.index.bulkDelete(gone)
  await db.index.bulkPut(entries)
}

function indexEntryOf(record: StoredRecord, outbox: readonly OutboxEntry[]): StoredIndexEntry | undefined {
  const type = typeOf(record.type)
  if (type === undefined) return undefined
  const facets = type.facets(record)
  const settled = outbox.findLast(({ state }) => state === 'settled')
  return {
    id: record.id,
    type: record.type,
    rev: record.rev,
    stage: record.stage,
    facets,
    search: type.searchText(record).map(searchKey).join('\n'),
    updatedAt: record.updatedAt,
    updatedBy: record.updatedBy,
    receiptNo: settled?.receipt?.receiptNo ?? record.receiptNo,
    queued: outbox.filter(({ state }) => state === 'queued').length,
    parked: outbox.filter(({ state }) => state === 'parked').length,
    keys: facetKeys(record.type, facets),
  }
}

/** Keys of the generic index: `type|facet|value`, one per member of a list. */
function facetKeys(type: string, facets: Facets): string[] {
  return Object.entries(facets).flatMap(([facet, value]) => {
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
