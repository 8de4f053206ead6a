/** The replica on Dexie [S19]–[S22]: pages and cursors in one transaction, count and sum kept in step. */
import type { Stream } from '../domain/actor.ts'
import { EMPTY_SUM, addToSum, removeFromSum } from '../domain/checksum.ts'
import type { EntityTable } from 'dexie'
import { type RecordId, asRecordId } from '../domain/ids.ts'
import { TYPE_NAMES, parentIdOf, typeOf } from '../domain/types/index.ts'
import { type Pulled, type PulledPage, patchedRow } from '../domain/patch.ts'
import type { Cursor, Row } from '../domain/wire.ts'
import type { OutboxEntry, Replica, SnapshotPage } from '../sync/ports.ts'
import { among } from './among.ts'
import { type DbContext, lightTables, readClient, rowTables, serverNowMs, tables } from './context.ts'
import { erase, erasingTables, erasureOf } from './erasing.ts'
import { entriesOf } from './packs.ts'
import { offerPhotosAgain } from './photos.ts'
import { dropStream, isHeld, marksOf, putPacked, putRows, renewHead, rowsOf } from './rows.ts'
import type { RowRecord, StoredRow, StreamState, TabletDatabase } from './schema.ts'
import { keepAcked } from './sending.ts'
import { refreshIndex, touchedBy } from './shown.ts'
import { createPageKeeper, pageOf } from './snapshotPages.ts'

/** A stream is started over by itself at most once in this time [S22]. */
const RESTART_PAUSE_MS = 60 * 60 * 1000

/** Mutations the server has are kept this long, for a server that is restored from a backup [S22]. */
const KEEP_ACKED_MS = 30 * 24 * 60 * 60 * 1000

/** Epochs that say nothing about the server: of a stream never written to, and of one to be started over. */
const NO_EPOCHS = ['0', '-']

