/**
 * Packs what a page brings, as long as that costs less than to keep each row by itself [S23]: rows that no pack holds, and those of
 * packs of which enough change, whose other rows come along. A record lies in one pack of a stream, before and after. Runs inside the
 * caller's transaction.
 */
import type { RecordId } from '../domain/ids.ts'
import type { DbContext } from './context.ts'
import { placesIn } from './directory.ts'
import { type Held, isHeld } from './held.ts'
import { rowsAt } from './packs.ts'
import { dropPacks, putPacked } from './rows.ts'
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
  const { loose, dissolved } = sortOut(context, { stream, rows, held })
  const changed = [...loose, ...dissolved.flatMap((pack) => pack.rows)]
  const fresh = changed.filter(isHeld)
  if (fresh.length < packs.min) return []
  const keys = dissolved.map(({ n }): [string, number] => [stream, n])
  const others = keys.length === 0 ? NO_OTHERS : await otherRows(db, keys, rows)
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
  if (others.heads.length > 0) await dropPacks(db, others.heads)
  const records = new Map(all.map(({ id, record }) => [id, record]))
  for (const place of heads.flatMap(placesIn)) held.pack(place, records.get(place.id))
  return changed.map(({ id }) => id)
}

/** Rows that no pack holds, and the packs of which enough changes. */
function sortOut(
  { packs }: Pick<DbContext, 'packs'>,
  { stream, rows, held }: Page,
): { loose: StoredRow[]; dissolved: { n: number; rows: StoredRow[] }[] } {
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
  const dissolved = [...byPack]
    .filter(([, pack]) => pack.rows.length * packs.perChange > pack.size)
    .map(([n, pack]) => ({ n, rows: pack.rows }))
  return { loose, dissolved }
}

interface Others {
  /** As they lie over the packs, or else in them. */
  readonly rows: readonly StoredRow[]
  /** Those that lie over them. */
  readonly alone: readonly RecordId[]
  /** Heads of the packs. */
  readonly heads: readonly HeadRecord[]
}
const NO_OTHERS: Others = { rows: [], alone: [], heads: [] }

/** The rows of these packs that the page says nothing of. */
async function otherRows(
  db: TabletDatabase,
  keys: readonly [string, number][],
  page: ReadonlyMap<RecordId, StoredRow>,
): Promise<Others> {
  const heads = (await db.heads.bulkGet([...keys])).filter((head) => head !== undefined)
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
  return { rows: found, alone, heads }
}
