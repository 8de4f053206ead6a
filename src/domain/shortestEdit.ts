/** The shortest way from one list to another (Myers 1986): its time grows with what differs, not with what repeats. */

/** One changed stretch: of the first list [start, end) is replaced by `content`. */
export interface Hunk {
  readonly start: number
  readonly end: number
  readonly content: readonly string[]
}

/** Edits looked for among all items, where they come to stand best; then, among what both lists have. */
const MAX_EDITS_OF_ALL = 200
const MAX_EDITS = 1000

/** Hunks in order; undefined when there are more edits than are worth looking for. */
export function shortestEdit(from: readonly string[], to: readonly string[]): Hunk[] | undefined {
  const shorter = Math.min(from.length, to.length)
  let start = 0
  while (start < shorter && from[start] === to[start]) start += 1
  let tail = 0
  while (tail < shorter - start && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1
  const hunks = editBetween(from.slice(start, from.length - tail), to.slice(start, to.length - tail))
  return hunks?.map((hunk) => ({ ...hunk, start: hunk.start + start, end: hunk.end + start }))
}

function editBetween(from: readonly string[], to: readonly string[]): Hunk[] | undefined {
  const all = (list: readonly string[]): number[] => list.map((_, place) => place)
  const common = (list: readonly string[], other: ReadonlySet<string>): number[] =>
    all(list).filter((place) => other.has(list[place] ?? ''))
  return (
    editAmong(from, to, { kept: all(from), keptTo: all(to), most: MAX_EDITS_OF_ALL }) ??
    // What stands in one list only is removed or added, whatever the rest is.
    editAmong(from, to, {
      kept: common(from, new Set(to)),
      keptTo: common(to, new Set(from)),
      most: MAX_EDITS,
    })
  )
}

/** Looks at the kept places alone; the others are removed and added. */
function editAmong(
  from: readonly string[],
  to: readonly string[],
  { kept, keptTo, most }: { kept: readonly number[]; keptTo: readonly number[]; most: number },
): Hunk[] | undefined {
  const edits = search(
    kept.map((place) => from[place]),
    keptTo.map((place) => to[place]),
    most,
  )
  if (edits === undefined) return undefined
  const [same, sameTo] = [new Set(kept), new Set(keptTo)]
  for (const edit of edits) {
    if (edit.adds) sameTo.delete(keptTo[edit.to] ?? -1)
    else same.delete(kept[edit.from] ?? -1)
  }
  return hunksBetween({ length: from.length, same }, { items: to, same: sameTo })
}

/** `same`: places of what both lists have, in one order. */
function hunksBetween(
  from: { readonly length: number; readonly same: ReadonlySet<number> },
  to: { readonly items: readonly string[]; readonly same: ReadonlySet<number> },
): Hunk[] {
  const hunks: Hunk[] = []
  for (let [start, other] = [0, 0]; start < from.length || other < to.items.length; start += 1, other += 1) {
    let [end, otherEnd] = [start, other]
    while (end < from.length && !from.same.has(end)) end += 1
    while (otherEnd < to.items.length && !to.same.has(otherEnd)) otherEnd += 1
    if (end > start || otherEnd > other) hunks.push({ start, end, content: to.items.slice(other, otherEnd) })
    start = end
    other = otherEnd
  }
  return hunks
}

/** Before it, so many items of either list are done with; then one of `to` is added, or one of `from` removed. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly adds: boolean
}

/** How far each diagonal (place in `from` minus place in `to`) has come in `from`; diagonals may be negative. */
class Frontier {
  private readonly reached: Int32Array
  private readonly middle: number

  constructor(edits: number, reached = new Int32Array(2 * edits + 3)) {
    this.middle = edits + 1
    this.reached = reached
  }

  at(diagonal: number): number {
    return this.reached[this.middle + diagonal] ?? 0
  }

  set(diagonal: number, place: number): void {
    this.reached[this.middle + diagonal] = place
  }

  /** What diagonals -edits … edits were, each with a neighbour. */
  kept(edits: number): Frontier {
    return new Frontier(edits, this.reached.slice(this.middle - edits - 1, this.middle + edits + 2))
  }

  /** Whether the best way onto this diagonal adds an item, after so many edits. */
  adds(diagonal: number, edits: number): boolean {
    return diagonal === -edits || (diagonal !== edits && this.at(diagonal - 1) < this.at(diagonal + 1))
  }
}

type Items = readonly (string | undefined)[]

function search(from: Items, to: Items, limit: number): Edit[] | undefined {
  const most = Math.min(from.length + to.length, limit)
  const frontier = new Frontier(most)
  const before: Frontier[] = []
  for (let edits = 0; edits <= most; edits += 1) {
    before.push(frontier.kept(edits))
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let place = frontier.adds(diagonal, edits) ? frontier.at(diagonal + 1) : frontier.at(diagonal - 1) + 1
      while (place < from.length && place - diagonal < to.length && from[place] === to[place - diagonal])
        place += 1
      frontier.set(diagonal, place)
      if (place >= from.length && place - diagonal >= to.length)
        return wayBack(before, from.length - to.length)
    }
  }
  return undefined
}

function wayBack(before: readonly Frontier[], last: number): Edit[] {
  const edits: Edit[] = []
  let diagonal = last
  for (let count = before.length - 1; count > 0; count -= 1) {
    const frontier = before[count]
    if (frontier === undefined) break
    const adds = frontier.adds(diagonal, count)
    diagonal += adds ? 1 : -1
    const place = frontier.at(diagonal)
    edits.push({ from: place, to: place - diagonal, adds })
  }
  return edits.reverse()
}
