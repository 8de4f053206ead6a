import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combineTexts } from '../../../src/domain/combine.ts'
import { sentencesOf } from '../../../src/domain/merge.ts'
import { aroundChanges, diffSentences, diffSide } from '../../../src/domain/sentenceDiff.ts'

const sentence = fc
  .tuple(fc.stringMatching(/^[あいう]{1,2}$/), fc.constantFrom('。', '！', '。\n', '\n', ''))
  .map((parts) => parts.join(''))
const text = fc.array(sentence, { maxLength: 8 }).map((sentences) => sentences.join(''))
const words = (sentences: readonly string[]): string[] =>
  sentences.map((each) => each.trim()).filter((each) => each !== '')
const textOf = (segments: readonly { kind: string; text: string }[], ...kinds: string[]): string[] =>
  words(segments.filter(({ kind }) => kinds.includes(kind)).map((segment) => segment.text))

describe('the difference of two versions', () => {
  test('what stays and what is new is the later version, what stays and what went is the earlier one', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        const segments = diffSentences(from, to)
        expect(
          segments
            .filter(({ kind }) => kind !== 'removed')
            .map((segment) => segment.text)
            .join(''),
        ).toBe(to)
        expect(textOf(segments, 'same', 'removed')).toEqual(words(sentencesOf(from)))
      }),
    )
  })

  test('a changed sentence is removed and added, its neighbours stay', () => {
    expect(diffSentences('受付は紙です。検索が遅い。', '受付は紙とFAXです。検索が遅い。')).toEqual([
      { kind: 'removed', text: '受付は紙です。' },
      { kind: 'added', text: '受付は紙とFAXです。' },
      { kind: 'same', text: '検索が遅い。' },
    ])
  })

  test('[S16] of two sides, what both changed alike is not marked', () => {
    const [base, one, other] = ['紙です。遅い。', '電話です。早い。', '電話です。とても遅い。']
    expect(diffSide(base, one, other)).toEqual([
      { kind: 'same', text: '電話です。' },
      { kind: 'added', text: '早い。' },
    ])
    expect(diffSide('紙です。遅い。', '紙です。', '紙です。とても遅い。遅い。')).toEqual([
      { kind: 'same', text: '紙です。' },
      { kind: 'removed', text: '遅い。' },
    ])
  })

  test('far from a change only the number of sentences is told; nothing is dropped unsaid', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        const segments = diffSentences(from, to)
        const short = aroundChanges(segments)
        const told = short.reduce(
          (count, part) => count + (part.kind === 'skipped' ? part.count : part.text.trim() === '' ? 0 : 1),
          0,
        )
        expect(told).toBe(segments.filter((segment) => segment.text.trim() !== '').length)
        const changes = (parts: readonly { kind: string }[]): unknown[] =>
          parts.filter(({ kind }) => kind === 'added' || kind === 'removed')
        expect(changes(short)).toEqual(changes(segments))
      }),
    )
  })
})

describe('combining two versions by hand', () => {
  test('[S16] the draft holds every sentence either side wrote, and none that nobody wrote', () => {
    fc.assert(
      fc.property(text, text, text, (base, first, second) => {
        const draft = words(sentencesOf(combineTexts(base, first, second)))
        const old = new Set(words(sentencesOf(base)))
        for (const side of [first, second])
          for (const each of words(sentencesOf(side))) if (!old.has(each)) expect(draft).toContain(each)
        const written = words([base, first, second].flatMap(sentencesOf))
        for (const each of draft) expect(written).toContain(each)
      }),
    )
  })

  test('[S16] what one side alone changed is applied, the rest stands one after the other', () => {
    expect(
      combineTexts(
        '紙です。遅い。人手が要る。',
        '紙とFAXです。遅い。人手が要る。',
        '電話です。遅い。人手が足りない。',
      ),
    ).toBe('紙とFAXです。電話です。遅い。人手が足りない。')
    expect(combineTexts('', '電話で受ける', '紙で受ける')).toBe('電話で受ける\n紙で受ける')
  })
})
