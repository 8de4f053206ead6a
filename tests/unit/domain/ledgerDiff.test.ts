import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CountedRow, countLedger } from '../../../src/domain/ledger.ts'
import { type ComparedLine, diffLedgers } from '../../../src/domain/ledgerDiff.ts'
import { PROGRESS_IDS } from '../../../src/domain/progress.ts'

const unitOf = (id: string, parent: string) => ({ id, parent, shortName: id, ended: false })
const row: fc.Arbitrary<CountedRow> = fc.record({
  leadUnit: fc.constantFrom('a', 'b', 'c'),
  unitLabel: fc.constant(''),
  theme: fc.constantFrom('', '窓口'),
  progress: fc.constantFrom(null, ...PROGRESS_IDS),
  stage: fc.constant('submitted'),
})
/** Between two ledgers a unit may have come or gone. */
const ledger = fc
  .tuple(fc.array(row, { maxLength: 15 }), fc.subarray([unitOf('a', ''), unitOf('b', 'a'), unitOf('c', '')]))
  .map(([rows, units]) => countLedger(rows, { units, themes: [] }))

const differences = (lines: readonly ComparedLine[]): number[] =>
  lines.reduce<number[]>(
    (sums, { figures }) => figures.map(({ before, after }, column) => (sums[column] ?? 0) + after - before),
    [],
  )

test('differences of units, 部 and 分類 each add up to those of the total', () => {
  fc.assert(
    fc.property(ledger, ledger, (before, after) => {
      const diff = diffLedgers(before, after)
      const total = differences([diff.total])
      for (const lines of [diff.units, diff.parts, diff.themes])
        expect(lines.length === 0 ? total.map(() => 0) : differences(lines)).toEqual(total)
    }),
  )
})

test('a ledger does not differ from itself', () => {
  fc.assert(
    fc.property(ledger, (one) => {
      const { total, units, themes, parts } = diffLedgers(one, one)
      expect([total, ...parts].some(({ changed }) => changed)).toBe(false)
      expect([...units, ...themes]).toEqual([])
    }),
  )
})