export function createReplica(context: DbContext): Replica {
  const { db, actor, nowMs, changed } = context
  const keepPage = createPageKeeper(context)
  /** What follows from rows that came, in the transaction that wrote them. */
  const settleTouched = async ({ ids, stale }: Touched): Promise<void> => {
    await askAgain(db, ids)
    await refreshIndex(db, await withPending(db, stale), actor)
  }
  return {
    async place() {
      const states = await db.streams.toArray()
      const behind = states.filter(({ seq, whole }) => seq !== whole)
      return {
        cursors: Object.fromEntries(
          states.map(({ stream, epoch, seq }): [string, Cursor] => [stream, [epoch, seq]]),
        ),
        since: Object.fromEntries(behind.map(({ stream, whole = 0 }) => [stream, whole])),
      }
    },

    beginPull: () =>
      db.transaction('rw', db.client, async () => {
        const client = await readClient(context)
        await db.client.update('me', { pull: client.pull + 1 })
        return client.pull + 1
      }),

    async apply(response) {
      const touched = new Touched()
      const erasing = response.pages.some(isErasing) ? erasingTables(db) : []
      const wrong: Stream[] = []
      await db.transaction(
        'rw',
        [db.client, db.streams, db.outbox, ...rowTables(db), ...lightTables(db), ...erasing],
        async () => {
          await db.client.update('me', { serverTimeMs: Date.parse(response.serverTime) })
          await dropLostStreams(db, response, touched)
          for (const page of response.pages) await applyPage(context, page, touched)
          if (!response.more) await noteWhole(db, response)
          const states = await db.streams.toArray()
          wrong.push(
            ...response.streams.filter((stream) =>
              states.some((held) => held.stream === stream && held.wrong),
            ),
          )
          await settleTouched(touched)
        },
      )
      changed([...touched.ids])
      return wrong
    },

    isStarted: async () => (await db.client.get('me'))?.started === true,

    async applySnapshot(pages) {
      const touched = new Touched()
      const applied: SnapshotPage[] = []
      const erasing = pages.some(isErasing) ? erasingTables(db) : []
      await db.transaction(
        'rw',
        [db.streams, db.outbox, ...rowTables(db), ...lightTables(db), ...erasing],
        async () => {
          for (const page of pages) {
            const [epoch, seq] = page.cursor
            const known = await db.streams.get(page.stream)
            const held = known?.seq ?? 0
            if ((known?.epoch ?? epoch) !== epoch || held < page.after || held >= seq) continue
            if (await keepPage(page, known)) await noteClean(db, page.rows, touched)
            else await applyPage(context, pageOf(page), touched)
            applied.push(page)
          }
          await settleTouched(touched)
        },
      )
      const entries = applied.flatMap(({ packed }) => (packed === undefined ? [] : entriesOf(packed.head)))
      const asPacked = entries.filter(({ id }) => !touched.stale.has(id))
      changed([...touched.ids], new Map(asPacked.map((entry) => [entry.id, entry])))
      return applied.length
    },

    rowCount: async () => (await db.streams.toArray()).reduce((sum, { count }) => sum + count, 0),

    async finishPull(pull) {
      const settled = await db.outbox.where('state').equals('settled').primaryKeys()
      for (let from = 0; from < settled.length; from += SETTLED_CHUNK)
        changed(await takeCovered(context, settled.slice(from, from + SETTLED_CHUNK), pull))
      await db.transaction('rw', db.client, db.acked, async () => {
        await db.client.update('me', { started: true })
        await db.acked
          .where('ackedAtMs')
          .below((await serverNowMs(context)) - KEEP_ACKED_MS)
          .delete()
      })
    },

    async newEpoch() {
      const asked = (await db.client.get('me'))?.epochs ?? []
      const epochs = (await db.streams.toArray()).map(({ epoch }) => epoch)
      return epochs.find((epoch) => !NO_EPOCHS.includes(epoch) && !asked.includes(epoch))
    },

    noteEpoch: (epoch) =>
      db.transaction('rw', db.client, db.uploads, async () => {
        const { epochs } = await readClient(context)
        await db.client.update('me', { epochs: [...epochs, epoch] })
        await offerPhotosAgain(db)
      }),

    restart: (stream) =>
      db.transaction('rw', [db.streams, db.restarts], async () => {
        const last = await db.restarts.get(stream)
        const elapsedMs = nowMs() - (last?.atMs ?? Number.NEGATIVE_INFINITY)
        // A clock that was set back must not lock the stream out.
        if (elapsedMs >= 0 && elapsedMs < RESTART_PAUSE_MS) return false
        await db.restarts.put({ stream, atMs: nowMs() })
        // An epoch no server has makes the next answer start the stream over.
        await db.streams.update(stream, { epoch: '-', seq: 0, wrong: false })
        return true
      }),
    beat: async (atMs) => void (await beats(db).put({ key: 'beat', atMs })),
    lastBeat: async () => (await beats(db).get('beat'))?.atMs,
  }
}

/** Entries taken out of the outbox in one transaction, after an import too: no page stands still for thousands. */
const SETTLED_CHUNK = 200

/** Takes those of the entries that the pull covers out of the outbox; answers whose they were. */
async function takeCovered(
  context: DbContext,
  numbers: readonly number[],
  pull: number,
): Promise<readonly RecordId[]> {
  const { db, actor } = context
  return db.transaction('rw', tables(db), async () => {
    const entries = await db.outbox.bulkGet([...numbers])
    const covered = entries
      .filter((entry) => entry !== undefined)
      .filter(({ state, settledAtPull }) => state === 'settled' && settledAtPull < pull)
    await keepAcked(context, covered)
    const touched = covered.flatMap(({ mutation }) => touchedBy(mutation))
    await refreshIndex(db, touched, actor)
    return touched
  })
}

/** The heartbeat lies beside the identity [S5]. */
function beats(db: TabletDatabase): EntityTable<{ key: 'beat'; atMs: number }, 'key'> {
  return db.table('client')
}

/** So many keys are read sooner than a page's are looked up one by one. */
const FEW_ENTRIES = 500

/** Ids whose index entries are written in one transaction. */
const INDEX_CHUNK = 500

/**
 * Writes the index anew when another release of the app wrote it: that one may not have known a type, or found other facets
 * in it [S25]. Killed in the middle it begins again.
 */
