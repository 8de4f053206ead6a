/**
 * Field merge [S14] and sentence merge of long text [S15]. Pure; tablet and server run the same code.
 * `from` is what the person started from, `mine` what they saved, `current` what the server holds now.
 */
import { type Json, canonicalJson, isArray, jsonEqual } from './json.ts'
import { type Hunk, shortestEdit } from './shortestEdit.ts'

/** `max`: of two numbers the higher, where being behind is what a later save mends. */
export type MergeKind = 'scalar' | 'text' | 'set' | 'max'

export type MergeOutcome =
  | { readonly type: 'nothing' }
  | { readonly type: 'set'; readonly value: Json }
  | { readonly type: 'merged'; readonly value: Json }
  | { readonly type: 'conflict' }

/** More sentences than this in any version is a conflict instead of a merge [S15]. */
const MAX_SENTENCES = 4000

/** Merges one field. `merged` means that both sides' changes are in the value; `nothing` that current already says it. */
export function mergeField(
  kind: MergeKind,
  { from, current, mine }: { readonly from: Json; readonly current: Json; readonly mine: Json },
): MergeOutcome {
  if (jsonEqual(current, mine)) return { type: 'nothing' }
  if (jsonEqual(current, from)) return { type: 'set', value: mine }
  if (jsonEqual(from, mine)) return { type: 'nothing' }
  if (kind === 'set') return { type: 'merged', value: mergeSets(from, current, mine) }
  if (kind === 'text') return mergeTextValues(from, current, mine)
  if (kind === 'max')
    return Number(mine) > Number(current) ? { type: 'set', value: mine } : { type: 'nothing' }
  return { type: 'conflict' }
}

function mergeTextValues(from: Json, current: Json, mine: Json): MergeOutcome {
  const base = from ?? ''
  const theirs = current ?? ''
  const ours = mine ?? ''
  if (typeof base !== 'string' || typeof theirs !== 'string' || typeof ours !== 'string')
    return { type: 'conflict' }
  const merged = mergeText(base, theirs, ours)
  return merged === null ? { type: 'conflict' } : { type: 'merged', value: merged }
}

function mergeSets(from: Json, current: Json, mine: Json): Json {
  const members = (value: Json): Map<string, Json> =>
    new Map((value !== null && isArray(value) ? value : []).map((item) => [canonicalJson(item), item]))
  const base = members(from)
  const result = members(current)
  const wanted = members(mine)
  for (const key of base.keys()) if (!wanted.has(key)) result.delete(key)
  for (const [key, item] of wanted) if (!base.has(key)) result.set(key, item)
  return [...result.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item)
}

/** Splits a text into sentences (after 。！？ and closing quotes) and single newlines; joined again they are the text. */
export function sentencesOf(text: string): string[] {
  return text.match(/\n|[^。！？\n]*[。！？]+[」』）)】]*|[^。！？\n]+/gu) ?? []
}

/** A stretch replaced by as many sentences as it had is taken sentence by sentence: neighbours may be edited by others. */
function splitPairwise(hunk: Hunk): Hunk[] {
  if (hunk.end - hunk.start !== hunk.content.length) return [hunk]
  return hunk.content.map((sentence, index) => ({
    start: hunk.start + index,
    end: hunk.start + index + 1,
    content: [sentence],
  }))
}

/** Two hunks cannot both be applied: they change the same sentence, or their order at one place is not certain. */
function collide(a: Hunk, b: Hunk): boolean {
  const aInserts = a.start === a.end
  const bInserts = b.start === b.end
  if (aInserts && bInserts) return a.start === b.start
  if (aInserts) return touchesInsertion(b, a.start)
  if (bInserts) return touchesInsertion(a, b.start)
  return a.start < b.end && b.start < a.end
}

function touchesInsertion(hunk: Hunk, at: number): boolean {
  if (hunk.start < at && at < hunk.end) return true
  const resized = hunk.content.length !== hunk.end - hunk.start
  return resized && (at === hunk.start || at === hunk.end)
}

const keyOf = ({ start, end, content }: Hunk): string => `${start} ${end} ${content.join('')}`

/** Looks only at hunks that touch: each list is in order and apart in itself. */
function anyCollide(aHunks: readonly Hunk[], bHunks: readonly Hunk[]): boolean {
  let first = 0
  return bHunks.some((hunk) => {
    while ((aHunks[first]?.end ?? Infinity) < hunk.start) first += 1
    for (let next = first; (aHunks[next]?.start ?? Infinity) <= hunk.end; next += 1) {
      const other = aHunks[next]
      if (other !== undefined && collide(hunk, other)) return true
    }
    return false
  })
}

/**
 * Three-way merge of long text by whole sentences. Symmetric in `a` and `b`; every sentence of a clean merge was written
 * by one of them. Returns null where both changed the same sentence (or inserted at one place), or beyond MAX_SENTENCES.
 */
export function mergeText(base: string, a: string, b: string): string | null {
  if (a === base || a === b) return b
  if (b === base) return a
  const [baseTokens, aTokens, bTokens] = [sentencesOf(base), sentencesOf(a), sentencesOf(b)]
  if (Math.max(baseTokens.length, aTokens.length, bTokens.length) > MAX_SENTENCES) return null
  const aHunks = shortestEdit(baseTokens, aTokens)?.flatMap(splitPairwise)
  const bAll = shortestEdit(baseTokens, bTokens)?.flatMap(splitPairwise)
  if (aHunks === undefined || bAll === undefined) return null
  const ofBoth = new Set(aHunks.map(keyOf))
  const bHunks = bAll.filter((hunk) => !ofBoth.has(keyOf(hunk)))
  if (anyCollide(aHunks, bHunks)) return null

  const hunks = [...aHunks, ...bHunks].sort((x, y) => x.start - y.start || x.end - y.end)
  const result: string[] = []
  let position = 0
  for (const hunk of hunks) {
    result.push(...baseTokens.slice(position, hunk.start), ...hunk.content)
    position = hunk.end
  }
  result.push(...baseTokens.slice(position))
  const merged = result.join('')
  return glues(merged, [...baseTokens, ...aTokens, ...bTokens]) ? null : merged
}

/** True when joining made a sentence that stands in no version (e.g. two texts without a full stop run together). */
function glues(merged: string, known: readonly string[]): boolean {
  const written = new Set(known)
  return sentencesOf(merged).some((sentence) => !written.has(sentence))
}
