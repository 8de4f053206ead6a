import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparedLetter, queryKeys, searchKey, searchKeys } from '../../../src/domain/search.ts'
import { rangesOf } from '../../../src/domain/searchMarks.ts'

test.each([
  ['かめいど', 'カメイド'],
  ['ｶﾒｲﾄﾞ', 'かめいど'],
  ['ＰＲ強化', 'pr強化'],
  ['髙橋', '高橋'],
  ['國分寺', '国分寺'],
  ['㈱東京国際フォーラム', '(株)東京国際フォーラム'],
  ['龜戸の廳舎', '亀戸の庁舎'],
  ['渡邉・渡邊', '渡辺渡辺'],
  ['校內の靑い戶', '校内の青い戸'],
  ['葛\u{E0100}飾', '葛飾'],
  ['霞ヶ関', '霞ケ関'],
  ['サーバー', 'さーば'],
  ['ＰＲ・広報（東京）', 'ＰＲ広報 東京'],
  ['1,200人', '１２００人'],
  ['ワーク－ライフ', 'ワーク‐ライフ'],
  ['BrushUp 大田 2016', 'ｂｒｕｓｈｕｐ大田２０１６'],
])('%s is found as %s', (a, b) => {
  expect(searchKey(a)).toBe(searchKey(b))
})

test('every substring of a text is found in it', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'あいカキ漢字髙高ＰpＲr 12１－「」。') })
  fc.assert(
    fc.property(letters, letters, letters, (before, part, after) => {
      const key = searchKey(before + part + after)
      for (const word of queryKeys(part)) expect(key).toContain(word)
    }),
  )
})

test('a text is compared letter by letter, whatever is in it', () => {
  const byLetter = (text: string): string =>
    [...text.normalize('NFKC').toLowerCase()].map(comparedLetter).join('')
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...'がｶﾞァヶ髙﨑－ー「」\0\uffff', '\u{20BB7}', '\u{E0100}', '\ud83d', '漢'.repeat(3000)),
  )
  const text = fc.array(unit, { maxLength: 20 }).map((units) => units.join(''))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
      expect(texts.map(searchKey)).toEqual(texts.map(byLetter))
      expect(searchKeys(texts)).toBe(texts.map(byLetter).join('\n'))
    }),
    { numRuns: 300 },
  )
  const every = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join('')
  expect(searchKey(every)).toBe(byLetter(every))
  for (const letter of every) expect(searchKey(`あ${letter}い`)).toBe(byLetter(`あ${letter}い`))
})

test('a letter of one form is not taken for another word', () => {
  expect(searchKey('3.5人')).not.toBe(searchKey('35人'))
  expect(searchKey('実施済')).not.toContain(searchKey('実施中'))
})

test('a query of marks alone asks for nothing', () => {
  expect(queryKeys(' 「」 ・ ー ')).toEqual([])
})

test('words are separated by narrow and wide spaces', () => {
  expect(queryKeys(' 亀戸　労働法 ')).toEqual(['亀戸', '労働法'])
})

describe('where a word stands in the text as written', () => {
  const marked = (text: string, query: string): string[] =>
    rangesOf(text, queryKeys(query)).map(({ start, end }) => text.slice(start, end))

  test.each([
    ['窓口のＰＲを強化', 'pr', ['ＰＲ']],
    ['ｶﾞｲﾄﾞを配る', 'がいど', ['ｶﾞｲﾄﾞ']],
    ['龜戸の廳舎', '亀戸 庁舎', ['龜戸', '廳舎']],
    ['広報・宣伝', '報宣', ['報・宣']],
    ['サーバー、サーバ', 'さば', ['サーバ', 'サーバ']],
    ['㈱東京', '株', ['㈱']],
    ['窓口', '待合', []],
    ['窓口窓口', '窓口 口窓', ['窓口窓口']],
  ])('%s, asked for %s', (text, query, parts) => {
    expect(marked(text, query)).toEqual(parts)
  })

  test('what is marked holds a word of the query, and the marks are in order and apart', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'あいカキガ漢髙高ＰpＲr 12－「」。ｶﾞﾟ') })
    fc.assert(
      fc.property(letters, letters, (text, query) => {
        const keys = queryKeys(query)
        let end = -1
        for (const range of rangesOf(text, keys)) {
          expect(range.start).toBeGreaterThan(end)
          end = range.end
          const key = searchKey(text.slice(range.start, range.end))
          expect(keys.some((wanted) => key.includes(wanted))).toBe(true)
        }
      }),
    )
  })
})
