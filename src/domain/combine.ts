/** A first draft for combining by hand two texts that could not be merged [S16]. */
import { diff3Merge } from 'node-diff3'
import { mergeText, sentencesOf } from './merge.ts'

/**
 * Both versions in one text: what one side alone changed is applied, and where both changed the same place their sentences
 * stand one after the other, `first` before `second`. Nothing either side wrote is left out; a line break is put where two
 * sentences would run together.
 */
export function combineTexts(base: string, first: string, second: string): string {
  const merged = mergeText(base, first, second)
  if (merged !== null) return merged
  const regions = diff3Merge(sentencesOf(first), sentencesOf(base), sentencesOf(second), {
    excludeFalseConflicts: true,
  })
  const sentences = regions.flatMap(({ ok, conflict }) =>
    conflict === undefined
      ? (ok ?? [])
      : [...conflict.a, ...conflict.b.filter((sentence) => !conflict.a.includes(sentence))],
  )
  const combined: string[] = []
  for (const sentence of sentences) {
    const last = combined.at(-1)
    if (last !== undefined && sentencesOf(last + sentence)[0] !== last) combined.push('\n')
    combined.push(sentence)
  }
  return combined.join('')
}
