/** The outbox on Dexie: saving [S1]–[S3]; sending.ts has the rest. */
import { type ClientId, type RecordId, asRecordId } from '../domain/ids.ts'
import { brokenInvariant } from '../domain/invariants.ts'
import { decide } from '../domain/decide.ts'
import type { Actor } from '../domain/actor.ts'
import {
  type Intention,
  MAX_MUTATION_BYTES,
  type Mutation,
  type MutationBase,
  hashedContent,
  mutationJson,
} from '../domain/mutation.ts'
import type { StoredRecord } from '../domain/record.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { parentIdOf, typeOf } from '../domain/types/index.ts'
import type { Outbox, OutboxEntry, SaveError, Shown } from '../sync/ports.ts'
import { valuesOf } from '../sync/replay.ts'
import { StorageDeadError, StorageFullError } from '../sync/storageErrors.ts'
import { type DbContext, readClient, tables } from './context.ts'
import { idsOfType, idsWhere } from './facets.ts'
import { rowsOf } from './rows.ts'
import type { RowRecord, TabletDatabase } from './schema.ts'
import {
  answeredClients,
  heldEntry,
  keepAcked,
  lastAnswered,
  nextBatch,
  renumberFrom,
  sendAgain,
  settle,
} from './sending.ts'
import { readParent, readShown, refreshIndex, touchedBy } from './shown.ts'

/** Counting what is queued needs none of this (tablet.ts). */
export function createOutbox(context: DbContext): Omit<Outbox, 'queuedCount'> {
  const { db } = context
  return {
    save: (intention) => save(context, intention),
    nextBatch: (limit) => nextBatch(context, limit),
    settle: (clientId, receipts) => settle(context, clientId, receipts),
    answeredClients: () => answeredClients(context),
    sendAgain: (clientId, lmid) => sendAgain(context, clientId, lmid),
    renumberFrom: (clientId, mid, unasked) => renumberFrom(context, clientId, mid, unasked),
    lastAnswered: () => lastAnswered(context),
    unsettled: () => db.outbox.where('state').anyOf('queued', 'parked').sortBy('n'),
    async discardParked(n) {
      const entry = await db.outbox.get(n)
      if (entry?.state !== 'parked') return
      await db.transaction('rw', tables(db), async () => {
        await keepAcked(context, [{ ...entry, givenUp: true }])
        await refreshIndex(db, touchedBy(entry.mutation), context.actor)
      })
      context.changed(touchedBy(entry.mutation))
    },
  }
}

async function save(context: DbContext, intention: Intention): Promise<Result<OutboxEntry, SaveError>> {
  const { db, actor } = context
  const json = mutationJson(intention)
  const sizeBytes = new TextEncoder().encode(JSON.stringify(json)).length + 64
  if (sizeBytes > MAX_MUTATION_BYTES) return err({ type: 'tooLarge', sizeBytes })
  const hash = await context.hash(hashedContent(json))
  /** Where the entry of a first attempt stands, should that have come through although its connection died [S7]. */
  let tried: Pick<OutboxEntry, 'clientId' | 'mid'> | undefined
  const write = (): Promise<Result<OutboxEntry, SaveError>> =>
    db.transaction('rw', tables(db), async (): Promise<Result<OutboxEntry, SaveError>> => {
      const written = tried && (await heldEntry(db, tried))
      if (written?.hash === hash) return ok(written)
      const [client, own, [shown]] = await Promise.all([
        readClient(context),
        readOwn(db, intention.id),
        readShown(db, [intention.id], actor),
      ])
      const mutation: Mutation = { ...intention, mid: client.nextMid, base: baseOf(own, client.clientId) }
      const refused = await refusalOf(db, { mutation, shown, actor })
      if (refused !== undefined) return err(refused)
      const entry = {
        clientId: client.clientId,
        mid: client.nextMid,
        recordId: intention.id,
        mutation,
        hash,
        sizeBytes,
        state: 'queued',
        receipt: null,
        settledAtPull: 0,
        givenUp: false,
      } as const
      tried = entry
      // Asked for at once; the database does them in this order, so the index is made from the new entry too.
      const [n] = await Promise.all([
        db.outbox.add(entry),
        db.client.put({ ...client, nextMid: client.nextMid + 1 }),
        refreshIndex(db, touchedBy(intention), actor),
      ])
      return ok({ ...entry, n })
    })
  try {
    const saved = await context.steady.run(write)
    if (saved.ok) context.changed(touchedBy(intention))
    return saved
  } catch (error) {
    if (error instanceof StorageFullError) return err({ type: 'storageFull' })
    if (error instanceof StorageDeadError) return err({ type: 'storageDead' })
    throw error
  }
}

type Own = Readonly<{ pending: readonly OutboxEntry[]; rows: readonly RowRecord[] }>

async function readOwn(db: TabletDatabase, recordId: RecordId): Promise<Own> {
  const [pending, rows] = await Promise.all([
    db.outbox.where('recordId').equals(recordId).sortBy('n'),
    rowsOf(db, [recordId]),
  ])
  return { pending, rows }
}

/** What the person's edit stands on: their own pending one, or the server's revision [S3]. */
function baseOf({ pending, rows }: Own, clientId: ClientId): MutationBase {
  const last = pending.filter((entry) => entry.state !== 'parked' && entry.clientId === clientId).at(-1)
  return last === undefined ? { rev: Math.max(0, ...rows.map(({ rev }) => rev)) } : { mid: last.mid }
}

/** The server's rules, asked before anything is written: what it would refuse is refused here with the same reason. */
async function refusalOf(
  db: TabletDatabase,
  { mutation, shown, actor }: { mutation: Mutation; shown: Shown | undefined; actor: Actor },
): Promise<SaveError | undefined> {
  const type = typeOf(mutation.type)
  if (type === undefined) return { type: 'unknownType' }
  // A create the server refused may be saved anew; nothing of it exists there.
  const onlyParked =
    shown !== undefined && shown.parked.length > 0 && shown.queued.length === 0 && shown.record.rev === 0
  const record = onlyParked ? undefined : shown?.record
  const parent =
    shown?.parent ?? (await readParent(db, { type: mutation.type, fields: valuesOf(mutation), actor }))
  const decided = decide(type, mutation, {
    actor,
    now: mutation.at,
    record,
    parent,
    baseRev: record?.rev,
    siblings: await siblingsOf(db, mutation),
    openConflicts: {},
  })
  if (!decided.ok) return decided.error
  const records = async (ids: readonly RecordId[]): Promise<StoredRecord[]> =>
    (await readShown(db, ids, actor)).map((one) => one.record)
  return brokenInvariant(
    type,
    { before: record, after: decided.value.record },
    {
      record: async (id) => (await records([asRecordId(id)]))[0],
      ofType: async (name) => records(await idsOfType(db, name)),
    },
  )
}

/** Other records of a limited type on the same parent; 0 where nothing limits them. */
async function siblingsOf(db: TabletDatabase, mutation: Mutation): Promise<number> {
  const link = typeOf(mutation.type)?.parent
  const parentId = parentIdOf(mutation)
  if (typeOf(mutation.type)?.maxPerParent === undefined || link === undefined || parentId === undefined)
    return 0
  const ids = await idsWhere(db, { type: mutation.type, facet: link.field, value: parentId })
  return ids.filter((id) => id !== mutation.id).length
}
