import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery, stringifyQuery } from 'vue-router'
import { type InitiativeFilter, NO_FILTER } from '../../../src/domain/initiativeFilter.ts'
import { STAGE_IDS } from '../../../src/domain/stage.ts'
import { SORT_KEYS } from '../../../src/domain/initiativeOrder.ts'
import {
  PROGRESS_CHOICES,
  listQueryOf,
  listSortOf,
  parseListQuery,
  parseListSort,
} from '../../../src/views/list/listQuery.ts'

const unit = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/)
const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((value) => value.length <= 200)
const filter: fc.Arbitrary<InitiativeFilter> = fc.record({
  fiscalYear: fc.option(fc.integer({ min: 0, max: 9999 })),
  units: fc.uniqueArray(unit, { maxLength: 5 }),
  progress: fc.subarray([...PROGRESS_CHOICES]),
  stages: fc.subarray([...STAGE_IDS]),
  theme: text,
  part: fc.oneof(fc.constant(''), unit),
  updatedFrom: fc.oneof(fc.constant(''), day),
  updatedTo: fc.oneof(fc.constant(''), day),
  scope: fc.constantFrom('', 'listed'),
  query: text,
})

/** As it comes back from the address bar. */
const throughAddress = (asked: InitiativeFilter) => parseQuery(stringifyQuery(listQueryOf(asked)))

test('a link opens exactly the filter it was made from', () => {
  fc.assert(
    fc.property(filter, (asked) => {
      expect(parseListQuery(throughAddress(asked))).toEqual(asked)
    }),
  )
})

test('whatever an address says is a filter that has an address', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('done,done', ',', '2026-02-30', 'listed'),
  )
  const value = fc.oneof(
    word,
    fc.constant(null),
    fc.array(fc.oneof(word, fc.constant(null)), { maxLength: 4 }),
  )
  const names = [
    'year',
    'unit',
    'progress',
    'stage',
    'theme',
    'part',
    'updatedFrom',
    'updatedTo',
    'scope',
    'q',
  ]
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (query) => {
      const asked = parseListQuery(query)
      expect(parseListQuery(throughAddress(asked))).toEqual(asked)
    }),
    { numRuns: 30 },
  )
})

test('no filter has an empty address', () => {
  expect(listQueryOf(NO_FILTER)).toEqual({})
  expect(parseListQuery({})).toEqual(NO_FILTER)
})

test('values may stand between commas or in parameters of their own', () => {
  expect(parseListQuery({ progress: 'unset,done', unit: ['a', 'b,c', null] })).toMatchObject({
    progress: ['done', 'unset'],
    units: ['a', 'b', 'c'],
  })
})

test('an order is read back from its address; what names no column, or one twice, is left out', () => {
  const steps = fc.uniqueArray(fc.record({ key: fc.constantFrom(...SORT_KEYS), descending: fc.boolean() }), {
    maxLength: 3,
    selector: ({ key }) => key,
  })
  fc.assert(
    fc.property(steps, (sort) => {
      expect(parseListSort(parseQuery(stringifyQuery(listSortOf(sort))))).toEqual(sort)
    }),
  )
  expect(parseListSort({ sort: 'unit,-unit,x,,-no' })).toEqual([
    { key: 'unit', descending: false },
    { key: 'no', descending: true },
  ])
  expect(parseListSort({})).toEqual([])
})