export async function renewIndex(context: DbContext): Promise<void> {
  const { db, actor, release, changed } = context
  const known = await db.client.get('me')
  if (release === undefined || known?.release === release) return
  for (const key of await db.heads.toCollection().primaryKeys()) {
    const ids = await db.transaction('rw', rowTables(db), async () => renewHead(db, key))
    changed(ids)
  }
  const indexed = await db.index.toCollection().primaryKeys()
  const rows = await db.rows.orderBy('id').uniqueKeys()
  const ids = [...new Set([...indexed, ...rows.map(String)])].map(asRecordId)
  for (let from = 0; from < ids.length; from += INDEX_CHUNK) {
    const chunk = ids.slice(from, from + INDEX_CHUNK)
    await db.transaction('rw', [db.outbox, ...rowTables(db), ...lightTables(db)], async () =>
      refreshIndex(db, chunk, actor),
    )
    changed(chunk)
  }
  await db.transaction('rw', db.client, async () => {
    await readClient(context)
    await db.client.update('me', { release })
  })
}

/** Rows of streams the person no longer reads leave the tablet. */
async function dropLostStreams(db: TabletDatabase, { streams }: Pulled, touched: Touched): Promise<void> {
  const held = await db.streams.toCollection().primaryKeys()
  for (const stream of held) {
    if (streams.some((readable) => readable === stream)) continue
    await dropRows(db, stream, touched)
    await db.streams.delete(stream)
  }
}

async function dropRows(db: TabletDatabase, stream: string, touched: Touched): Promise<void> {
  for (const id of await dropStream(db, stream)) touched.note(id)
}

/** Whether rows of the page say that something was destroyed [S18]. */
function isErasing({ rows }: { readonly rows: readonly object[] }): boolean {
  return rows.some((row) => 'purged' in row && row.purged !== undefined)
}

/**
 * Applies one page; a stream that is complete and does not add up is marked wrong until it does, as is one with a patch that
 * does not fit, of which nothing is applied.
 */
async function applyPage({ db, packs }: DbContext, page: PulledPage, touched: Touched): Promise<void> {
  const { stream } = page
  const [epoch, seq] = page.cursor
  const known = await db.streams.get(stream)
  // Another tab has got further while this answer was on its way [S5].
  if (!page.reset && known?.epoch === epoch && seq < known.seq) return
  const whole = await wholeRows(db, page, known)
  if (whole === undefined) {
    const none = { epoch: '-', seq: 0, count: 0, sum: EMPTY_SUM }
    await db.streams.put({ ...none, ...known, stream, wrong: true })
    return
  }
  if (page.reset) await dropRows(db, stream, touched)
  let { count, sum } = known === undefined || page.reset ? { count: 0, sum: EMPTY_SUM } : known
  const { marks, packed } = await marksOf(db, stream, [...new Set(whole.map(({ id }) => id))])
  const held = new Set([...marks.keys(), ...packed])
  const erasure = isErasing({ rows: whole }) ? erasureOf(whole) : undefined
  /** A page may carry a record several times. */
  const rows = new Map<RecordId, StoredRow>()
  for (const row of whole) {
    const { id, rev, record } = row
    const old = marks.get(id)
    if (old !== undefined) {
      count -= 1
      sum = removeFromSum(sum, old)
      marks.delete(id)
    }
    if (record !== null) {
      count += 1
      sum = addToSum(sum, { id, rev })
      marks.set(id, row)
    }
    rows.set(id, { stream, ...row })
  }
  const fresh = [...rows.values()].filter(isHeld).filter(({ id }) => !held.has(id))
  const isPacked = fresh.length >= packs.min
  if (isPacked) {
    await putPacked(db, fresh, packs.rows)
    await noteClean(db, fresh, touched)
    for (const { id } of fresh) rows.delete(id)
  }
  await putRows(db, [...rows.values()], packed)
  if (erasure !== undefined) await erase(db, erasure)
  for (const id of rows.keys()) touched.note(id)
  const { complete } = page
  const wrong =
    complete === undefined
      ? (known?.wrong ?? false) && !page.reset
      : complete.count !== count || complete.sum !== sum
  const goesOn = known?.epoch === epoch && !page.reset
  const wholeAt = complete === undefined ? (goesOn ? (known.whole ?? 0) : 0) : seq
  const state: StreamState = { stream, epoch, seq, count, sum, wrong, whole: wholeAt }
  await db.streams.put(state)
}

