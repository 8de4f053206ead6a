/**
 * Packs what a page brings, as long as that costs less than to keep each row by itself [S23]: rows that no pack holds, and those of
 * packs of which enough change. Such a pack is left by them; where less than half of it stays, that comes along. A record lies in one
 * pack of a stream, before and after. Runs inside the caller's transaction.
 */
import type { RecordId } from '../domain/ids.ts'
import type { DbContext } from './context.ts'
import { placesIn } from './directory.ts'
import { type Held, isHeld } from './held.ts'
import { idsIn, rowsAt } from './packs.ts'
import { dropPacks, leavePacks, putPacked } from './rows.ts'
import type { HeadRecord, StoredRow, TabletDatabase } from './schema.ts'

interface Page {
  readonly stream: string
  /** What the page leaves of each of its records; null where it leaves the stream. */
  readonly rows: ReadonlyMap<RecordId, StoredRow>
  /** Knows them, with these rows. */
  readonly held: Held
}

/** Answers which of the page's rows are dealt with; `held` knows where they are now. */
export async function packPage(
  context: Pick<DbContext, 'db' | 'newId' | 'packs'>,
  { stream, rows, held }: Page,
): Promise<readonly RecordId[]> {
  const { db, packs } = context
  const { loose, left } = sortOut(context, { stream, rows, held })
  const changed = [...loose, ...left.flatMap((pack) => pack.rows)]
  const fresh = changed.filter(isHeld)
  if (fresh.length < packs.min) return []
  const leaving = new Set(changed.map(({ id }) => id))
  const { full, thin } = await headsLeft(
    db,
    left.map(({ n }): [string, number] => [stream, n]),
    leaving,
  )
  const others = await otherRows(db, thin, rows)
  const alone = changed.map(({ id }) => id).filter((id) => held.isAlone(stream, id))
  const lying = [...alone, ...others.alone]
  if (lying.length > 0) await db.rows.bulkDelete(lying.map((id): [string, string] => [stream, id]))
  const gone = [...changed, ...others.rows].filter((row) => !isHeld(row))
  held.leavePacks(
    stream,
    gone.map(({ id }) => id),
  )
  const all = [...others.rows.filter(isHeld), ...fresh]
  const heads = await putPacked(context, all)
  if (thin.length > 0) await dropPacks(db, thin)
  if (full.length > 0)
    for (const place of (await leavePacks(context, full, leaving)).flatMap(placesIn)) held.move(place)
  const records = new Map(all.map(({ id, record }) => [id, record]))
  for (const place of heads.flatMap(placesIn)) held.pack(place, records.get(place.id))
  return [...leaving]
}

/** Rows that no pack holds, and the packs that enough rows of the page leave. */
function sortOut(
  { packs }: Pick<DbContext, 'packs'>,
  { stream, rows, held }: Page,
): { loose: StoredRow[]; left: { n: number; rows: StoredRow[] }[] } {
  const loose: StoredRow[] = []
  const byPack = new Map<number, { readonly size: number; readonly rows: StoredRow[] }>()
  for (const row of rows.values()) {
    const place = held.placeOf(stream, row.id)
    if (place === undefined) {
      loose.push(row)
      continue
    }
    const pack = byPack.get(place.n) ?? { size: place.of, rows: [] }
    pack.rows.push(row)
    byPack.set(place.n, pack)
  }
  const left = [...byPack]
    .filter(([, pack]) => pack.rows.length * packs.perChange > pack.size)
    .map(([n, pack]) => ({ n, rows: pack.rows }))
  return { loose, left }
}

/** The packs of which most rows stay, and the others, of which what stays is packed anew with what comes. */
async function headsLeft(
  db: TabletDatabase,
  keys: [string, number][],
  leaving: ReadonlySet<RecordId>,
): Promise<{ full: HeadRecord[]; thin: HeadRecord[] }> {
  const heads = keys.length === 0 ? [] : await db.heads.bulkGet(keys)
  const full: HeadRecord[] = []
  const thin: HeadRecord[] = []
  for (const head of heads) {
    if (head === undefined) continue
    const staying = idsIn(head).filter((id) => !leaving.has(id)).length
    if (staying * 2 > head.ids.length) full.push(head)
    else thin.push(head)
  }
  return { full, thin }
}

interface Others {
  /** As they lie over the packs, or else in them. */
  readonly rows: readonly StoredRow[]
  /** Those that lie over them. */
  readonly alone: readonly RecordId[]
}

/** The rows of these packs that the page says nothing of. */
async function otherRows(
  db: TabletDatabase,
  heads: readonly HeadRecord[],
  page: ReadonlyMap<RecordId, StoredRow>,
): Promise<Others> {
  const found: StoredRow[] = []
  const alone: RecordId[] = []
  for (const head of heads) {
    const places = placesIn(head).filter(({ id }) => !page.has(id))
    if (places.length === 0) continue
    const [packed, over] = await Promise.all([
      rowsAt(db, places),
      db.rows.bulkGet(places.map(({ id }): [string, string] => [head.stream, id])),
    ])
    for (const [index, place] of places.entries()) {
      const single = over[index]
      if (single !== undefined) alone.push(single.id)
      const row = single ?? packed.get(place)
      if (row !== undefined) found.push(row)
    }
  }
  return { rows: found, alone }
}
