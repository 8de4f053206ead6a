import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../src/domain/json.ts'
import { mergeField, mergeText, sentencesOf } from '../../../src/domain/merge.ts'

const sentence = fc
  .tuple(fc.stringMatching(/^[あ-ん漢字一-三a-c]{1,6}$/), fc.constantFrom('。', '！', '？', '\n'))
  .map(([words, end]) => (end === '\n' ? `${words}。\n` : words + end))
const text = fc.array(sentence, { maxLength: 8 }).map((sentences) => sentences.join(''))
const scalar: fc.Arbitrary<Json> = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
const set: fc.Arbitrary<Json> = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })

describe('sentences', () => {
  test('[S15] sentences joined again are the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(sentencesOf(any).join('')).toBe(any)
      }),
    )
  })

  test('[S15] a closing bracket belongs to its sentence', () => {
    expect(sentencesOf('「やめます。」と言う。\n次へ')).toEqual(['「やめます。」', 'と言う。', '\n', '次へ'])
  })
})

/** A text of sentences that are all different, and what two people made of it: each sentence is kept or written anew by one. */
const disjointEdits = fc
  .array(fc.constantFrom('kept', 'a', 'b'), { minLength: 1, maxLength: 12 })
  .map((authors) => {
    const textOf = (by: string): string =>
      authors.map((author, place) => (author === by ? `${author}${place}新。` : `${place}。`)).join('')
    const both = authors
      .map((author, place) => (author === 'kept' ? `${place}。` : `${author}${place}新。`))
      .join('')
    return { base: textOf('nobody'), a: textOf('a'), b: textOf('b'), both }
  })

/** Texts that share some sentences, each of which stands in a text once. */
const sentencesOnce = fc.uniqueArray(fc.constantFrom(...'一二三四五六七八'), { maxLength: 8 })
const textOnce = sentencesOnce.map((words) => words.map((word) => `${word}。`).join(''))