/** Streams that a complete answer says nothing of were at their heads: what is held of them is whole. */
async function noteWhole(db: TabletDatabase, { streams, pages, asked }: Pulled): Promise<void> {
  for (const stream of streams) {
    const known = await db.streams.get(stream)
    const [epoch, seq] = asked[stream] ?? []
    const isAsAsked = known !== undefined && known.epoch === epoch && known.seq === seq
    if (isAsAsked && known.whole !== seq && !pages.some((page) => page.stream === stream))
      await db.streams.update(stream, { whole: known.seq })
  }
}

/** The rows of a page with each patch laid over what is held of its row; undefined when one does not fit. */
async function wholeRows(
  db: TabletDatabase,
  { stream, reset, cursor, rows }: PulledPage,
  known: StreamState | undefined,
): Promise<readonly Row[] | undefined> {
  const ids = [...new Set(rows.flatMap((row) => ('over' in row ? [row.id] : [])))]
  if (ids.length > 0 && (reset || known?.epoch !== cursor[0])) return undefined
  const held = new Map<RecordId, Row>()
  for (const row of await rowsOf(db, ids)) if (row.stream === stream) held.set(row.id, row)
  const whole: Row[] = []
  for (const row of rows) {
    const next = 'over' in row ? patchedRow(held.get(row.id), row) : row
    if (next === undefined) return undefined
    held.set(next.id, next)
    whole.push(next)
  }
  return whole
}

/** Packed rows carry their own index entries; only those of which there was one already need it written anew. */
async function noteClean(
  db: TabletDatabase,
  fresh: readonly Pick<RowRecord, 'id'>[],
  touched: Touched,
): Promise<void> {
  const ids = fresh.map(({ id }) => id)
  const indexed = new Set(await indexedAmong(db, ids))
  for (const id of ids) touched.note(id, { indexed: !indexed.has(id) })
}

/** Which of these have an index entry. On a new tablet there are few at all, and all their keys are one request. */
async function indexedAmong(db: TabletDatabase, ids: readonly RecordId[]): Promise<RecordId[]> {
  const isNew = (await db.index.count()) < FEW_ENTRIES
  return isNew ? db.index.toCollection().primaryKeys() : db.index.where('id').anyOf(ids).primaryKeys()
}

/** The records a pull has touched, and those of them whose index entry is to be written anew. */
class Touched {
  readonly ids = new Set<RecordId>()
  readonly stale = new Set<RecordId>()

  note(id: RecordId, { indexed = false } = {}): void {
    this.ids.add(id)
    if (!indexed) this.stale.add(id)
  }
}

/**
 * Entries parked because their record or its parent was unknown: the server has decided again when it came [S11]. Those that
 * headquarters held: it may have adopted them when their record changes [S26].
 */
async function askAgain(db: TabletDatabase, touched: ReadonlySet<RecordId>): Promise<void> {
  const parked = await db.outbox.where('state').equals('parked').toArray()
  for (const { n, recordId, mutation, receipt } of parked) {
    const awaited = awaitedBy(receipt?.reason?.type, { recordId, mutation })
    if ([...touched].some((id) => id === awaited)) await db.outbox.update(n, { state: 'queued' })
  }
}

function awaitedBy(
  reason: string | undefined,
  { recordId, mutation }: Pick<OutboxEntry, 'recordId' | 'mutation'>,
): string | undefined {
  if (reason === 'unknownRecord' || reason === 'quarantined') return recordId
  return reason === 'unknownParent' ? parentIdOf(mutation) : undefined
}

/** Records that hang on others. */
const HANGING_TYPES = TYPE_NAMES.filter((name) => typeOf(name)?.parent !== undefined)

/** Pending ones may look different when the record they hang on came or went. */
async function withPending(db: TabletDatabase, touched: ReadonlySet<RecordId>): Promise<RecordId[]> {
  const hanging = await among(db.outbox.where('mutation.type'), HANGING_TYPES)
  return [...touched, ...hanging.map(({ recordId }) => recordId)]
}
