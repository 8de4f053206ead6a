/** 取込 (M2-12): what is a heading, a year and the name of a unit in a spreadsheet as people make it. */
import { expect, test } from 'vitest'
import { findHeader, fiscalYearIn } from '../../../src/domain/sheetColumns.ts'
import { similarUnits } from '../../../src/domain/unitNames.ts'

test('the header is found below the titles of 参考2', () => {
  const rows = [
    ['《参考2》事業所で実施している業務改善の取組一覧表（平成28年度）'],
    [],
    ['No', '取組内容', '部所名'],
    ['1', '題', '所'],
  ]
  expect(findHeader(rows)).toBe(2)
  expect(findHeader([['あ', 'い'], ['う']])).toBeUndefined()
})

test.each([
  ['《参考2》取組一覧表（平成２８年度）', 2016],
  ['令和元年度の一覧', 2019],
  ['平成 30 年度', 2018],
  ['2016年の一覧', undefined],
])('the year in 「%s」 is %s', (text, year) => {
  expect(fiscalYearIn(text)).toBe(year)
})

test('the likeliest units for a name come first; nothing shared, nobody suggested', () => {
  const units = ['亀戸事務所', '大崎事務所', '森林事務所', '商工部'].map((name) => ({
    name,
    shortName: name,
  }))
  expect(similarUnits('亀戸労働事務所', units).map(({ name }) => name)[0]).toBe('亀戸事務所')
  expect(similarUnits('XYZ', units)).toEqual([])
})

test('a text of any length in place of a heading is no heading, and holds nobody up', () => {
  const long = '('.repeat(1_000_000)
  expect(
    findHeader([
      [long, long],
      ['No', '取組内容'],
    ]),
  ).toBe(1)
})