describe('laws of the text merge', () => {
  test('[S15] merging with an unchanged side gives the other side', () => {
    fc.assert(
      fc.property(text, text, (base, changed) => {
        expect(mergeText(base, changed, base)).toBe(changed)
        expect(mergeText(base, base, changed)).toBe(changed)
      }),
    )
  })

  test('[S15] the same change on both sides is taken once', () => {
    fc.assert(
      fc.property(text, text, (base, changed) => {
        expect(mergeText(base, changed, changed)).toBe(changed)
      }),
    )
  })

  test('[S15] the outcome does not depend on who came first', () => {
    fc.assert(
      fc.property(text, text, text, (base, a, b) => {
        expect(mergeText(base, a, b)).toBe(mergeText(base, b, a))
      }),
    )
  })

  test('[S15] no sentence in a clean merge that neither side wrote', () => {
    fc.assert(
      fc.property(text, text, text, (base, a, b) => {
        const merged = mergeText(base, a, b)
        if (merged === null) return
        const written = new Set([...sentencesOf(base), ...sentencesOf(a), ...sentencesOf(b)])
        for (const each of sentencesOf(merged)) expect(written.has(each)).toBe(true)
      }),
    )
  })

  test('[S15] edits of different sentences both land, whoever comes first', () => {
    fc.assert(
      fc.property(disjointEdits, ({ base, a, b, both }) => {
        expect(mergeText(base, a, b)).toBe(both)
        expect(mergeText(base, b, a)).toBe(both)
      }),
    )
  })

  test('[S15] a clean merge loses nothing: what one wrote and what both kept is in it', () => {
    fc.assert(
      fc.property(textOnce, textOnce, textOnce, (base, a, b) => {
        const merged = mergeText(base, a, b)
        if (merged === null) return
        const [old, ours, theirs, result] = [base, a, b, merged].map((each) => new Set(sentencesOf(each)))
        for (const each of [...(ours ?? []), ...(theirs ?? [])])
          if (old?.has(each) !== true || (ours?.has(each) === true && theirs?.has(each) === true))
            expect(result?.has(each), `${each} in ${merged}`).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('[S15] merging a merged text again changes nothing (a pending edit may be replayed)', () => {
    fc.assert(
      fc.property(text, text, text, (base, a, b) => {
        const merged = mergeText(base, a, b)
        if (merged !== null) expect([merged, null]).toContain(mergeText(base, merged, b))
      }),
    )
  })
})

describe('the text merge', () => {
  test('[S15] a text of one sentence repeated merges like any other', () => {
    const repeated = Array.from({ length: 3990 }, () => 'はい。')
    const [a, b] = [repeated.with(3, '甲。'), repeated.with(3980, '乙。')]
    expect(mergeText(repeated.join(''), a.join(''), b.join(''))).toBe(a.with(3980, '乙。').join(''))
  })

  test('[S15] neighbouring sentences edited by two people both land', () => {
    expect(mergeText('一です。二です。', '壱です。二です。', '一です。弐です。')).toBe('壱です。弐です。')
  })

  test('[S15] a sentence appended beside an edited one lands', () => {
    expect(mergeText('一です。', '一です。二です。', '壱です。')).toBe('壱です。二です。')
  })

  test('[S15] two edits of one sentence, and two sentences put at one place, are not merged', () => {
    expect(mergeText('一です。', '壱です。', '壹です。')).toBeNull()
    expect(mergeText('一です。', '一です。甲。', '一です。乙。')).toBeNull()
  })

  test('[S15] texts without a full stop are not run together into a new sentence', () => {
    expect(mergeText('', '甲', '')).toBe('甲')
    expect(mergeText('一', '一\n甲', '弐')).toBe('弐\n甲')
    expect(mergeText('一', '一。甲', '一乙')).toBeNull()
  })
})

describe('fields', () => {
  test('[S14] unchanged since `from` is set, equal is nothing, a scalar changed by both is a conflict', () => {
    expect(mergeField('scalar', { from: 'a', current: 'a', mine: 'b' })).toEqual({ type: 'set', value: 'b' })
    expect(mergeField('scalar', { from: 'a', current: 'b', mine: 'b' })).toEqual({ type: 'nothing' })
    expect(mergeField('scalar', { from: 'a', current: 'c', mine: 'b' })).toEqual({ type: 'conflict' })
  })

  test('[S14] a person who changed nothing never conflicts', () => {
    fc.assert(
      fc.property(scalar, scalar, (from, current) => {
        expect(mergeField('scalar', { from, current, mine: from })).toEqual({ type: 'nothing' })
      }),
    )
  })

  test('[S14] sets merge by members added and removed, never conflict, and the order of people does not matter', () => {
    fc.assert(
      fc.property(set, set, set, (from, a, b) => {
        const ab = applied(from, { current: a, mine: b })
        const ba = applied(from, { current: b, mine: a })
        expect(new Set(membersOf(ab))).toEqual(new Set(membersOf(ba)))
        for (const member of membersOf(b)) {
          if (!membersOf(from).includes(member)) expect(membersOf(ab)).toContain(member)
        }
      }),
    )
  })

  test('[S14] of two numbers the higher stands, whoever comes first; taking back alone lowers it', () => {
    const number = fc.nat()
    fc.assert(
      fc.property(fc.option(number), number, number, (from, a, b) => {
        const merged = (current: Json, mine: Json): Json => {
          const outcome = mergeField('max', { from, current, mine })
          if (outcome.type === 'conflict') throw new Error('the higher of two never conflicts')
          return outcome.type === 'nothing' ? current : outcome.value
        }
        if (a !== from && b !== from) {
          expect(merged(a, b)).toBe(Math.max(a, b))
          expect(merged(b, a)).toBe(Math.max(a, b))
        }
        expect(merged(from, a)).toBe(a)
      }),
    )
  })
})

const membersOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [])
function applied(from: Json, { current, mine }: { current: Json; mine: Json }): Json {
  const outcome = mergeField('set', { from, current, mine })
  if (outcome.type === 'conflict') throw new Error('sets do not conflict')
  return outcome.type === 'nothing' ? current : outcome.value
}
