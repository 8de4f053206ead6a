/** [S23] The bytes of a pack in blocks. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spansIn } from '../../../src/db/directory.ts'
import { uuidv7 } from '../../../src/domain/ids.ts'
import { packNumber } from '../../../src/db/packing.ts'
import { blockKeys, blocksFor, cutAt } from '../../../src/db/packs.ts'

const records = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 30 })
const endsOf = (parts: readonly Uint8Array[]): number[] => {
  let end = 0
  return parts.map(({ length }) => (end += length))
}

test('each record is found in the block that has it, whole', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 100 }), (parts, blockBytes) => {
      const ends = endsOf(parts)
      const blocks = blocksFor(ends, blockBytes)
      const cut = cutAt(blocks, Uint8Array.from(parts.flatMap((part) => [...part])))
      const found = spansIn(ends, blocks).map(({ block, start, end }) =>
        new Uint8Array(cut[block] ?? new ArrayBuffer(0)).slice(start, end),
      )
      expect(found).toEqual(parts)
    }),
  )
})

test('a block is as large as allowed, or one record', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 100 }), (parts, blockBytes) => {
      const ends = endsOf(parts)
      const blocks = blocksFor(ends, blockBytes)
      const spans = spansIn(ends, blocks)
      const ofBlock = (block: number) => spans.filter((span) => span.block === block)
      blocks.forEach((behind, block) => {
        const size = behind - (blocks[block - 1] ?? 0)
        expect(size <= blockBytes || ofBlock(block).length === 1).toBe(true)
        // Nor smaller than it need be: the next record would not have gone in.
        const [next] = ofBlock(block + 1)
        if (next !== undefined) expect(size + next.end).toBeGreaterThan(blockBytes)
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
