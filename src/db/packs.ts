/**
 * Rows that come in bulk are kept as packs [S23]: a hundred small writes cost a tablet more than one large one, and what lists
 * need of them is read without the rest. A pack is never changed: what comes later of its rows lies over it (rows.ts, light.ts), or
 * another takes its place, with the same blocks or anew (repacking.ts).
 */
import type { RecordId } from '../domain/ids.ts'
import type { StoredRecord } from '../domain/record.ts'
import { type Place, placesIn } from './directory.ts'
import type { BlockRecord, FormerBlock, HeadRecord, RowRecord, TabletDatabase } from './schema.ts'

/** What becomes a pack. */
export interface PackLimits {
  /** Fewer rows that come together are kept by themselves. */
  readonly min: number
  /** Rows of a pack: what lists and search need of them is read with all. */
  readonly rows: number
  /** Rows of a page are packed anew where they are more than one in so many of their pack; fewer are written by themselves. */
  readonly perChange: number
  /** UTF-16 units of a block, unless one record is larger. */
  readonly blockChars: number
}
/** A block compresses to under 64 KiB: what is larger, Chromium keeps as a file, which costs twice as much to write and read. */
export const PACKS: PackLimits = { min: 32, rows: 128, perChange: 24, blockChars: 56 * 1024 }

/** Offsets behind each block of records that end there. */
export function blocksFor(ends: readonly number[], blockChars: number): number[] {
  const blocks: number[] = []
  let from = 0
  for (const [place, end] of ends.entries()) {
    const start = ends[place - 1] ?? 0
    if (end - from <= blockChars || start === from) continue
    blocks.push(start)
    from = start
  }
  return [...blocks, ...ends.slice(-1)]
}

/** The pieces of a text that end there. */
export const cutAt = (ends: readonly number[], text: string): string[] =>
  ends.map((end, place) => text.slice(ends[place - 1] ?? 0, end))

/** The blocks of a pack as they are stored. */
export const blockRecords = (
  { stream, n }: Pick<HeadRecord, 'stream' | 'n'>,
  blocks: readonly string[],
): BlockRecord[] => blocks.map((text, place) => ({ stream, n: n - place, text }))

/** Keys of a pack's blocks. */
export const blockKeys = ({
  stream,
  n,
  at = n,
  blocks,
}: Pick<HeadRecord, 'stream' | 'n' | 'at' | 'blocks'>): [string, number][] =>
  Array.from({ length: blocks?.length ?? 1 }, (_, place) => [stream, at - place])

/** Key of a pack's search text. */
export const textKey = ({ stream, n, at = n }: Pick<HeadRecord, 'stream' | 'n' | 'at'>): [string, number] => [
  stream,
  at,
]

/** The records that are in a pack. */
export const idsIn = ({ ids }: Pick<HeadRecord, 'ids'>): RecordId[] => ids.filter((id) => id !== null)

/** The pack without these records, under a number of its own: its blocks stay as they are. */
export function without(head: HeadRecord, ids: ReadonlySet<RecordId>, n: number): HeadRecord {
  const { at = head.n, left = [] } = head
  const leaving = idsIn(head).filter((id) => ids.has(id))
  return {
    ...head,
    ...{ n, at, left: [...left, ...leaving] },
    ids: head.ids.map((id) => (id !== null && ids.has(id) ? null : id)),
  }
}

/** One record out of its block. */
export function unpack(
  block: Pick<BlockRecord, 'text'> | Pick<FormerBlock, 'bytes'>,
  { start, end }: Pick<Place, 'start' | 'end'>,
): StoredRecord {
  const json =
    'text' in block
      ? block.text.slice(start, end)
      : new TextDecoder().decode(new Uint8Array(block.bytes, start, end - start))
  return JSON.parse(json)
}

/** The rows at these places, each block read once; one whose block is not there is left out. Inside the caller's transaction. */
export async function rowsAt(db: TabletDatabase, places: readonly Place[]): Promise<Map<Place, RowRecord>> {
  const inBlocks = [...Map.groupBy(places, ({ stream, block }) => `${stream}|${block}`).values()]
  const keys = inBlocks.flatMap(([first]): [string, number][] =>
    first === undefined ? [] : [[first.stream, first.block]],
  )
  const blocks = keys.length === 0 ? [] : await db.packs.bulkGet(keys)
  const found = new Map<Place, RowRecord>()
  inBlocks.forEach((inBlock, index) => {
    const block = blocks[index]
    if (block === undefined) return
    for (const place of inBlock) {
      const { stream, id, seq, rev } = place
      found.set(place, { stream, id, seq, rev, record: unpack(block, place) })
    }
  })
  return found
}

/** All rows that are in a pack, in its order; undefined where some of it is not there. */
export async function readPack(db: TabletDatabase, head: HeadRecord): Promise<RowRecord[] | undefined> {
  const rows = await rowsAt(db, placesIn(head))
  return rows.size === idsIn(head).length ? [...rows.values()] : undefined
}

/** Where a record is in a pack; -1 where it is not. */
export const placeOf = (head: HeadRecord, id: RecordId): number => head.ids.indexOf(id)
