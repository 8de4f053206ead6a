/** The outbox on Dexie [S1]–[S3], [S10]–[S13]. */
import { type ClientId, type RecordId, asClientId } from '../domain/ids.ts'
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
import { type Result, err, ok } from '../domain/result.ts'
import { typeOf } from '../domain/types/index.ts'
import type { Receipt } from '../domain/wire.ts'
import type { Outbox, OutboxEntry, SaveError } from '../sync/ports.ts'
import { valuesOf } from '../sync/replay.ts'
import type { ClientState, TabletDatabase } from './schema.ts'
import { readParent, readShown, refreshIndex } from './shown.ts'

export interface DbContext {
  readonly db: TabletDatabase
  readonly actor: Actor
  /** SHA-256, lower-case hex. */
  readonly hash: (text: string) => Promise<string>
  /** A new UUIDv7. */
  readonly newId: () => string
  /** Tells every view, also in other tabs, which records look different now. */
  readonly changed: (ids: readonly RecordId[]) => void
}

/** The tables a save touches. */
function tables(db: TabletDatabase): [typeof db.client, typeof db.rows, typeof db.outbox, typeof db.index] {
  return [db.client, db.rows, db.outbox, db.index]
}

/** The identity of this database, minted inside it [S2]. */
export async function readClient({ db, newId }: DbContext): Promise<ClientState> {
  const known = await db.client.get('me')
  if (known !== undefined) return known
  const minted: ClientState = { key: 'me', clientId: asClientId(newId()), nextMid: 1, pull: 0 }
  await db.client.add(minted)
  return minted
}

export function createOutbox(context: DbContext): Outbox {
  const { db } = context
  return {
    save: (intention) => save(context, intention),
    async waitingClient() {
      if ((await db.outbox.count()) === 0) return null
      return (await db.client.get('me'))?.clientId ?? null
    },
    nextBatch: (limit) => nextBatch(context, limit),
    settle: (clientId, receipts) => settle(context, clientId, receipts),
    rewindTo: (mid) => rewindTo(context, mid),
    renumberFrom: (mid) => renumberFrom(context, mid),
    queuedCount: () => db.outbox.where('state').equals('queued').count(),
    unsettled: () => db.outbox.where('state').anyOf('queued', 'parked').sortBy('n'),
    async discardParked(n) {
      const entry = await db.outbox.get(n)
      if (entry?.state !== 'parked') return
      await db.transaction('rw', tables(db), async () => {
        await db.outbox.delete(n)
        await refreshIndex(db, [entry.recordId], context.actor)
      })
      context.changed([entry.recordId])
    },
  }
}

async function save(context: DbContext, intention: Intention): Promise<Result<OutboxEntry, SaveError>> {
  const { db, actor } = context
  const json = mutationJson(intention)
  const sizeBytes = new TextEncoder().encode(JSON.stringify(json)).length + 64
  if (sizeBytes > MAX_MUTATION_BYTES) return err({ type: 'tooLarge', sizeBytes })
  const hash = await context.hash(hashedContent(json))
  try {
    const saved = await db.transaction(
      'rw',
      tables(db),
      async (): Promise<Result<OutboxEntry, SaveError>> => {
        const client = await readClient(context)
        const base = await baseOf(db, { recordId: intention.id, clientId: client.clientId })
        const mutation: Mutation = { ...intention, mid: client.nextMid, base }
        const refused = await refusalOf(db, { mutation, actor })
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
        } as const
        const n = await db.outbox.add(entry)
        await db.client.update('me', { nextMid: client.nextMid + 1 })
        await refreshIndex(db, [intention.id], actor)
        return ok({ ...entry, n })
      },
    )
    if (saved.ok) context.changed([intention.id])
    return saved
  } catch (error) {
    if (error instanceof Error && /quota/i.test(`${error.name} ${error.message}`))
      return err({ type: 'storageFull' })
    throw error
  }
}

/** What the person's edit stands on: their own pending one, or the server's revision [S3]. */
async function baseOf(
  db: TabletDatabase,
  { recordId, clientId }: { recordId: RecordId; clientId: ClientId },
): Promise<MutationBase> {
  const pending = await db.outbox.where('recordId').equals(recordId).sortBy('n')
  const last = pending.filter((entry) => entry.state !== 'parked' && entry.clientId === clientId).at(-1)
  if (last !== undefined) return { mid: last.mid }
  const rows = await db.rows.where('id').equals(recordId).toArray()
  return { rev: Math.max(0, ...rows.map(({ rev }) => rev)) }
}

