import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type OrderedRow,
  SORT_KEYS,
  byNumber,
  keepOrder,
  orderBy,
  toggleSort,
} from '../../../src/domain/initiativeOrder.ts'
import { PROGRESS_IDS } from '../../../src/domain/progress.ts'
import { STAGE_IDS } from '../../../src/domain/stage.ts'

const row: fc.Arbitrary<OrderedRow> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 3 }),
  no: fc.option(fc.integer({ min: 1, max: 5 })),
  title: fc.constantFrom('', '窓口', 'かいぎ', '第2号', '第10号'),
  leadUnit: fc.constantFrom('a', 'b', 'unknown'),
  unitLabel: fc.constantFrom('甲', '乙'),
  theme: fc.constantFrom('', '窓口'),
  progress: fc.constantFrom(null, ...PROGRESS_IDS),
  stage: fc.constantFrom(...STAGE_IDS),
  fiscalYear: fc.integer({ min: 2016, max: 2018 }),
  updatedAt: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'),
})
const rows = fc.uniqueArray(row, { maxLength: 20, selector: ({ id }) => id })
const steps = fc.uniqueArray(fc.record({ key: fc.constantFrom(...SORT_KEYS), descending: fc.boolean() }), {
  maxLength: 3,
  selector: ({ key }) => key,
})
const orderOfUnit = (unit: string): number => ({ b: 1, a: 2 })[unit] ?? Number.MAX_SAFE_INTEGER
const example: OrderedRow = {
  ...{ id: 'x', no: null, title: '窓口', leadUnit: 'a', unitLabel: '甲', theme: '', progress: null },
  ...{ stage: 'submitted', fiscalYear: 2016, updatedAt: '2026-01-01T00:00:00.000Z' },
}

test('any order is total: it does not depend on how the rows stood', () => {
  fc.assert(
    fc.property(rows, steps, fc.array(fc.nat()), (all, wanted, salt) => {
      const compare = orderBy(wanted, { orderOfUnit })
      const shuffled = all.toSorted((a, b) => (salt[a.id.length] ?? 0) - (salt[b.id.length] ?? 0)).reverse()
      expect(shuffled.toSorted(compare)).toEqual(all.toSorted(compare))
    }),
  )
})

test('rows that come, go and change are put where sorting all anew would put them', () => {
  fc.assert(
    fc.property(rows, rows, steps, (before, fresh, wanted) => {
      const compare = orderBy(wanted, { orderOfUnit })
      const sorted = before.toSorted(compare)
      const freshIds = new Set(fresh.map(({ id }) => id))
      const now = [...fresh, ...before.filter(({ id }, index) => index % 3 > 0 && !freshIds.has(id))]
      expect(keepOrder(sorted, now, compare)).toEqual(now.toSorted(compare))
    }),
  )
})

test('a list of which nothing has changed is the same list', () => {
  const sorted = [example, { ...example, id: 'y' }]
  expect(keepOrder(sorted, sorted, byNumber)).toBe(sorted)
})

test.each(['no', 'title', 'theme', 'progress'] as const)('rows without %s stand last, up and down', (key) => {
  const empty: OrderedRow = { ...example, id: 'empty', no: null, title: '', theme: '', progress: null }
  const full: OrderedRow = { ...example, no: 1, title: 'い', theme: 'い', progress: 'done' }
  for (const descending of [false, true]) {
    const sorted = [empty, full].sort(orderBy([{ key, descending }], { orderOfUnit }))
    expect(sorted).toEqual([full, empty])
  }
})

test('units stand in the bureau’s order, numbers in a title by their size', () => {
  const by = (key: 'unit' | 'title') => orderBy([{ key, descending: false }], { orderOfUnit })
  const [a, b] = [example, { ...example, id: 'b', leadUnit: 'b' }]
  expect([a, b].sort(by('unit'))).toEqual([b, a])
  const [second, tenth] = [
    { ...example, title: '第2号' },
    { ...example, id: 't', title: '第10号' },
  ]
  expect([tenth, second].sort(by('title'))).toEqual([second, tenth])
})

describe('a tap on a heading', () => {
  const up = { key: 'unit', descending: false } as const
  const down = { key: 'unit', descending: true } as const
  const other = { key: 'progress', descending: true } as const

  test('orders up, then down, then as before', () => {
    expect(toggleSort([], 'unit', false)).toEqual([up])
    expect(toggleSort([up], 'unit', false)).toEqual([down])
    expect(toggleSort([down], 'unit', false)).toEqual([])
    expect(toggleSort([other], 'unit', false)).toEqual([up])
    expect(toggleSort([other, up], 'unit', false)).toEqual([down])
  })

  test('with Shift leaves the other columns as they are', () => {
    expect(toggleSort([other], 'unit', true)).toEqual([other, up])
    expect(toggleSort([other, up], 'unit', true)).toEqual([other, down])
    expect(toggleSort([other, down], 'unit', true)).toEqual([other])
  })
})
