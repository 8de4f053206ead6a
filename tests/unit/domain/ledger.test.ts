import * as fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { type FilteredRow, isListed, survey } from '../../../src/domain/initiativeFilter.ts'
import {
  type CountedUnit,
  type LedgerCell,
  countLedger,
  filterOfCell,
  isCounted,
} from '../../../src/domain/ledger.ts'
import {
  type Ledger,
  type LedgerLine,
  LEDGER_COLUMNS,
  ledgerSchema,
  reconciles,
} from '../../../src/domain/ledgerTables.ts'
import { partOf } from '../../../src/domain/unitPart.ts'
import { PROGRESS_IDS } from '../../../src/domain/progress.ts'
import { STAGE_IDS } from '../../../src/domain/stage.ts'

const unitOf = (id: string, parent: string, ended = false): CountedUnit => ({
  ...{ id, parent, ended },
  shortName: `${id}事務所`,
})
const UNITS = [
  unitOf('office', 'dept'),
  unitOf('quiet', 'dept'),
  unitOf('dept', ''),
  unitOf('closed', 'dept', true),
  unitOf('orphan', 'gone'),
]
const THEMES = ['窓口', '会議']
const partOfUnit = (id: string): string => {
  const unit = UNITS.find((candidate) => candidate.id === id)
  return unit === undefined ? '' : partOf(unit)
}

const unit = fc.constantFrom('office', 'dept', 'closed', 'orphan', 'unknown')
const row: fc.Arbitrary<FilteredRow & { unitLabel: string }> = fc.record({
  id: fc.string(),
  fiscalYear: fc.constantFrom(2025, 2026),
  leadUnit: unit,
  jointUnits: fc.uniqueArray(unit, { maxLength: 2 }),
  unitLabel: fc.constantFrom('', '亀戸事務所 等'),
  progress: fc.constantFrom(null, ...PROGRESS_IDS),
  stage: fc.constantFrom(...STAGE_IDS),
  theme: fc.constantFrom('', 'none', '窓口', '文書'),
  updatedAt: fc.constant('2026-01-01T00:00:00.000Z'),
})
const rows = fc.array(row, { maxLength: 40 })

/** Every figure of the tables, sums too. */
function figuresOf({ units, parts, themes, total }: Ledger): { cell: LedgerCell; figure: number }[] {
  const ofLine = (of: LedgerCell['of'], { key, counts, total: sum }: LedgerLine) => [
    { cell: { of, key, progress: null }, figure: sum },
    ...LEDGER_COLUMNS.map((progress, column) => ({
      cell: { of, key, progress },
      figure: counts[column] ?? Number.NaN,
    })),
  ]
  return [
    ...units.flatMap((line) => ofLine('unit', line)),
    ...parts.flatMap((line) => ofLine('part', line)),
    ...themes.flatMap((line) => ofLine('theme', line)),
    ...ofLine('all', total),
  ]
}

test('every figure is the number of rows its link shows on the list, and of the rows it opens', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(null, 2026), (all, fiscalYear) => {
      const counted = all.filter((each) => fiscalYear === null || each.fiscalYear === fiscalYear)
      for (const { cell, figure } of figuresOf(countLedger(counted, { units: UNITS, themes: THEMES }))) {
        expect(counted.filter((each) => isCounted(cell, each, partOfUnit))).toHaveLength(figure)
        const filter = filterOfCell(cell, fiscalYear)
        if (filter !== undefined)
          expect(survey(all, { filter, hits: undefined, partOfUnit }).rows).toHaveLength(figure)
      }
    }),
    { numRuns: 40 },
  )
})

test('all tables sum to the same, the number of listed rows, and what is counted reconciles', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const ledger = countLedger(all, { units: UNITS, themes: THEMES })
      expect(ledger.total.total).toBe(all.filter(({ stage }) => isListed(stage)).length)
      expect(reconciles(ledger)).toBe(true)
      expect(v.is(ledgerSchema, ledger)).toBe(true)
    }),
  )
})

test('a ledger of which one number is another does not reconcile', () => {
  fc.assert(
    fc.property(rows, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 3 }), (all, at, column, more) => {
      const ledger = countLedger(all, { units: UNITS, themes: THEMES })
      const copy = structuredClone(ledger)
      const lines = [...copy.units, ...copy.parts, ...copy.themes, copy.total]
      const changed = lines[at % lines.length]
      if (changed === undefined) return
      const place = column % (LEDGER_COLUMNS.length + 1)
      if (place === LEDGER_COLUMNS.length) changed.total += more
      else changed.counts[place] = (changed.counts[place] ?? 0) + more
      expect(v.is(ledgerSchema, copy)).toBe(false)
    }),
  )
})

test('a line that is left out, or stands twice, does not reconcile', () => {
  const counted = {
    ...{ leadUnit: 'office', unitLabel: '', theme: '窓口' },
    progress: null,
    stage: 'submitted',
  } as const
  const ledger = countLedger([counted], { units: UNITS, themes: THEMES })
  const without = (key: string) => ({ ...ledger, units: ledger.units.filter((line) => line.key !== key) })
  expect(reconciles(without('office'))).toBe(false)
  expect(reconciles(without('quiet'))).toBe(true)
  expect(reconciles({ ...ledger, units: [...ledger.units, ...ledger.units.slice(1, 2)] })).toBe(false)
  expect(reconciles({ ...ledger, parts: ledger.parts.filter(({ key }) => key !== 'gone') })).toBe(false)
})

test('units and 分類 without a row are shown with zeros, part by part; an ended unit only while it has rows', () => {
  const none = countLedger([], { units: UNITS, themes: THEMES })
  expect(none.units.map(({ part, key }) => `${part}/${key}`)).toEqual([
    'dept/dept',
    'dept/office',
    'dept/quiet',
    'gone/orphan',
  ])
  expect(none.themes.map(({ key }) => key)).toEqual(['窓口', '会議', 'none'])
  expect(none.total).toMatchObject({ counts: [0, 0, 0, 0, 0, 0, 0], total: 0 })
})
