/** The replica on Dexie [S19]–[S22]: pages and cursors in one transaction, count and sum kept in step. */
import type { Stream } from '../domain/actor.ts'
import type { EntityTable } from 'dexie'
import { type RecordId, asRecordId } from '../domain/ids.ts'
import type { Pulled, PulledPage } from '../domain/patch.ts'
import type { Cursor } from '../domain/wire.ts'
import type { Applied, BegunPull, IndexEntry, Place, Replica } from '../sync/ports.ts'
import { Touched, applyPage, dropLostStreams, isErasing, noteClean, noteWhole } from './applying.ts'
import {
  type DbContext,
  changeClient,
  countQueued,
  lightTables,
  readClient,
  rowTables,
  tables,
} from './context.ts'
import { erasingTables } from './erasing.ts'
import { dropFront } from './front.ts'
import { askAgain, withPending } from './hanging.ts'
import { Held } from './held.ts'
import { entriesOf } from './headEntries.ts'
import { offerPhotosAgain } from './photos.ts'
import type { AckedEntry, ClientState, StreamState, TabletDatabase } from './schema.ts'
import { keepAcked } from './sending.ts'
import { refreshIndex, touchedBy } from './shown.ts'
import { createPageKeeper, pageOf } from './snapshotPages.ts'

/** A stream is started over by itself at most once in this time [S22]. */
const RESTART_PAUSE_MS = 60 * 60 * 1000

/** Mutations the server has are kept this long, for a server that is restored from a backup [S22]. */
const KEEP_ACKED_MS = 30 * 24 * 60 * 60 * 1000

/** The server's time is written at most this often while nothing else is. */
const NOTE_TIME_MS = 60_000

/** Epochs that say nothing about the server: of a stream never written to, and of one to be started over. */
const NO_EPOCHS = ['0', '-']

