/** Where the words of a search stand in a text as it was written. */
import { searchKey } from './search.ts'

/** Part of a text by UTF-16 places, end excluded. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** A letter with the marks that belong to it, also 濁点 and 半濁点 of half width: what NFKC may make into one. */
const LETTER = /\P{M}[\p{M}\uFF9E\uFF9F]*|\p{M}+/gu

/** Where the keys (queryKeys) stand in the text as written; ranges are in order and apart. */
export function rangesOf(text: string, keys: readonly string[]): TextRange[] {
  if (keys.length === 0) return []
  let key = ''
  /** For each place of the key, the letter it comes from. */
  const from: TextRange[] = []
  for (const { 0: letter, index } of text.matchAll(LETTER)) {
    const part = searchKey(letter)
    key += part
    for (let place = 0; place < part.length; place += 1)
      from.push({ start: index, end: index + letter.length })
  }
  // Letters that only become one with their neighbours cannot be found again in the text.
  if (key !== searchKey(text)) return []
  const found = keys.flatMap((wanted) =>
    placesOf(key, wanted).map((place) => rangeOf(from, place, wanted.length)),
  )
  return merge(found.filter((range) => range !== undefined))
}

function placesOf(key: string, wanted: string): number[] {
  const places: number[] = []
  for (let at = key.indexOf(wanted); at >= 0; at = key.indexOf(wanted, at + wanted.length)) places.push(at)
  return places
}

function rangeOf(from: readonly TextRange[], place: number, length: number): TextRange | undefined {
  const first = from[place]
  const last = from[place + length - 1]
  return first === undefined || last === undefined ? undefined : { start: first.start, end: last.end }
}

function merge(ranges: readonly TextRange[]): TextRange[] {
  const merged: TextRange[] = []
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last !== undefined && range.start <= last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) }
    else merged.push(range)
  }
  return merged
}
