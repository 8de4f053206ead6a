import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isStructured } from '../../../../src/domain/privacy/finding.ts'
import { MASK, findPersonalData, maskFindings } from '../../../../src/domain/privacy/findPersonalData.ts'
import { isCardNumber, isCorporateNumber, isMyNumber } from '../../../../src/domain/privacy/numbers.ts'
import { exemptNames, measure, readSets } from '../../../privacy/measure.ts'

const digits = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^\\d{${length}}$`))
const myNumber = digits(11).map((body) => {
  const found = Array.from({ length: 10 }, (_, check) => `${body}${check}`).find(isMyNumber)
  if (found === undefined) throw new Error(`No check digit for ${body}.`)
  return found
})
const fullWidth = (text: string): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
const gap = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc
    .array(fc.constantFrom(...' \u3000\u00A0\t\n-‐‑‒–—―−－ーｰ\u200B\u200D\uFEFF\u00AD'), { maxLength: 4 })
    .map((chars) => chars.join('')),
)
/** A number as somebody may type it: digits of either width, spaces, hyphens, line ends, invisible characters. */
const typed = (number: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(number, fc.array(fc.tuple(fc.boolean(), gap), { minLength: 11, maxLength: 11 }), fc.boolean())
    .map(([text, gaps, lastWide]) =>
      Array.from(text, (digit, index) => {
        const [wide, between] = gaps[index] ?? [lastWide, '']
        return (wide ? fullWidth(digit) : digit) + between
      }).join(''),
    )
const prose = fc
  .array(
    fc.constantFrom(
      '窓口の',
      '申請書',
      '、',
      '。',
      '\n',
      ' ',
      '番号は',
      '（',
      '）',
      'No.',
      '：',
      'である',
      'ー',
      '🙂',
      'ﾊﾟ',
    ),
  )
  .map((words) => words.join(''))
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }), prose)
const isDigit = (text: string): boolean => /\p{Nd}/u.test(text.normalize('NFKC'))

describe('laws of the privacy gate', () => {
  test('[M12] a valid マイナンバー is found in any width, spacing and hyphenation, and nothing beside it', () => {
    fc.assert(
      fc.property(prose, typed(myNumber), prose, (before, number, after) => {
        const text = before + number + after
        const found = findPersonalData(text).filter(({ kind }) => kind === 'myNumber')
        const { start = -1, end = -1 } = found[0] ?? {}
        expect([start, end]).toEqual([before.length, before.length + number.length])
      }),
      { numRuns: 2000 },
    )
  })

  test('[M12] a valid マイナンバー in any text is covered by a finding', () => {
    const away = anyText.filter((text) => !isDigit(text.slice(-6)) && !isDigit(text.slice(0, 6)))
    fc.assert(
      fc.property(
        fc.oneof(
          away,
          away.map((text) => `12 ${text}-`),
        ),
        typed(myNumber),
        away,
        (before, number, after) => {
          const from = before.length
          const to = from + number.length
          const found = findPersonalData(before + number + after)
          expect(found.some(({ kind, start, end }) => isStructured(kind) && start <= from && end >= to)).toBe(
            true,
          )
        },
      ),
      { numRuns: 2000 },
    )
  })

  const fragments = readSets().flatMap(({ snippets }) => snippets.map(({ text }) => text))
  const mixed = fc
    .array(fc.oneof(fc.constantFrom(...fragments), anyText, typed(myNumber)), { maxLength: 6 })
    .chain((parts) => fc.constantFrom('', ' ', '、', '\n', '-').map((joint) => parts.join(joint)))

  test('[M12] findings lie inside the text, in order, and do not overlap', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        let position = 0
        for (const { start, end } of findPersonalData(text)) {
          expect(start).toBeGreaterThanOrEqual(position)
          expect(end).toBeGreaterThan(start)
          position = end
        }
        expect(position).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  test('[M12] masking leaves nothing of a structured kind', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        const masked = maskFindings(text, findPersonalData(text))
        expect(findPersonalData(masked).filter(({ kind }) => isStructured(kind))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  test('[M12] masking changes nothing else', () => {
    fc.assert(
      fc.property(prose, typed(myNumber), prose, (before, number, after) => {
        const text = before + number + after
        expect(maskFindings(text, [{ start: before.length, end: before.length + number.length }])).toBe(
          before + MASK + after,
        )
      }),
    )
  })

  test('[M12] what is no check digit is no マイナンバー', () => {
    fc.assert(
      fc.property(myNumber, fc.integer({ min: 1, max: 9 }), (number, step) => {
        const wrong = number.slice(0, -1) + String((Number(number.at(-1)) + step) % 10)
        expect(findPersonalData(wrong).filter(({ kind }) => kind === 'myNumber')).toEqual([])
      }),
    )
  })
})

describe('long and hostile texts', () => {
  const LENGTH = 16_000
  const filled = (unit: string): string => unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH)

  test('[M12] rules that are not linear in the text would not come back in time', () => {
    const parts = fc.constantFrom(
      ...'1０一-ー 　\n(（@.様佐藤さんあアA市区町丁目番地号のがー株式会社口座普通〒+',
    )
    const unit = fc.array(parts, { minLength: 1, maxLength: 9 }).map((chars) => chars.join(''))
    fc.assert(
      fc.property(unit, (repeated) => {
        for (const { end } of findPersonalData(filled(repeated))) expect(end).toBeLessThanOrEqual(LENGTH)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the labelled sets', () => {
  const exempt = exemptNames()
  test.each(readSets())(
    '[M12] $name: recall of structured kinds ≥ 0.98, precision ≥ 0.95',
    ({ snippets }) => {
      const { structuredRecall, precision, misses } = measure(snippets, exempt)
      expect(structuredRecall, misses.join('\n')).toBeGreaterThanOrEqual(0.98)
      expect(precision, misses.join('\n')).toBeGreaterThanOrEqual(0.95)
    },
  )

  test('[M12] the 32 rows of fiscal 2016 ask nobody anything', () => {
    const rows = readFileSync('functions/demo/initiatives-fy2016.csv', 'utf8').split('\n')
    expect(rows.flatMap((row) => findPersonalData(row, { exempt }))).toEqual([])
  })
})

describe('check digits', () => {
  test('[M12] 法人番号 of the Tokyo Metropolitan Government, and cards published for tests', () => {
    expect(isCorporateNumber('8000020130001')).toBe(true)
    expect(isCorporateNumber('7000020130001')).toBe(false)
    expect(['4111111111111111', '378282246310005', '3530111333300000'].every(isCardNumber)).toBe(true)
    expect(isCardNumber('4111111111111112')).toBe(false)
    expect(isCardNumber('9111111111111119')).toBe(false)
  })
})

describe('public names', () => {
  const text = '株式会社みどり公社と株式会社あおば商会に尋ねた。'
  test('[M12] names of the unit master are exempt, in whichever width they are written', () => {
    const spans = (exempt: readonly string[]): string[] =>
      findPersonalData(text, { exempt }).map(({ start, end }) => text.slice(start, end))
    expect(spans([])).toEqual(['株式会社みどり公社', '株式会社あおば商会'])
    expect(spans(['株式会社みどり公社'])).toEqual(['株式会社あおば商会'])
    expect(findPersonalData('㈱ﾐﾄﾞﾘに頼む', { exempt: ['（株）ミドリ'] })).toEqual([])
  })
})