export function createReplica(context: DbContext): Replica {
  const { db, actor, nowMs, changed } = context
  const keepPage = createPageKeeper(context)
  /** What follows from rows that came, in the transaction that wrote them. */
  const settleTouched = async (
    { ids, stale, entries }: Touched,
    { held, lost = false }: { readonly held?: Held | undefined; readonly lost?: boolean } = {},
  ): Promise<void> => {
    const pending = await db.outbox.orderBy('recordId').uniqueKeys()
    if (ids.size > 0) await dropFront(db)
    // What is pending of a record is shown whatever a pack says of it.
    for (const id of pending.map(String).map(asRecordId)) if (ids.has(id)) stale.add(id)
    const asked = pending.length > 0 ? await askAgain(db, (awaited) => lost || ids.has(awaited)) : []
    for (const id of asked) stale.add(id)
    const wanted = pending.length > 0 ? await withPending(db, stale) : stale
    const refreshed = await refreshIndex(db, wanted, { actor, held })
    for (const [id, entry] of refreshed) entries.set(id, entry)
  }
  const tell = ({ ids, entries }: Touched): void =>
    changed([...new Set([...ids, ...entries.keys()])], entries)
  /**
   * As it was when the pull of that number began, for its first answer: only the holder of the lock pulls [S5]. Should another tab
   * have taken it over, no harm is done: whatever is written reads again what it changes.
   */
  let begun: { readonly pull: number; readonly rest: Rest } | undefined
  async function beginPull(rest: Rest): Promise<BegunPull> {
    // Only what was settled since is compared with the number: without it the last one will do.
    const last = rest.settled.length === 0 ? rest.me?.pull : undefined
    const pull = last ?? (await nextPull(context))
    begun = { pull, rest }
    return { ...placeIn(rest.streams), pull }
  }
  const restOf = (pull: number): Rest | undefined => {
    const known = begun
    begun = undefined
    return known?.pull === pull ? known.rest : undefined
  }
  return {
    place: async () => placeIn(await db.streams.toArray()),

    beginPull: async () => beginPull(await readRest(db)),

    async beginPullIfIdle() {
      const rest = await readRest(db)
      return rest.queued > 0 || rest.me?.started !== true ? undefined : beginPull(rest)
    },

    async apply(response, pull) {
      const known = restOf(pull)
      if (response.pages.length === 0) {
        const rest = known ?? (await readRest(db))
        if (isNothingNew(response, rest))
          return response.more ? { type: 'more' } : finish(context, pull, rest)
      }
      const touched = new Touched()
      const erasing = response.pages.some(isErasing) ? erasingTables(db) : []
      const wrong: Stream[] = []
      await db.transaction(
        'rw',
        [db.client, db.streams, db.outbox, ...rowTables(db), ...lightTables(db), ...erasing],
        async () => {
          const [lost] = await Promise.all([
            dropLostStreams(db, response, touched),
            changeClient(db, { serverTimeMs: Date.parse(response.serverTime) }),
          ])
          const read = (pages: readonly PulledPage[]): Promise<Held> =>
            Held.read(db, [...new Set(pages.flatMap(({ rows }) => rows.map(({ id }) => id)))])
          // What is destroyed changes what packs hold: then each page reads anew.
          const all = erasing.length > 0 ? undefined : await read(response.pages)
          for (const page of response.pages)
            await applyPage(context, page, { held: all ?? (await read([page])), touched })
          const states = await db.streams.toArray()
          if (!response.more) await noteWhole(db, response, states)
          wrong.push(
            ...response.streams.filter((stream) =>
              states.some((held) => held.stream === stream && held.wrong),
            ),
          )
          await settleTouched(touched, { held: all, lost })
        },
      )
      tell(touched)
      if (wrong.length > 0) return { type: 'wrong', streams: wrong }
      return response.more ? { type: 'more' } : finish(context, pull, await readRest(db))
    },

    isStarted: async () => (await db.client.get('me'))?.started === true,

    async applySnapshot(pages) {
      const touched = new Touched()
      let [applied, rows] = [0, 0]
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
            if (await keepPage(page, known)) {
              await noteClean(
                db,
                page.rows.map(({ id }) => id),
                touched,
              )
              touched.show(page.packed === undefined ? [] : entriesOf(page.packed.head))
            } else {
              const held = await Held.read(db, [...new Set(page.rows.map(({ id }) => id))])
              await applyPage(context, pageOf(page), { held, touched })
            }
            applied += 1
          }
          await settleTouched(touched)
          rows = (await db.streams.toArray()).reduce((sum, { count }) => sum + count, 0)
        },
      )
      tell(touched)
      return { applied, rows }
    },

    noteEpoch: (epoch) =>
      db.transaction('rw', db.client, db.uploads, async () => {
        const client = await readClient(context)
        await db.client.put({ ...client, epochs: [...client.epochs, epoch] })
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

function nextPull(context: DbContext): Promise<number> {
  const { db } = context
  return db.transaction('rw', db.client, async () => {
    const client = await readClient(context)
    await db.client.put({ ...client, pull: client.pull + 1 })
    return client.pull + 1
  })
}

function placeIn(states: readonly StreamState[]): Place {
  const behind = states.filter(({ seq, whole }) => seq !== whole)
  return {
    cursors: Object.fromEntries(
      states.map(({ stream, epoch, seq }): [string, Cursor] => [stream, [epoch, seq]]),
    ),
    since: Object.fromEntries(behind.map(({ stream, whole = 0 }) => [stream, whole])),
  }
}

/** What tells how far a pull has got, and what is left to do. */
interface Rest {
  readonly me: ClientState | undefined
  readonly streams: readonly StreamState[]
  /** Entries the server has, by number. */
  readonly settled: readonly number[]
  readonly queued: number
  readonly oldestAcked: AckedEntry | undefined
}

async function readRest(db: TabletDatabase): Promise<Rest> {
  const read = [db.client, db.streams, db.outbox, db.acked]
  const [me, streams, settled, queued, oldestAcked] = await db.transaction('r', read, async () =>
    Promise.all([
      db.client.get('me'),
      db.streams.toArray(),
      db.outbox.where('state').equals('settled').primaryKeys(),
      countQueued(db),
      db.acked.orderBy('ackedAtMs').first(),
    ]),
  )
  return { me, streams, settled, queued, oldestAcked }
}

/**
 * Whether an answer without pages leaves everything as it is: then nothing is written, which on a tablet costs more than the
 * asking. The server's time is noted now and then.
 */
function isNothingNew({ streams: readable, serverTime }: Pulled, { me, streams }: Rest): boolean {
  const noted = me?.serverTimeMs ?? Number.NEGATIVE_INFINITY
  return (
    Math.abs(Date.parse(serverTime) - noted) < NOTE_TIME_MS &&
    streams.every(
      ({ stream, seq, whole, wrong }) => !wrong && seq === whole && readable.some((name) => name === stream),
    )
  )
}

/** After the last page of the pull of that number. */
async function finish(
  context: DbContext,
  pull: number,
  { me, streams, settled, oldestAcked }: Rest,
): Promise<Applied> {
  const { db, nowMs } = context
  for (let from = 0; from < settled.length; from += SETTLED_CHUNK)
    await takeCovered(context, settled.slice(from, from + SETTLED_CHUNK), pull)
  const keepSinceMs = (me?.serverTimeMs ?? nowMs()) - KEEP_ACKED_MS
  if (oldestAcked !== undefined && oldestAcked.ackedAtMs < keepSinceMs)
    await db.acked.where('ackedAtMs').below(keepSinceMs).delete()
  if (me?.started !== true)
    await db.transaction('rw', db.client, async () => changeClient(db, { started: true }))
  const asked = me?.epochs ?? []
  const newEpoch = streams
    .map(({ epoch }) => epoch)
    .find((epoch) => !NO_EPOCHS.includes(epoch) && !asked.includes(epoch))
  // Meanwhile somebody may have saved, in another tab too.
  return { type: 'whole', newEpoch, queued: await countQueued(db) }
}

/** Entries taken out of the outbox in one transaction, after an import too: no page stands still for thousands. */
const SETTLED_CHUNK = 200

/** Takes those of the entries that the pull covers out of the outbox. */
async function takeCovered(context: DbContext, numbers: readonly number[], pull: number): Promise<void> {
  const { db, actor, changed } = context
  const entries = await db.transaction('rw', tables(db), async () => {
    const held = await db.outbox.bulkGet([...numbers])
    const covered = held
      .filter((entry) => entry !== undefined)
      .filter(({ state, settledAtPull }) => state === 'settled' && settledAtPull < pull)
    if (covered.length === 0) return new Map<RecordId, IndexEntry | undefined>()
    await keepAcked(context, covered)
    // Of a server that has forgotten a record [S22], an entry may have been all there was of it, and what hangs on it goes too.
    const ids = await withPending(db, new Set(covered.flatMap(({ mutation }) => touchedBy(mutation))))
    return refreshIndex(db, ids, { actor, held: await Held.read(db, ids) })
  })
  changed([...entries.keys()], entries)
}

/** The heartbeat lies beside the identity [S5]. */
function beats(db: TabletDatabase): EntityTable<{ key: 'beat'; atMs: number }, 'key'> {
  return db.table('client')
}
