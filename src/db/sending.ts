/** The outbox on its way to the server [S10]–[S13], and what is kept of it for a restored one [S22]. */
import { type ClientId, type RecordId, asClientId } from '../domain/ids.ts'
import type { MutationBase } from '../domain/mutation.ts'
import type { Receipt } from '../domain/wire.ts'
import type { OutboxEntry, Unasked } from '../sync/ports.ts'
import { type DbContext, readClient, serverNowMs, tables } from './context.ts'
import type { TabletDatabase } from './schema.ts'
import { withoutPurged } from './erasing.ts'
import { withPending } from './hanging.ts'
import { highestRev } from './held.ts'
import { refreshIndex, touchedBy } from './shown.ts'

/** Queued entries in order, as many as one push takes: of one clientId and without holes. */
export async function nextBatch(
  { db }: DbContext,
  limit: { readonly mutations: number; readonly bytes: number },
): Promise<OutboxEntry[]> {
  // Of one state they lie in the order of `n`.
  const queued = await db.outbox.where('state').equals('queued').limit(limit.mutations).toArray()
  const batch: OutboxEntry[] = []
  let bytes = 0
  for (const entry of queued) {
    const last = batch.at(-1)
    bytes += entry.sizeBytes
    const follows = last === undefined || (entry.clientId === last.clientId && entry.mid === last.mid + 1)
    if (last !== undefined && (bytes > limit.bytes || !follows)) break
    batch.push(entry)
  }
  return batch
}

/** Notes receipts; an entry settles only on a receipt with its own content hash [S13]. */
export async function settle(
  context: DbContext,
  clientId: ClientId,
  receipts: readonly Receipt[],
): Promise<void> {
  const { db, actor, changed } = context
  const entries = await db.transaction('rw', tables(db), async () => {
    const mids = receipts.map(({ mid }) => mid)
    const [client, sent] = await Promise.all([
      db.client.get('me'),
      db.outbox
        .where('[clientId+mid]')
        .between([clientId, Math.min(...mids)], [clientId, Math.max(...mids)], true, true)
        .toArray(),
    ])
    const held = new Map(sent.map((entry) => [entry.mid, entry]))
    const answered = receipts.flatMap((receipt): OutboxEntry[] => {
      const entry = held.get(receipt.mid)
      if (entry === undefined || entry.hash !== receipt.hash) return []
      const state = receipt.outcome === 'parked' ? 'parked' : 'settled'
      return [{ ...entry, receipt, settledAtPull: client?.pull ?? 0, state }]
    })
    const isOver = ({ state, givenUp }: OutboxEntry): boolean => state === 'parked' && givenUp
    await keepAcked(context, answered.filter(isOver))
    await db.outbox.bulkPut(answered.filter((entry) => !isOver(entry)))
    const touched = new Set(answered.flatMap(({ mutation }) => touchedBy(mutation)))
    const isRefused = answered.some(({ state }) => state === 'parked')
    return refreshIndex(db, isRefused ? await withPending(db, touched) : touched, { actor })
  })
  changed([...entries.keys()], entries)
}

/** Takes entries the server has out of the outbox, and keeps them aside. Runs in the caller's transaction. */
export async function keepAcked(context: DbContext, entries: readonly OutboxEntry[]): Promise<void> {
  if (entries.length === 0) return
  const { db } = context
  const ackedAtMs = await serverNowMs(context)
  await db.outbox.bulkDelete(entries.map(({ n }) => n))
  const kept = await withoutPurged(db, entries)
  await db.acked.bulkPut(kept.map((entry) => ({ entry, ackedAtMs })))
}

/** ClientIds of which anything held has been answered by a server. */
export async function answeredClients({ db }: DbContext): Promise<ClientId[]> {
  const acked = await db.acked.toCollection().primaryKeys()
  const answered = await db.outbox.where('state').anyOf('settled', 'parked').toArray()
  return [
    ...new Set([
      ...acked.map(([clientId]) => asClientId(clientId)),
      ...answered.map(({ clientId }) => clientId),
    ]),
  ]
}

const everyMidOf = (clientId: ClientId): [[string, number], [string, number]] => [
  [clientId, 0],
  [clientId, Number.MAX_SAFE_INTEGER],
]

/** Of each clientId the last answered mutation that is held. */
export async function lastAnswered(context: DbContext): Promise<OutboxEntry[]> {
  const { db } = context
  const held = await Promise.all(
    (await answeredClients(context)).map(async (clientId) => {
      const acked = await db.acked
        .where('[entry.clientId+entry.mid]')
        .between(...everyMidOf(clientId))
        .last()
      const sent = await db.outbox
        .where('[clientId+mid]')
        .between(...everyMidOf(clientId))
        .and(({ state }) => state !== 'queued')
        .last()
      return (sent?.mid ?? 0) > (acked?.entry.mid ?? 0) ? sent : acked?.entry
    }),
  )
  return held.filter((entry) => entry !== undefined)
}

