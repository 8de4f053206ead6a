/** Which sentences two versions of a text differ in, for showing to people. Pure; sentences are those of the merge [S15]. */
import { diffIndices } from 'node-diff3'
import { sentencesOf } from './merge.ts'

/** A stretch of text: in both versions, only in the later one, or only in the earlier one. */
export interface Segment {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** What stands for sentences that did not change and are not shown. */
export interface Skipped {
  readonly kind: 'skipped'
  /** Number of sentences left out. */
  readonly count: number
}

const isBlank = (text: string): boolean => text.trim() === ''
/** Sentences are compared without surrounding space; a line break is compared as one. */
const keyOf = (sentence: string): string => sentence.trim() || sentence

/**
 * The way from one version to another, sentence by sentence: `same` and `added` joined are `to`. Blank stretches are
 * never marked.
 */
export function diffSentences(from: string, to: string): Segment[] {
  const [before, after] = [sentencesOf(from), sentencesOf(to)]
  const segments: Segment[] = []
  const put = (kind: Segment['kind'], sentences: readonly string[]): void => {
    for (const text of sentences) {
      if (!isBlank(text)) segments.push({ kind, text })
      else if (kind !== 'removed') segments.push({ kind: 'same', text })
    }
  }
  let position = 0
  for (const { buffer1, buffer2 } of diffIndices(before.map(keyOf), after.map(keyOf))) {
    put('same', after.slice(position, buffer2[0]))
    put('removed', before.slice(buffer1[0], buffer1[0] + buffer1[1]))
    put('added', after.slice(buffer2[0], buffer2[0] + buffer2[1]))
    position = buffer2[0] + buffer2[1]
  }
  put('same', after.slice(position))
  return segments
}

/**
 * One of two versions that could not be merged [S16], as it differs from the other: what it adds to the common base, and
 * what it removed of it. What both did alike is not marked.
 */
export function diffSide(base: string, side: string, other: string): Segment[] {
  const alike = diffSentences(base, other)
  const shared = (kind: Segment['kind']): Set<string> =>
    new Set(alike.filter((segment) => segment.kind === kind).map(({ text }) => keyOf(text)))
  const [added, removed] = [shared('added'), shared('removed')]
  return diffSentences(base, side).flatMap((segment) => {
    const { kind, text } = segment
    if (kind === 'added' && added.has(keyOf(text))) return [{ kind: 'same', text }]
    return kind === 'removed' && removed.has(keyOf(text)) ? [] : [segment]
  })
}

/** Leaves out what did not change, but for `around` sentences beside each change. */
export function aroundChanges(segments: readonly Segment[], around = 1): (Segment | Skipped)[] {
  const shown = new Set<number>()
  segments.forEach(({ kind }, index) => {
    if (kind === 'same') return
    shown.add(index)
    for (const step of [-1, 1]) {
      let left = around
      for (let at = index + step; left > 0 && at >= 0 && at < segments.length; at += step) {
        shown.add(at)
        if (!isBlank(segments[at]?.text ?? '')) left -= 1
      }
    }
  })
  const result: (Segment | Skipped)[] = []
  let count = 0
  const flush = (): void => {
    if (count > 0) result.push({ kind: 'skipped', count })
    count = 0
  }
  segments.forEach((segment, index) => {
    if (!shown.has(index)) {
      if (!isBlank(segment.text)) count += 1
      return
    }
    flush()
    result.push(segment)
  })
  flush()
  return result
}
