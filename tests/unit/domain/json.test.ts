import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Json, canonicalJson, jsonEqual } from '../../../src/domain/json.ts'

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false, 0, -0, 1, '', 'a', '案'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}))

test('values are equal exactly when their canonical texts are', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(jsonEqual(a, b)).toBe(canonicalJson(a) === canonicalJson(b))
    }),
    { numRuns: 2000 },
  )
})

test('a value is equal to its copy, whatever the order of its names', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), (a) => {
      expect(jsonEqual(a, Object.fromEntries(Object.entries(a).reverse()))).toBe(true)
    }),
  )
})