/**
 * Queues everything held of this clientId again; under a new one where it does not follow on `lmid` [S11], [S22]. Also what
 * the server says it knows: a copy of this tablet may have sent other mutations under the same numbers to a restored server,
 * which it tells by their hash [S10].
 */
export async function sendAgain(context: DbContext, clientId: ClientId, lmid: number): Promise<void> {
  const { db, actor, changed } = context
  const entries = await db.transaction('rw', tables(db), async () => {
    const acked = await db.acked
      .where('[entry.clientId+entry.mid]')
      .between(...everyMidOf(clientId))
      .toArray()
    const sent = await db.outbox
      .where('[clientId+mid]')
      .between(...everyMidOf(clientId))
      .toArray()
    const held = [...acked.map(({ entry }) => entry), ...sent]
    await db.acked.bulkDelete(acked.map(({ entry }): [string, number] => [entry.clientId, entry.mid]))
    await db.outbox.bulkPut(
      held.map((entry) => ({ ...entry, state: 'queued', receipt: null, settledAtPull: 0 }) as const),
    )
    const unknown = held.map(({ mid }) => mid).filter((mid) => mid > lmid)
    const first = Math.min(...unknown)
    if (unknown.length > 0 && first > lmid + 1)
      await renumber(context, { clientId, mid: first, unasked: NONE_UNASKED })
    return refreshIndex(
      db,
      held.flatMap(({ mutation }) => touchedBy(mutation)),
      { actor },
    )
  })
  changed([...entries.keys()], entries)
}

const NONE_UNASKED: Unasked = { after: 0, upTo: 0 }

/** Mints a clientId and renumbers queued entries of `clientId` from `mid` on [S10]; what others sent, the server may know. */
export async function renumberFrom(
  context: DbContext,
  clientId: ClientId,
  mid: number,
  unasked = NONE_UNASKED,
): Promise<void> {
  const moved = await context.db.transaction('rw', tables(context.db), async () =>
    renumber(context, { clientId, mid, unasked }),
  )
  context.changed(moved)
}

async function renumber(
  context: DbContext,
  { clientId, mid, unasked }: { clientId: ClientId; mid: number; unasked: Unasked },
): Promise<readonly RecordId[]> {
  const { db } = context
  const old = await readClient(context)
  const minted = asClientId(context.newId())
  const queued = await db.outbox.where('state').equals('queued').sortBy('n')
  const mayBeKnown = (entry: OutboxEntry): boolean => entry.mid > unasked.after && entry.mid <= unasked.upTo
  const moved = queued.filter(
    (entry) => entry.clientId === clientId && entry.mid >= mid && !mayBeKnown(entry),
  )
  const renumbered = new Map<string, number>()
  for (const [index, entry] of moved.entries()) {
    renumbered.set(`${entry.clientId}|${entry.mid}`, index + 1)
    const mutation = { ...entry.mutation, mid: index + 1, base: await rebase(db, entry, renumbered) }
    await db.outbox.put({ ...entry, clientId: minted, mid: index + 1, mutation })
  }
  await db.client.put({ ...old, clientId: minted, nextMid: moved.length + 1 })
  return moved.map(({ recordId }) => recordId)
}

/** An edit chained to a mutation that kept its old number stands on that one's revision instead. */
async function rebase(
  db: TabletDatabase,
  { clientId, recordId, mutation: { base } }: OutboxEntry,
  renumbered: ReadonlyMap<string, number>,
): Promise<MutationBase> {
  if (!('mid' in base)) return base
  const mid = renumbered.get(`${clientId}|${base.mid}`)
  if (mid !== undefined) return { mid }
  const earlier = await heldEntry(db, { clientId, mid: base.mid })
  return { rev: earlier?.receipt?.rev ?? (await highestRev(db, recordId)) }
}

/** The entry of that number, whether it waits or the server has it. */
export async function heldEntry(
  db: TabletDatabase,
  { clientId, mid }: Pick<OutboxEntry, 'clientId' | 'mid'>,
): Promise<OutboxEntry | undefined> {
  return (await entryOf(db, clientId, mid)) ?? (await db.acked.get([clientId, mid]))?.entry
}

function entryOf(db: TabletDatabase, clientId: ClientId, mid: number): Promise<OutboxEntry | undefined> {
  return db.outbox.where('[clientId+mid]').equals([clientId, mid]).first()
}
