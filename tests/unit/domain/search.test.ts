import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { queryKeys, searchKey } from '../../../src/domain/search.ts'

test.each([
  ['かめいど', 'カメイド'],
  ['ｶﾒｲﾄﾞ', 'かめいど'],
  ['ＰＲ強化', 'pr強化'],
  ['髙橋', '高橋'],
  ['國分寺', '国分寺'],
  ['㈱東京国際フォーラム', '(株)東京国際フォーラム'],
  ['龜戸の廳舎', '亀戸の庁舎'],
  ['渡邉・渡邊', '渡辺渡辺'],
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
