/**
 * What is held of some records over all streams, by themselves and in packs below: read once, and carried along as pages are
 * taken in. Runs inside the caller's transaction.
 */
import { type RecordId, asRecordId } from '../domain/ids.ts'
import type { StoredRecord } from '../domain/record.ts'
import { FEW, KEYS_PER_LOOKUP, among } from './among.ts'
import type { Place } from './directory.ts'
import { placesOf } from './heads.ts'
import { rowsAt } from './packs.ts'
import type { RowRecord, StoredRow, TabletDatabase } from './schema.ts'

/** What is known of a row without reading it. */
export interface RowMark {
  readonly id: RecordId
  readonly seq: number
  readonly rev: number
}

interface Layers {
  /** Streams of which a row is stored by itself. */
  readonly alone: Set<string>
  /** Of each stream the row that lies by itself, over what a pack says. */
  readonly single: Map<string, StoredRow>
  readonly packed: Map<string, Place>
}

const noLayers = (): Layers => ({ alone: new Set(), single: new Map(), packed: new Map() })

export class Held {
  private readonly db: TabletDatabase
  private readonly byId: ReadonlyMap<RecordId, Layers>
  private readonly records = new Map<Place, StoredRecord>()

  private constructor(db: TabletDatabase, byId: ReadonlyMap<RecordId, Layers>) {
    this.db = db
    this.byId = byId
  }

  static async read(db: TabletDatabase, ids: readonly RecordId[]): Promise<Held> {
    const [single, places] = await Promise.all([singleOf(db, ids), placesOf(db, ids)])
    const byId = new Map(ids.map((id): [RecordId, Layers] => [id, noLayers()]))
    for (const row of single) {
      byId.get(row.id)?.single.set(row.stream, row)
      byId.get(row.id)?.alone.add(row.stream)
    }
    for (const place of places) byId.get(place.id)?.packed.set(place.stream, place)
    return new Held(db, byId)
  }

  /** Whether it was read. */
  knows(id: RecordId): boolean {
    return this.byId.has(id)
  }

  /** What the stream holds of it; undefined where that is nothing, or no more. */
  mark(stream: string, id: RecordId): RowMark | undefined {
    const { single, packed } = this.layersOf(id)
    const over = single.get(stream)
    if (over === undefined) return packed.get(stream)
    return over.record === null ? undefined : over
  }

  isPacked(stream: string, id: RecordId): boolean {
    return this.placeOf(stream, id) !== undefined
  }

  /** Where a pack of the stream holds it, under whatever lies over that. */
  placeOf(stream: string, id: RecordId): Place | undefined {
    return this.layersOf(id).packed.get(stream)
  }

  /** Whether the stream has a row of it stored by itself. */
  isAlone(stream: string, id: RecordId): boolean {
    return this.layersOf(id).alone.has(stream)
  }

  /** These were written by themselves. */
  lieAlone(stream: string, ids: Iterable<RecordId>): void {
    for (const id of ids) this.layersOf(id).alone.add(stream)
  }

  /** Whether one pack says all there is of it. */
  isInOnePack(id: RecordId): boolean {
    const layers = this.byId.get(id)
    return layers?.single.size === 0 && layers.packed.size === 1
  }

  /** It lies in a pack now, and nothing over that. Those that were not read do not matter. */
  pack(place: Place, record: StoredRecord | undefined): void {
    const layers = this.byId.get(place.id)
    layers?.single.delete(place.stream)
    layers?.alone.delete(place.stream)
    layers?.packed.set(place.stream, place)
    if (record !== undefined) this.records.set(place, record)
  }

  /** What is left of a pack has another number. */
  move(place: Place): void {
    const layers = this.byId.get(place.id)
    const before = layers?.packed.get(place.stream)
    if (before === undefined) return
    layers?.packed.set(place.stream, place)
    const record = this.records.get(before)
    if (record !== undefined) this.records.set(place, record)
  }

  /** No pack of the stream holds them any more. */
  leavePacks(stream: string, ids: readonly RecordId[]): void {
    for (const id of ids) this.byId.get(id)?.packed.delete(stream)
  }

  put(row: StoredRow): void {
    this.layersOf(row.id).single.set(row.stream, row)
  }

  dropStream(stream: string): void {
    for (const { alone, single, packed } of this.byId.values()) {
      alone.delete(stream)
      single.delete(stream)
      packed.delete(stream)
    }
  }

  /** Whether `load` must come before `rowsOf`. Where it need not, do not wait: a transaction does not outlive many waits. */
  lacks(ids: Iterable<RecordId>): boolean {
    return this.below(ids).some((place) => !this.records.has(place))
  }

  async load(ids: Iterable<RecordId>): Promise<void> {
    const { unpacked } = this.db
    for (const place of this.below(ids)) {
      const known = unpacked.find(place)
      if (known !== undefined) this.records.set(place, known)
    }
    const missing = this.below(ids).filter((place) => !this.records.has(place))
    if (missing.length === 0) return
    for (const [place, { record }] of await rowsAt(this.db, missing)) {
      unpacked.keep(place, record)
      this.records.set(place, record)
    }
  }

  /** The rows of these records over all streams. */
  rowsOf(ids: Iterable<RecordId>): RowRecord[] {
    return [...ids].flatMap((id) => {
      const rows = [...this.layersOf(id).single.values()].filter(isHeld)
      for (const place of this.below([id])) {
        const record = this.records.get(place)
        const { stream, seq, rev } = place
        if (record !== undefined) rows.push({ stream, id, seq, rev, record })
      }
      return rows
    })
  }

  /** What packs hold of them and nothing lies over. */
  private below(ids: Iterable<RecordId>): Place[] {
    return [...ids].flatMap((id) => {
      const { single, packed } = this.layersOf(id)
      return [...packed.values()].filter(({ stream }) => !single.has(stream))
    })
  }

  private layersOf(id: RecordId): Layers {
    const layers = this.byId.get(id)
    if (layers === undefined) throw new Error(`${id} was not read.`)
    return layers
  }
}

/** Most rows of a page are new, or lie in packs: where few lie by themselves, all their keys are read sooner than looked for. */
async function singleOf(db: TabletDatabase, ids: readonly RecordId[]): Promise<StoredRow[]> {
  const areFew = ids.length > FEW && (await db.rows.count()) <= KEYS_PER_LOOKUP * ids.length
  if (!areFew) return among(db.rows.where('id'), ids)
  const wanted = new Set(ids)
  const keys = (await db.rows.toCollection().primaryKeys()).filter(([, id]) => wanted.has(asRecordId(id)))
  const rows = keys.length === 0 ? [] : await db.rows.bulkGet(keys)
  return rows.filter((row) => row !== undefined)
}

/** The rows of these records over all streams. */
export async function rowsOf(db: TabletDatabase, ids: readonly RecordId[]): Promise<RowRecord[]> {
  const held = await Held.read(db, ids)
  if (held.lacks(ids)) await held.load(ids)
  return held.rowsOf(new Set(ids))
}

/** Whether any stream carries the record, and its highest revision there; 0 = none does. */
export async function highestRev(db: TabletDatabase, id: RecordId): Promise<number> {
  return Math.max(0, ...(await rowsOf(db, [id])).map(({ rev }) => rev))
}

/** Not a sign that the row has left. */
export function isHeld(row: StoredRow): row is RowRecord {
  return row.record !== null
}
