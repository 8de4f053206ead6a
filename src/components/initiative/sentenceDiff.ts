import { sentencesOf } from '../../domain/merge.ts'

/**
 * Which sentences of a text differ from another version, for showing two versions side by side.
 * `added` = new against the common base; `kept` = was in the base, the other version removed it.
 */
export interface Segment {
  readonly kind: 'same' | 'added' | 'kept'
  readonly text: string
}

/** Positions in `a` of a longest common subsequence with `b`, compared without surrounding space. */
function commonPositions(a: readonly string[], b: readonly string[]): Set<number> {
  const left = a.map((part) => part.trim())
  const right = b.map((part) => part.trim())
  const width = right.length + 1
  const best = new Uint16Array((left.length + 1) * width)
  const at = (row: number, column: number) => best[row * width + column] ?? 0
  for (let row = left.length - 1; row >= 0; row--)
    for (let column = right.length - 1; column >= 0; column--)
      best[row * width + column] =
        left[row] === right[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
  const common = new Set<number>()
  let row = 0
  let column = 0
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) {
      common.add(row)
      row++
      column++
    } else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return common
}

/** The sentences of `text`, each marked by how it stands to `other` and to `base`. */
export function diffSentences(text: string, other: string, base: string): Segment[] {
  const sentences = sentencesOf(text)
  const common = commonPositions(sentences, sentencesOf(other))
  const inBase = new Set(sentencesOf(base).map((part) => part.trim()))
  return sentences.map((sentence, index) => ({
    kind: common.has(index) ? 'same' : inBase.has(sentence.trim()) ? 'kept' : 'added',
    text: sentence,
  }))
}
