/** [S23] The text of a pack in blocks. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spansIn } from '../../../src/db/directory.ts'
import { uuidv7 } from '../../../src/domain/ids.ts'
import { packNumber } from '../../../src/db/packing.ts'
import { blockKeys, blocksFor, cutAt } from '../../../src/db/packs.ts'

const records = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), { maxLength: 30 })
const endsOf = (parts: readonly string[]): number[] => {
  let end = 0
  return parts.map(({ length }) => (end += length))
}

test('each record is found in the block that has it, whole', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 100 }), (parts, blockChars) => {
      const ends = endsOf(parts)
      const blocks = blocksFor(ends, blockChars)
      const cut = cutAt(blocks, parts.join(''))
      const found = spansIn(ends, blocks).map(({ block, start, end }) => cut[block]?.slice(start, end))
      expect(found).toEqual(parts)
    }),
  )
})

test('a block is as large as allowed, or one record', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 100 }), (parts, blockChars) => {
      const ends = endsOf(parts)
      const blocks = blocksFor(ends, blockChars)
      const spans = spansIn(ends, blocks)
      const ofBlock = (block: number) => spans.filter((span) => span.block === block)
      blocks.forEach((behind, block) => {
        const size = behind - (blocks[block - 1] ?? 0)
        expect(size <= blockChars || ofBlock(block).length === 1).toBe(true)
        // Nor smaller than it need be: the next record would not have gone in.
        const [next] = ofBlock(block + 1)
        if (next !== undefined) expect(size + next.end).toBeGreaterThan(blockChars)
      })
    }),
  )
})

test('a pack takes one number for each of its blocks, and one where a former release wrote it', () => {
  const head = { stream: 'shared/0', n: 7 }
  expect(blockKeys({ ...head, blocks: [10, 20, 24] })).toEqual([7, 6, 5].map((n) => ['shared/0', n]))
  expect(blockKeys(head)).toEqual([['shared/0', 7]])
})

test('numbers leave room for blocks, and are as different as ids', () => {
  const numbers = Array.from({ length: 500 }, () =>
    packNumber(() => uuidv7(0, crypto.getRandomValues(new Uint8Array(10)))),
  )
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.every((n) => Number.isSafeInteger(n + 1) && n % 256 === 255)).toBe(true)
})
