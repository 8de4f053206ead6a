/**
 * Rows that come in bulk are kept as packs [S23]: a hundred small writes cost a tablet more than one large one, and what lists
 * need of them is read without the rest. A pack is never changed: what comes later of its rows lies over it (rows.ts, light.ts), or
 * another takes its place (repacking.ts).
 */
import type { RecordId } from '../domain/ids.ts'
import type { StoredRecord } from '../domain/record.ts'
import { type Place, placesIn } from './directory.ts'
import type { HeadRecord, PackRecord, RowRecord } from './schema.ts'

/** What becomes a pack. */
export interface PackLimits {
  /** Fewer rows that come together are kept by themselves. */
  readonly min: number
  /** Rows of a pack: one of them is read with all. */
  readonly rows: number
  /** A pack is made anew for one change in fewer rows: to write a row and its entry by themselves costs as much as to pack so many. */
  readonly perChange: number
}
export const PACKS: PackLimits = { min: 32, rows: 64, perChange: 4 }

/** One record out of a pack's bytes. */
export function unpack(pack: PackRecord, { start, end }: Pick<Place, 'start' | 'end'>): StoredRecord {
  return JSON.parse(new TextDecoder().decode(new Uint8Array(pack.bytes, start, end - start)))
}

/** All rows of a pack. */
export function unpackAll(pack: PackRecord, head: HeadRecord): RowRecord[] {
  return placesIn(head).map((place) => rowAt(pack, place))
}

/** One row of it. */
export function rowAt(pack: PackRecord, place: Place): RowRecord {
  const { stream, id, seq, rev } = place
  return { stream, id, seq, rev, record: unpack(pack, place) }
}

/** Where a record is in a pack; -1 where it is not. */
export const placeOf = (head: HeadRecord, id: RecordId): number => head.ids.indexOf(id)
