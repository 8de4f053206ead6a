/**
 * Which pack holds a record, kept in memory. A page of a pull is about hundreds of records: asked one by one, the database's
 * index takes longer than all else. A pack under the same number never says anything else of whose rows it holds (packing.ts), so looking
 * at the numbers tells whether all is as it was, whoever changed it.
 */
import type { RecordId } from '../domain/ids.ts'
import type { PackHead } from '../sync/ports.ts'

/** A record in a pack. */
export interface Place {
  readonly stream: string
  /** Number of the pack. */
  readonly n: number
  readonly id: RecordId
  readonly seq: number
  readonly rev: number
  /** Number of the block that has it, and where it is in there. */
  readonly block: number
  readonly start: number
  readonly end: number
  /** How many records are in it. */
  readonly of: number
}

type PackKey = [stream: string, n: number]

/** What it needs of a pack's head. */
interface Head extends Pick<PackHead, 'seqs' | 'revs' | 'ends' | 'blocks'> {
  readonly stream: string
  readonly n: number
  readonly at?: number
  readonly ids: readonly (RecordId | null)[]
}

/** Where the heads are. */
interface Heads {
  toCollection(): { primaryKeys(): PromiseLike<PackKey[]> }
  bulkGet(keys: PackKey[]): PromiseLike<(Head | undefined)[]>
}

export class Directory {
  private readonly places = new Map<RecordId, readonly Place[]>()
  private readonly packs = new Map<string, readonly RecordId[]>()

  /**
   * Places of these records, inside the caller's transaction; undefined where reading all packs that have come since would
   * cost more than the index.
   */
  async find(heads: Heads, ids: readonly RecordId[]): Promise<readonly Place[] | undefined> {
    const keys = await heads.toCollection().primaryKeys()
    const unknown = keys.filter((key) => !this.packs.has(nameOf(key)))
    if (unknown.length > ids.length) return undefined
    const found = unknown.length === 0 ? [] : await heads.bulkGet(unknown)
    if (this.packs.size + unknown.length > keys.length) this.keepOnly(keys)
    for (const head of found) if (head !== undefined) this.add(head)
    return ids.flatMap((id) => this.places.get(id) ?? [])
  }

  /** The same where it is known which packs hold them. */
  async findIn(heads: Heads, keys: readonly PackKey[], ids: readonly RecordId[]): Promise<readonly Place[]> {
    const unknown = keys.filter((key) => !this.packs.has(nameOf(key)))
    const found = unknown.length === 0 ? [] : await heads.bulkGet([...unknown])
    for (const head of found) if (head !== undefined) this.add(head)
    const there = new Set(keys.map(nameOf))
    return ids
      .flatMap((id) => this.places.get(id) ?? [])
      .filter(({ stream, n }) => there.has(nameOf([stream, n])))
  }

  private add(head: Head): void {
    const name = nameOf([head.stream, head.n])
    // Two may have read it at the same time.
    if (this.packs.has(name)) return
    const places = placesIn(head)
    this.packs.set(
      name,
      places.map(({ id }) => id),
    )
    for (const place of places) {
      const others = this.places.get(place.id)
      this.places.set(place.id, others === undefined ? [place] : [...others, place])
    }
  }

  private keepOnly(keys: readonly PackKey[]): void {
    const there = new Set(keys.map(nameOf))
    for (const [name, ids] of this.packs) {
      if (there.has(name)) continue
      this.packs.delete(name)
      for (const id of ids) {
        const left = (this.places.get(id) ?? []).filter(({ stream, n }) => nameOf([stream, n]) !== name)
        if (left.length === 0) this.places.delete(id)
        else this.places.set(id, left)
      }
    }
  }
}

const nameOf = ([stream, n]: PackKey): string => `${stream}|${n}`

/** Where each record that is in it lies. */
export function placesIn({ stream, n, at = n, ids, seqs, revs, ends, blocks }: Head): Place[] {
  const spans = spansIn(ends, blocks)
  const of = ids.filter((id) => id !== null).length
  return ids.flatMap((id, place) => {
    if (id === null) return []
    const { block, start, end } = spans[place] ?? { block: 0, start: 0, end: 0 }
    const [seq, rev] = [seqs[place] ?? 0, revs[place] ?? 0]
    return [{ stream, n, id, seq, rev, block: at - block, start, end, of }]
  })
}

/** Which of the blocks has each record, and where in it; `blocks`: offsets behind each, absent where all are in one. */
export function spansIn(
  ends: readonly number[],
  blocks: readonly number[] = [],
): { readonly block: number; readonly start: number; readonly end: number }[] {
  let [block, from] = [0, 0]
  return ends.map((end, place) => {
    const start = ends[place - 1] ?? 0
    const behind = blocks[block]
    if (behind !== undefined && start >= behind) {
      block += 1
      from = behind
    }
    return { block, start: start - from, end: end - from }
  })
}
