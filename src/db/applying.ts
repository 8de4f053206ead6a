/** Takes pages of a pull or a snapshot in [S20]–[S23]: rows, count and sum in step. Runs inside the caller's transaction. */
import { EMPTY_SUM, addToSum, removeFromSum } from '../domain/checksum.ts'
import type { RecordId } from '../domain/ids.ts'
import { type Pulled, type PulledPage, patchedRow } from '../domain/patch.ts'
import type { Row } from '../domain/wire.ts'
import type { IndexEntry } from '../sync/ports.ts'
import type { DbContext } from './context.ts'
import { lightEntryOf } from './entry.ts'
import { erase, erasureOf } from './erasing.ts'
import type { Held } from './held.ts'
import { indexedAmong } from './light.ts'
import { packPage } from './repacking.ts'
import { dropStream, putRows } from './rows.ts'
import type { StoredRow, StreamState, TabletDatabase } from './schema.ts'

/** Rows of streams the person no longer reads leave the tablet; answers whether there were any such streams. */
export async function dropLostStreams(
  db: TabletDatabase,
  { streams }: Pulled,
  touched: Touched,
): Promise<boolean> {
  const held = await db.streams.toCollection().primaryKeys()
  const lost = held.filter((stream) => !streams.some((readable) => readable === stream))
  for (const stream of lost) {
    await dropRows(db, stream, touched)
    await db.streams.delete(stream)
  }
  return lost.length > 0
}

async function dropRows(db: TabletDatabase, stream: string, touched: Touched): Promise<void> {
  for (const id of await dropStream(db, stream)) touched.note(id)
}

/** Whether rows of the page say that something was destroyed [S18]. */
export function isErasing({ rows }: { readonly rows: readonly object[] }): boolean {
  return rows.some((row) => 'purged' in row && row.purged !== undefined)
}

/**
 * Applies one page; a stream that is complete and does not add up is marked wrong until it does, as is one with a patch that
 * does not fit, of which nothing is applied. `held`: read for the records of the page, and kept in step.
 */
export async function applyPage(
  context: DbContext,
  page: PulledPage,
  { held, touched }: { held: Held; touched: Touched },
): Promise<void> {
  const { db } = context
  const { stream } = page
  const [epoch, seq] = page.cursor
  const known = await db.streams.get(stream)
  // Another tab has got further while this answer was on its way [S5].
  if (!page.reset && known?.epoch === epoch && seq < known.seq) return
  const whole = await wholeRows(held, page, known)
  if (whole === undefined) {
    const none = { epoch: '-', seq: 0, count: 0, sum: EMPTY_SUM }
    await db.streams.put({ ...none, ...known, stream, wrong: true })
    return
  }
  if (page.reset) {
    await dropRows(db, stream, touched)
    held.dropStream(stream)
  }
  let { count, sum } = known === undefined || page.reset ? { count: 0, sum: EMPTY_SUM } : known
  const erasure = isErasing({ rows: whole }) ? erasureOf(whole) : undefined
  /** A page may carry a record several times. */
  const rows = new Map<RecordId, StoredRow>()
  for (const row of whole) {
    const { id, rev, record } = row
    const old = held.mark(stream, id)
    if (old !== undefined) {
      count -= 1
      sum = removeFromSum(sum, old)
    }
    if (record !== null) {
      count += 1
      sum = addToSum(sum, { id, rev })
    }
    const stored = { stream, ...row }
    held.put(stored)
    rows.set(id, stored)
  }
  const packed = await packPage(context, { stream, rows, held })
  const isClean = (id: RecordId): boolean => held.isInOnePack(id)
  await noteClean(db, packed.filter(isClean), touched)
  for (const id of packed) {
    touched.entries.set(id, lightEntryOf(rows.get(id)?.record ?? undefined))
    if (!isClean(id)) touched.note(id)
    rows.delete(id)
  }
  await putRows(db, [...rows.values()], (id) => held.isPacked(stream, id))
  held.lieAlone(stream, rows.keys())
  if (erasure !== undefined) await erase(context, erasure)
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

/** Streams that a complete answer says nothing of were at their heads: what is held of them is whole. `states`: of all that are held. */
export async function noteWhole(
  db: TabletDatabase,
  { pages, asked }: Pulled,
  states: readonly StreamState[],
): Promise<void> {
  const told = new Set<string>(pages.map(({ stream }) => stream))
  const behind = states.filter(({ stream, epoch, seq, whole }) => {
    const [askedEpoch, askedSeq] = asked[stream] ?? []
    return epoch === askedEpoch && seq === askedSeq && whole !== seq && !told.has(stream)
  })
  if (behind.length > 0) await db.streams.bulkPut(behind.map((state) => ({ ...state, whole: state.seq })))
}

/** The rows of a page with each patch laid over what is held of its row; undefined when one does not fit. */
async function wholeRows(
  held: Held,
  { stream, reset, cursor, rows }: PulledPage,
  known: StreamState | undefined,
): Promise<readonly Row[] | undefined> {
  const ids = [...new Set(rows.flatMap((row) => ('over' in row ? [row.id] : [])))]
  if (ids.length > 0 && (reset || known?.epoch !== cursor[0])) return undefined
  if (held.lacks(ids)) await held.load(ids)
  const latest = new Map<RecordId, Row>()
  for (const row of held.rowsOf(ids)) if (row.stream === stream) latest.set(row.id, row)
  const whole: Row[] = []
  for (const row of rows) {
    const next = 'over' in row ? patchedRow(latest.get(row.id), row) : row
    if (next === undefined) return undefined
    latest.set(next.id, next)
    whole.push(next)
  }
  return whole
}

/** Packed rows carry their own index entries; of those in one pack alone, only the ones that had an entry need it written anew. */
export async function noteClean(
  db: TabletDatabase,
  ids: readonly RecordId[],
  touched: Touched,
): Promise<void> {
  if (ids.length === 0) return
  const indexed = new Set(await indexedAmong(db, ids))
  for (const id of ids) touched.note(id, { indexed: !indexed.has(id) })
}

/** The records a pull has touched, and those of them whose index entry is to be written anew. */
export class Touched {
  readonly ids = new Set<RecordId>()
  readonly stale = new Set<RecordId>()
  /** As lists have them now, of those that were worked out on the way. */
  readonly entries = new Map<RecordId, IndexEntry | undefined>()

  note(id: RecordId, { indexed = false } = {}): void {
    this.ids.add(id)
    if (!indexed) this.stale.add(id)
  }

  show(entries: readonly IndexEntry[]): void {
    for (const entry of entries) this.entries.set(entry.id, entry)
  }
}
