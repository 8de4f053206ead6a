import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortestEdit } from '../../../src/domain/shortestEdit.ts'

/** Few different items, so that they repeat. */
const list = fc.array(fc.constantFrom('a', 'b', 'c', '\n'), { maxLength: 12 })

test('[S15] the hunks make the second list of the first, and are in order and apart', () => {
  fc.assert(
    fc.property(list, list, (from, to) => {
      const hunks = shortestEdit(from, to) ?? []
      const made: string[] = []
      let place = 0
      for (const [index, { start, end, content }] of hunks.entries()) {
        expect(start).toBeGreaterThanOrEqual(index === 0 ? 0 : place + 1)
        made.push(...from.slice(place, start), ...content)
        place = end
      }
      expect([...made, ...from.slice(place)]).toEqual(to)
    }),
    { numRuns: 1000 },
  )
})

test('[S15] no way is shorter: what is kept is the longest common subsequence', () => {
  fc.assert(
    fc.property(list, list, (from, to) => {
      const edits = (shortestEdit(from, to) ?? []).reduce(
        (sum, { start, end, content }) => sum + (end - start) + content.length,
        0,
      )
      expect(edits).toBe(from.length + to.length - 2 * commonLength(from, to))
    }),
    { numRuns: 1000 },
  )
})

test('[S15] a list turned round is given up, one that is all new is not', () => {
  const from = Array.from({ length: 4000 }, (_, place) => `${place}`)
  expect(shortestEdit(from, from.toReversed())).toBeUndefined()
  const content = from.map((item) => `new ${item}`)
  expect(shortestEdit(from, content)).toEqual([{ start: 0, end: 4000, content }])
})

/** By the textbook. */
function commonLength(from: readonly string[], to: readonly string[]): number {
  const best = Array.from({ length: from.length + 1 }, () => Array<number>(to.length + 1).fill(0))
  for (let i = 1; i <= from.length; i += 1)
    for (let j = 1; j <= to.length; j += 1) {
      const row = best[i] ?? []
      const [above, left, corner] = [best[i - 1]?.[j] ?? 0, row[j - 1] ?? 0, best[i - 1]?.[j - 1] ?? 0]
      row[j] = from[i - 1] === to[j - 1] ? corner + 1 : Math.max(above, left)
    }
  return best[from.length]?.[to.length] ?? 0
}
