import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Numbered,
  keepUp,
  moveRow,
  numberChanges,
  numberInOrder,
  numberTheRest,
  parseNo,
  problemsOf,
  renumber,
  setNo,
  startNumbering,
} from '../../../src/domain/numbering.ts'

const numbered = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 12 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) => fc.record({ id: fc.constant(id), no: fc.option(fc.integer({ min: 1, max: 15 })) })),
    ),
  )
const distinct = numbered.map((rows) =>
  rows.map(({ id, no }, index) => ({ id, no: no === null ? null : no + index * 20 })),
)
const rows = (...numbers: readonly (number | null)[]): Numbered[] =>
  numbers.map((no, index) => ({ id: String.fromCharCode(97 + index), no }))
const numbersOf = (list: readonly Numbered[]) => list.map(({ no }) => no)
const ids = (list: readonly Numbered[]): string => list.map(({ id }) => id).join('')

describe('moving a row', () => {
  test('moves rows under the numbers: none is lost, none given twice, gaps stay', () => {
    fc.assert(
      fc.property(distinct, fc.nat(11), fc.nat(11), (given, from, to) => {
        const before = startNumbering(given)
        const after = moveRow(before, from, to)
        expect(ids(after).split('').sort()).toEqual(ids(before).split('').sort())
        expect(startNumbering(after)).toEqual(after)
        expect(problemsOf(after).duplicates).toEqual([])
        const [had, has] = [numbersOf(before), numbersOf(after)].map((all) => all.filter((no) => no !== null))
        expect(has?.slice(0, had?.length)).toEqual(had)
      }),
    )
  })

  test('there and back changes nothing among the numbered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(8), fc.nat(8), (count, from, to) => {
        const before = startNumbering(rows(...Array.from({ length: count }, (_, index) => index * 2 + 1)))
        fc.pre(from < count && to < count)
        expect(moveRow(moveRow(before, from, to), to, from)).toEqual(before)
      }),
    )
  })

  test('a row without a number gets one when it comes among those that have', () => {
    const moved = moveRow(startNumbering(rows(1, 3, null, null)), 3, 1)
    expect(moved).toEqual([
      { id: 'a', no: 1 },
      { id: 'd', no: 3 },
      { id: 'b', no: 4 },
      { id: 'c', no: null },
    ])
  })
})

test('whatever was done, numbering anew leaves no gap and no number twice', () => {
  fc.assert(
    fc.property(numbered, (given) => {
      const done = renumber(startNumbering(given))
      expect(problemsOf(done)).toEqual({ duplicates: [], gaps: [] })
      expect(renumber(done)).toEqual(done)
      expect(ids(done)).toBe(ids(startNumbering(given)))
    }),
  )
})

test('the rest follow the last, and nothing that had a number changes', () => {
  fc.assert(
    fc.property(distinct, (given) => {
      const done = numberTheRest(startNumbering(given))
      const changed = new Set(numberChanges(given, done).map(({ id }) => id))
      for (const { id, no } of given) expect(changed.has(id)).toBe(no === null)
      expect(problemsOf(done).duplicates).toEqual([])
    }),
  )
})

test('what is to be saved makes the rows what the draft shows, and is nothing for a draft not touched', () => {
  fc.assert(
    fc.property(numbered, fc.nat(11), fc.option(fc.integer({ min: 1, max: 15 })), (given, at, no) => {
      expect(numberChanges(given, startNumbering(given))).toEqual([])
      const draft = setNo(startNumbering(given), given[at % given.length]?.id ?? '', no)
      const saved = new Map(numberChanges(given, draft).map((change) => [change.id, change.no]))
      const after = given.map((row) =>
        saved.has(row.id) ? { id: row.id, no: saved.get(row.id) ?? null } : row,
      )
      expect(new Map(after.map((row) => [row.id, row.no]))).toEqual(
        new Map(draft.map((row) => [row.id, row.no])),
      )
    }),
  )
})

test('gaps and numbers given twice are told', () => {
  expect(problemsOf(startNumbering(rows(2, 3, 3, 7, null)))).toEqual({
    duplicates: [3],
    gaps: [
      [1, 1],
      [4, 6],
    ],
  })
})

test('a suggested order numbers every row, also those it does not name', () => {
  expect(ids(numberInOrder(startNumbering(rows(1, 2, null)), ['c', 'a']))).toBe('cab')
})

test('rows that come while a draft is open stand last, rows that go leave it', () => {
  const draft = moveRow(startNumbering(rows(1, 2, 3)), 2, 0)
  expect(ids(keepUp(draft, [...rows(1, 2, 3).slice(1), { id: 'x', no: null }]))).toBe('cbx')
})

test.each([
  ['12', 12],
  ['１２', 12],
  [' ', null],
  ['0', undefined],
  ['1.5', undefined],
  ['100000', undefined],
  ['三', undefined],
])('「%s」 is read as %s', (text, no) => {
  expect(parseNo(text)).toBe(no)
})
