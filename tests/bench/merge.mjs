/**
 * The merge of two people's edits of one text of 16,000 characters [S15], beside its floor: node-diff3's own three-way merge
 * of the same sentences, which neither splits the text nor looks for sentences that run together.
 */
import { diff3Merge } from 'node-diff3'
import { mergeText, sentencesOf } from '../../src/domain/merge.ts'

const CHARS = 16_000
const RUNS = 200
const WARM_UP = 20
const LIMIT_MS = 50

/** Sentences of this length, all different, that fill a text. */
function sentencesOfLength(length, mark) {
  return Array.from(
    { length: CHARS / length },
    (_, place) => `${mark}${place}`.padEnd(length - 1, '改') + '。',
  )
}

/** Replaces every n-th sentence, beginning at `first`. */
function edited(sentences, { every, first, mark }) {
  return sentences.map((sentence, place) =>
    place % every === first ? `${mark}${place}`.padEnd(sentence.length - 1, '善') + '。' : sentence,
  )
}

/** A list of lines: every second item is a line break. */
const listed = sentencesOfLength(40, '項目').flatMap((line) => [line, '\n'])
const long = sentencesOfLength(40, '取組')
const short = sentencesOfLength(8, '文')
const CASES = [
  {
    name: '40 字の文 400、各 1 割を変更',
    base: long,
    a: { every: 10, first: 2 },
    b: { every: 10, first: 7 },
  },
  {
    name: '40 字の行 400、各 1 割を変更',
    base: listed,
    a: { every: 10, first: 2 },
    b: { every: 10, first: 6 },
  },
  {
    name: '8 字の文 2000、各 1 割を変更',
    base: short,
    a: { every: 10, first: 2 },
    b: { every: 10, first: 7 },
  },
  { name: '8 字の文 2000、各半分を変更', base: short, a: { every: 2, first: 0 }, b: { every: 2, first: 1 } },
  {
    name: '8 字の文 2000、双方がすべて変更',
    base: short,
    a: { every: 1, first: 0 },
    b: { every: 1, first: 0 },
  },
]

/** Times in ms, ascending. */
function measure(work) {
  const times = []
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const startedMs = performance.now()
    work()
    if (run >= WARM_UP) times.push(performance.now() - startedMs)
  }
  return times.sort((a, b) => a - b)
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]

/** Median and p95 in ms of each case, with the ratio of the medians to the floor. */
export function benchMerge() {
  return CASES.map(({ name, base, ...people }) => {
    const [a, b] = [edited(base, { ...people.a, mark: '甲' }), edited(base, { ...people.b, mark: '乙' })]
    const texts = [base, a, b].map((sentences) => sentences.join(''))
    if (texts.some((text) => Math.abs(text.length - CHARS) > 500 || sentencesOf(text).length !== base.length))
      throw new Error(`${name}: not the text it is meant to be`)
    const merge = measure(() => mergeText(...texts))
    const floor = measure(() => diff3Merge(a, base, b))
    return { name, medianMs: at(merge, 0.5), p95Ms: at(merge, 0.95), ratio: at(merge, 0.5) / at(floor, 0.5) }
  })
}

if (import.meta.main) {
  for (const { name, medianMs, p95Ms, ratio } of benchMerge()) {
    process.stdout.write(
      `結合（${name}）: 中央値 ${medianMs.toFixed(1)} ms、p95 ${p95Ms.toFixed(1)} ms、diff3 のみの ${ratio.toFixed(2)} 倍\n`,
    )
    if (medianMs >= LIMIT_MS) process.exitCode = 1
  }
}
