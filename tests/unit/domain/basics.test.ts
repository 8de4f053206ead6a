import * as fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { EMPTY_SUM, addToSum, removeFromSum } from '../../../src/domain/checksum.ts'
import { recordIdSchema, uuidv7 } from '../../../src/domain/ids.ts'
import { canonicalJson, jsonSchema } from '../../../src/domain/json.ts'
import { hashedContent } from '../../../src/domain/mutation.ts'

const row = fc.record({ id: fc.uuid(), rev: fc.nat() })

describe('checksum [S22]', () => {
  test('does not depend on the order of rows, and what goes out leaves no trace', () => {
    fc.assert(
      fc.property(fc.array(row), row, (rows, extra) => {
        const forward = rows.reduce(addToSum, EMPTY_SUM)
        const backward = rows.toReversed().reduce(addToSum, EMPTY_SUM)
        expect(backward).toBe(forward)
        expect(removeFromSum(addToSum(forward, extra), extra)).toBe(forward)
        expect(addToSum(forward, extra)).not.toBe(forward)
      }),
    )
  })
})

describe('UUIDv7', () => {
  test('[S2] is a valid id that sorts by time', () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 40 }),
        fc.integer({ min: 1, max: 2 ** 30 }),
        bytes,
        bytes,
        (time, later, a, b) => {
          const [first, second] = [uuidv7(time, a), uuidv7(time + later, b)]
          expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
          expect(v.is(recordIdSchema, first)).toBe(true)
          expect(first < second).toBe(true)
        },
      ),
    )
  })
})

describe('JSON', () => {
  test('[S10] canonical text depends on the content alone', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), (object) => {
        const parsed = v.parse(jsonSchema, JSON.parse(JSON.stringify(object)))
        const reordered = v.parse(
          jsonSchema,
          Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(object))).reverse()),
        )
        expect(canonicalJson(reordered)).toBe(canonicalJson(parsed))
        expect(JSON.parse(canonicalJson(parsed))).toEqual(parsed)
      }),
    )
  })

  test('nesting beyond the bound is an issue, not a stack overflow', () => {
    const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000))
    expect(v.is(jsonSchema, deep)).toBe(false)
  })

  test('[S10] a renumbered mutation keeps its content hash', () => {
    const mutation = { mid: 3, base: { mid: 2 }, op: 'edit', set: { title: { from: 'a', to: 'b' } } }
    expect(hashedContent({ ...mutation, mid: 1, base: { rev: 4 } })).toBe(hashedContent(mutation))
    expect(hashedContent({ ...mutation, op: 'remove' })).not.toBe(hashedContent(mutation))
  })
})