/** The server's rules, asked before anything is written: what it would refuse is refused here with the same reason. */
async function refusalOf(
  db: TabletDatabase,
  { mutation, actor }: { mutation: Mutation; actor: Actor },
): Promise<SaveError | undefined> {
  const type = typeOf(mutation.type)
  if (type === undefined) return { type: 'unknownType' }
  const [shown] = await readShown(db, [mutation.id], actor)
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
    openConflicts: {},
  })
  return decided.ok ? undefined : decided.error
}

async function nextBatch(
  { db }: DbContext,
  limit: { readonly mutations: number; readonly bytes: number },
): Promise<OutboxEntry[]> {
  const queued = await db.outbox.where('state').equals('queued').sortBy('n')
  const batch: OutboxEntry[] = []
  let bytes = 0
  for (const entry of queued) {
    const first = batch[0]
    bytes += entry.sizeBytes
    const full = batch.length >= limit.mutations || bytes > limit.bytes || entry.clientId !== first?.clientId
    if (first !== undefined && full) break
    batch.push(entry)
  }
  return batch
}

async function settle(
  { db, actor, changed }: DbContext,
  clientId: ClientId,
  receipts: readonly Receipt[],
): Promise<void> {
  const touched: RecordId[] = []
  await db.transaction('rw', tables(db), async () => {
    const pull = (await db.client.get('me'))?.pull ?? 0
    for (const receipt of receipts) {
      const entry = await db.outbox.where('[clientId+mid]').equals([clientId, receipt.mid]).first()
      if (entry === undefined || entry.hash !== receipt.hash) continue
      const state = receipt.outcome === 'parked' ? 'parked' : 'settled'
      await db.outbox.update(entry.n, { state, receipt, settledAtPull: pull })
      touched.push(entry.recordId)
    }
    await refreshIndex(db, touched, actor)
  })
  changed(touched)
}

async function rewindTo({ db }: DbContext, mid: number): Promise<boolean> {
  return db.transaction('rw', db.client, db.outbox, async () => {
    const clientId = (await db.client.get('me'))?.clientId
    const entries = (await db.outbox.toArray()).filter(
      (entry) => entry.clientId === clientId && entry.mid >= mid,
    )
    if (!entries.some((entry) => entry.mid === mid)) return false
    for (const entry of entries)
      if (entry.state === 'settled') await db.outbox.update(entry.n, { state: 'queued' })
    return true
  })
}

async function renumberFrom(context: DbContext, mid: number): Promise<void> {
  const { db } = context
  await db.transaction('rw', db.client, db.outbox, db.rows, async () => {
    const old = await readClient(context)
    const clientId = asClientId(context.newId())
    const queued = (await db.outbox.where('state').equals('queued').sortBy('n')).filter(
      (entry) => entry.clientId !== old.clientId || entry.mid >= mid,
    )
    const renumbered = new Map<number, number>()
    for (const [index, entry] of queued.entries()) {
      renumbered.set(entry.mid, index + 1)
      const base = await rebase(db, { entry, renumbered })
      const mutation = { ...entry.mutation, mid: index + 1, base }
      await db.outbox.update(entry.n, { clientId, mid: index + 1, mutation })
    }
    await db.client.put({ ...old, clientId, nextMid: queued.length + 1 })
  })
}

/** An edit chained to a mutation that kept its old number stands on that one's revision instead. */
async function rebase(
  db: TabletDatabase,
  { entry, renumbered }: { entry: OutboxEntry; renumbered: ReadonlyMap<number, number> },
): Promise<MutationBase> {
  const { base } = entry.mutation
  if (!('mid' in base)) return base
  const mid = renumbered.get(base.mid)
  if (mid !== undefined) return { mid }
  const earlier = await db.outbox.where('[clientId+mid]').equals([entry.clientId, base.mid]).first()
  const rows = await db.rows.where('id').equals(entry.recordId).toArray()
  return { rev: earlier?.receipt?.rev ?? Math.max(0, ...rows.map(({ rev }) => rev)) }
}
