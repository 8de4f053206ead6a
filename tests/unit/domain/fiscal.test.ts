import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayBefore, parseDay } from '../../../src/domain/days.ts'
import {
  fiscalYearLabel,
  fiscalYearOf,
  junAt,
  junCode,
  junIndex,
  junLabel,
  junsOfFiscalYear,
  localDateOf,
  parseJun,
  warekiDate,
} from '../../../src/domain/fiscal.ts'

describe('the day in Tokyo', () => {
  test('agrees with Intl on any instant of 1950–2200', () => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tokyo', calendar: 'gregory' })
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1952-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        (date) => {
          const { year, month, day } = localDateOf(date.getTime())
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
          expect(text).toBe(format.format(date))
        },
      ),
    )
  })
})

describe('days of the calendar', () => {
  const instant = fc.date({ min: new Date('1000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })

  test('the day before is that of the calendar', () => {
    fc.assert(
      fc.property(instant, (date) => {
        const before = new Date(date.getTime() - 86_400_000)
        expect(dayBefore(date.toISOString().slice(0, 10))).toBe(before.toISOString().slice(0, 10))
      }),
    )
  })

  test.each([
    ['2026-02-28', { year: 2026, month: 2, day: 28 }],
    ['2024-02-29', { year: 2024, month: 2, day: 29 }],
    ['2026-02-29', undefined],
    ['2100-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026-00-10', undefined],
    ['2026-04-31', undefined],
    ['2026-1-1', undefined],
    ['', undefined],
  ])('%s is the day %o', (text, day) => {
    expect(parseDay(text)).toEqual(day)
  })
})

describe('年度 and 和暦', () => {
  test('a fiscal year begins on 1 April', () => {
    expect(fiscalYearOf({ year: 2027, month: 3, day: 31 })).toBe(2026)
    expect(fiscalYearOf({ year: 2027, month: 4, day: 1 })).toBe(2027)
  })

  test.each([
    [2016, '平成28年度'],
    [2018, '平成30年度'],
    [2019, '令和元年度'],
    [2026, '令和8年度'],
    [1988, '昭和63年度'],
  ])('%i is %s', (year, label) => {
    expect(fiscalYearLabel(year)).toBe(label)
  })

  test.each([
    [{ year: 2026, month: 11, day: 20 }, '令和8年11月20日'],
    [{ year: 2019, month: 4, day: 30 }, '平成31年4月30日'],
    [{ year: 2019, month: 5, day: 1 }, '令和元年5月1日'],
    [{ year: 1989, month: 1, day: 7 }, '昭和64年1月7日'],
  ])('%o is %s', (date, label) => {
    expect(warekiDate(date)).toBe(label)
  })
})

describe('旬', () => {
  test('a month has 上旬, 中旬 and 下旬', () => {
    const labels = ([0, 1, 2] as const).map((part) => junLabel({ year: 2016, month: 9, part }))
    expect(labels).toEqual(['9月上旬', '9月中旬', '9月下旬'])
  })

  test('a position and its 旬 say the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900 * 36, max: 2200 * 36 }), (index) => {
        expect(junIndex(junAt(index))).toBe(index)
      }),
    )
  })

  test('September to March are 21 columns', () => {
    const from = junIndex({ year: 2016, month: 9, part: 0 })
    const to = junIndex({ year: 2017, month: 3, part: 2 })
    expect(to - from + 1).toBe(21)
  })
})

test('a 旬 code reads back as its 旬, and codes sort as 旬 do', () => {
  const index = fc.integer({ min: junIndex({ year: 1990, month: 1, part: 0 }), max: 36 * 2100 })
  fc.assert(
    fc.property(index, index, (a, b) => {
      expect(parseJun(junCode(junAt(a)))).toEqual(junAt(a))
      expect(Math.sign(a - b)).toBe(junCode(junAt(a)) < junCode(junAt(b)) ? -1 : a === b ? 0 : 1)
    }),
  )
  for (const none of ['2026-13-1', '2026-00-1', '2026-09-4', '2026-9-1', ''])
    expect(parseJun(none)).toBeUndefined()
})

test('a fiscal year has 36 旬, the overall schedule its last 21 from 9月上旬 to 3月下旬', () => {
  const juns = junsOfFiscalYear(2026)
  expect(juns).toHaveLength(36)
  expect(juns.slice(-21).map(junLabel).at(0)).toBe('9月上旬')
  expect(juns.map(junCode).at(-1)).toBe('2027-03-3')
})
