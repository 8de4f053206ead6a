/**
 * Packs what a page brings, as long as that costs less than to keep each row by itself [S23]: rows that no pack holds, and those of
 * packs of which most change, whose other rows come along. A record lies in one pack of a stream, before and after. Runs inside the
 * caller's transaction.
 */
import type { RecordId } from '../domain/ids.ts'
import type { DbContext } from './context.ts'
import { placesIn } from './directory.ts'
import { type Held, isHeld } from './held.ts'
import { unpackAll } from './packs.ts'
import { dropPacks, putPacked } from './rows.ts'
import type { HeadRecord, RowRecord, StoredRow, TabletDatabase } from './schema.ts'

interface Page {
  readonly stream: string
  /** What the page leaves of each of its records; null where it leaves the stream. */
  readonly rows: ReadonlyMap<RecordId, StoredRow>
  /** Knows them, with these rows. */
  readonly held: Held
  /** Whether packs may be made anew. */
  readonly dissolving: boolean
}

/** Answers the new packs, and which of the page's rows are dealt with; `held` knows where they are now. */
export async function packPage(
  context: Pick<DbContext, 'db' | 'nowMs' | 'packs'>,
  { stream, rows, held, dissolving }: Page,
): Promise<{ readonly heads: readonly HeadRecord[]; readonly packed: readonly RecordId[] }> {
  const { db, packs } = context
  const { loose, dissolved } = sortOut(stream, rows, held)
  const changed = [...loose, ...(dissolving ? dissolved.flatMap((pack) => pack.rows) : [])]
  const fresh = changed.filter(isHeld)
  if (fresh.length < packs.min) return { heads: [], packed: [] }
  const rest: RowRecord[] = []
  if (dissolving && dissolved.length > 0) {
    const keys = dissolved.map(({ n }): [string, number] => [stream, n])
    rest.push(...(await otherRows(db, keys, rows)))
    await dropPacks(db, keys)
  }
  const all = [...rest, ...fresh]
  const leaving = changed.filter((row) => !isHeld(row)).map(({ id }) => id)
  held.leavePacks(stream, leaving)
  const heads = await putPacked(context, all)
  const records = new Map(all.map(({ id, record }) => [id, record]))
  for (const place of heads.flatMap(placesIn)) held.pack(place, records.get(place.id))
  const keysOf = (ids: readonly RecordId[]): [string, string][] => ids.map((id) => [stream, id])
  const single = [...rest.map(({ id }) => id), ...changed.map(({ id }) => id)]
  await db.rows.bulkDelete(keysOf(single))
  return { heads, packed: changed.map(({ id }) => id) }
}

/** Rows that no pack holds, and the packs of which more than half changes. */
function sortOut(
  stream: string,
  rows: ReadonlyMap<RecordId, StoredRow>,
  held: Held,
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
    .filter(([, pack]) => pack.rows.length * 2 > pack.size)
    .map(([n, pack]) => ({ n, rows: pack.rows }))
  return { loose, dissolved }
}

/** What is held of these packs' rows beside those of the page: as it lies over them, or else in them. */
async function otherRows(
  db: TabletDatabase,
  keys: readonly [string, number][],
  page: ReadonlyMap<RecordId, StoredRow>,
): Promise<RowRecord[]> {
  const heads = (await db.heads.bulkGet([...keys])).filter((head) => head !== undefined)
  const partly = heads.filter(({ ids }) => ids.some((id) => !page.has(id)))
  if (partly.length === 0) return []
  const packs = await db.packs.bulkGet(partly.map(({ stream, n }): [string, number] => [stream, n]))
  const below = partly.flatMap((head, index) => {
    const pack = packs[index]
    return pack === undefined ? [] : unpackAll(pack, head).filter(({ id }) => !page.has(id))
  })
  const over = await db.rows.bulkGet(below.map(({ stream, id }): [string, string] => [stream, id]))
  return below.map((row, index) => over[index] ?? row).filter(isHeld)
}
