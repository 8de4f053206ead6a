import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type FilteredRow,
  type InitiativeFilter,
  NO_FILTER,
  isListed,
  select,
  survey,
} from '../../../src/domain/initiativeFilter.ts'
import { PROGRESS_IDS } from '../../../src/domain/progress.ts'
import { partOf } from '../../../src/domain/unitPart.ts'
import { STAGE_IDS } from '../../../src/domain/stage.ts'
import { PROGRESS_CHOICES } from '../../../src/views/list/listQuery.ts'

const UNITS = [
  { id: 'a', parent: '' },
  { id: 'b', parent: 'a' },
  { id: 'c', parent: 'a' },
  { id: 'd', parent: 'x' },
]
const partOfUnit = (id: string): string => {
  const unit = UNITS.find((candidate) => candidate.id === id)
  return unit === undefined ? '' : partOf(unit)
}
const find = (rows: readonly FilteredRow[], filter: Partial<InitiativeFilter>) =>
  survey(rows, {
    filter: { ...NO_FILTER, ...filter },
    hits: filter.query ? HITS : undefined,
    partOfUnit,
  })

/** What a query is answered with. */
const HITS = new Set(['1', '2'])

const unit = fc.constantFrom('a', 'b', 'c', 'd', 'unknown')
const row: fc.Arbitrary<FilteredRow> = fc.record({
  id: fc.integer({ min: 1, max: 60 }).map(String),
  fiscalYear: fc.integer({ min: 2015, max: 2018 }),
  leadUnit: unit,
  jointUnits: fc.uniqueArray(unit, { maxLength: 2 }),
  progress: fc.constantFrom(null, ...PROGRESS_IDS),
  stage: fc.constantFrom(...STAGE_IDS),
  theme: fc.constantFrom('', '窓口', '会議'),
  updatedAt: fc
    .date({ min: new Date('2026-01-01'), max: new Date('2026-01-06'), noInvalidDate: true })
    .map((date) => date.toISOString()),
})
const rowList = fc.uniqueArray(row, { maxLength: 30, size: 'max', selector: ({ id }) => id })
const filter: fc.Arbitrary<InitiativeFilter> = fc.record({
  fiscalYear: fc.constantFrom(null, 2015, 2016),
  units: fc.uniqueArray(unit, { maxLength: 2 }),
  progress: fc.uniqueArray(fc.constantFrom(...PROGRESS_CHOICES), { maxLength: 2 }),
  stages: fc.uniqueArray(fc.constantFrom(...STAGE_IDS), { maxLength: 2 }),
  theme: fc.constantFrom('', 'none', '窓口'),
  part: fc.constantFrom('', 'a', 'x'),
  updatedFrom: fc.constantFrom('', '2026-01-02'),
  updatedTo: fc.constantFrom('', '2026-01-04'),
  scope: fc.constantFrom('', 'listed'),
  query: fc.constantFrom('', '窓口'),
})

test('rows asked for alone are those of the survey', () => {
  fc.assert(
    fc.property(rowList, filter, (rows, asked) => {
      const options = { filter: asked, hits: asked.query === '' ? undefined : HITS, partOfUnit }
      expect(select(rows, options)).toEqual(survey(rows, options).rows)
    }),
  )
})

test('of few hits and of many, those among the rows are found, in the order of the rows', () => {
  const ids = (maxLength: number) => fc.array(fc.integer({ min: 1, max: 60 }).map(String), { maxLength })
  fc.assert(
    fc.property(rowList, fc.oneof(ids(6), ids(60)), (rows, asked) => {
      const hits = new Set(asked)
      expect(select(rows, { filter: NO_FILTER, hits, partOfUnit })).toEqual(
        rows.filter(({ id }) => hits.has(id)),
      )
    }),
  )
})

test('every count is the number of rows that choosing it alone would leave', () => {
  fc.assert(
    fc.property(rowList, filter, (rows, asked) => {
      const { counts } = find(rows, asked)
      const chosen: readonly (readonly [keyof typeof counts, string, Partial<InitiativeFilter>])[] = [
        ...[2015, 2016, 2017].map(
          (fiscalYear) => ['fiscalYear', String(fiscalYear), { fiscalYear }] as const,
        ),
        ...['a', 'b', 'unknown'].map((id) => ['units', id, { units: [id] }] as const),
        ...PROGRESS_CHOICES.map((id) => ['progress', id, { progress: [id] }] as const),
        ...STAGE_IDS.map((id) => ['stages', id, { stages: [id] }] as const),
        ...['none', '窓口'].map((theme) => ['theme', theme, { theme }] as const),
        ...['a', 'x'].map((part) => ['part', part, { part }] as const),
      ]
      for (const [facet, value, change] of chosen)
        expect(counts[facet].get(value) ?? 0).toBe(find(rows, { ...asked, ...change }).rows.length)
    }),
  )
})

test('conditions only ever narrow, and several values of one widen', () => {
  fc.assert(
    fc.property(rowList, filter, (rows, asked) => {
      const found = new Set(find(rows, asked).rows)
      expect([...found].every((item) => rows.includes(item))).toBe(true)
      for (const [name, empty] of Object.entries(NO_FILTER)) {
        const without = find(rows, { ...asked, [name]: empty }).rows
        expect(without.length).toBeGreaterThanOrEqual(found.size)
      }
      for (const [name, value] of Object.entries(asked)) {
        if (Array.isArray(value) && value.length === 2) {
          const either = value.flatMap((one) => find(rows, { ...asked, [name]: [one] }).rows)
          expect(new Set(either)).toEqual(found)
        }
      }
    }),
  )
})

test('rows of the bureau’s list are counted once each, under their leading unit', () => {
  fc.assert(
    fc.property(rowList, (rows) => {
      const { counts } = find(rows, { scope: 'listed' })
      const listed = rows.filter(({ stage }) => isListed(stage)).length
      for (const map of Object.values(counts))
        expect([...map.values()].reduce((sum, count) => sum + count, 0)).toBe(listed)
    }),
  )
})

test('days of the last change are days in Tokyo, first and last included', () => {
  const at = (updatedAt: string): FilteredRow => ({
    ...{ fiscalYear: 2026, leadUnit: 'a', jointUnits: [], progress: null, stage: 'submitted' },
    ...{ id: '1', theme: '', updatedAt },
  })
  const rows = [
    '2026-01-01T14:59:59.999Z',
    '2026-01-01T15:00:00.000Z',
    '2026-01-03T14:59:59.999Z',
    '2026-01-03T15:00:00.000Z',
  ].map(at)
  expect(find(rows, { updatedFrom: '2026-01-02', updatedTo: '2026-01-03' }).rows).toEqual(rows.slice(1, 3))
})
