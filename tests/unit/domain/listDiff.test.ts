import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RecordChange } from '../../../src/domain/changes.ts'
import { asRecordId, asUid } from '../../../src/domain/ids.ts'
import { isListed } from '../../../src/domain/initiativeFilter.ts'
import type { Json } from '../../../src/domain/json.ts'
import { diffList } from '../../../src/domain/listDiff.ts'
import { type RewoundRow, rewind } from '../../../src/domain/rewind.ts'
import { STAGE_IDS, parseStage } from '../../../src/domain/stage.ts'

type Values = Readonly<Record<string, Json>>
/** What one save leaves: `stage` and fields. */
const save: fc.Arbitrary<Values> = fc.record(
  {
    stage: fc.constantFrom(...STAGE_IDS),
    progress: fc.constantFrom(null, 'doing', 'done'),
    title: fc.constantFrom('窓口の案内', '窓口の案内板'),
    plan: fc.constantFrom(null, '続ける。'),
  },
  { requiredKeys: [] },
)
const FIRST: Values = { stage: 'draft', title: '取組' }

/** A row's saves, replayed: its values after each of them, and the changes between. */
function lived(id: string, saves: readonly Values[]): { states: Values[]; changes: RecordChange[] } {
  const states: Values[] = [{}]
  const changes: RecordChange[] = []
  for (const [index, values] of [FIRST, ...saves].entries()) {
    const before = states.at(-1) ?? {}
    const set = Object.entries(values).map(([name, to]) => [name, { from: before[name] ?? null, to }])
    states.push({ ...before, ...values })
    changes.push({
      id: asRecordId(id),
      entry: {
        ...{ rev: index + 1, by: asUid('someone'), op: 'edit', outcome: 'accepted', conflicted: [] },
        ...{ at: '2026-01-01T00:00:00.000Z', acceptedAt: '2026-01-01T00:00:00.000Z' },
        set: Object.fromEntries(set),
      },
    })
  }
  return { states, changes }
}

function rowOf(id: string, values: Values, rev: number): RewoundRow {
  const { stage, ...fields } = values
  return { id, rev, stage: String(stage), fields }
}

/** Rows as they ended up and as they were after some of their saves, with the changes between. */
const history = fc
  .array(fc.tuple(fc.array(save, { maxLength: 6 }), fc.nat({ max: 7 })), { maxLength: 5 })
  .map((all) =>
    all.map(([saves, from], index) => {
      const { states, changes } = lived(`row-${index}`, saves)
      const then = Math.min(from, saves.length + 1)
      const at = (rev: number) => (rev === 0 ? [] : [rowOf(`row-${index}`, states[rev] ?? {}, rev)])
      return { now: at(states.length - 1), then: at(then), changes: changes.slice(then) }
    }),
  )

const listedOf = (rows: readonly RewoundRow[]) => rows.filter(({ stage }) => isListed(parseStage(stage)))
const plain = (row: RewoundRow | undefined): Values =>
  Object.fromEntries(
    Object.entries({ ...row?.fields, stage: row?.stage ?? null }).filter(([, value]) => value !== null),
  )

test('[M4-18] rewinding is undoing: the rows come out as they were', () => {
  fc.assert(
    fc.property(history, (all) => {
      const changes = all.flatMap((each) => each.changes).toReversed()
      const then = all.flatMap((each) => each.then)
      const rewound = rewind(
        all.flatMap((each) => each.now),
        changes,
      )
      expect(rewound.map(plain)).toEqual(then.map(plain))
    }),
  )
})

test('what is new and what was withdrawn make the difference of the two counts', () => {
  fc.assert(
    fc.property(history, (all) => {
      const now = all.flatMap((each) => each.now)
      const diff = diffList(
        now,
        all.flatMap((each) => each.changes),
      )
      const many = (group: string): number => diff.rows.filter((row) => row.group === group).length
      expect(diff.before).toBe(listedOf(all.flatMap((each) => each.then)).length)
      expect(diff.now).toBe(listedOf(now).length)
      expect(diff.before + many('new') - many('withdrawn')).toBe(diff.now)
    }),
  )
})

test('a row is told exactly when it differs, and its fields lead from what it was to what it is', () => {
  fc.assert(
    fc.property(history, (all) => {
      const now = all.flatMap((each) => each.now)
      const diff = diffList(
        now,
        all.flatMap((each) => each.changes),
      )
      const then = new Map(listedOf(all.flatMap((each) => each.then)).map((row) => [row.id, row]))
      for (const row of now) {
        const told = diff.rows.find(({ row: { id } }) => id === row.id)
        const before = then.get(row.id)
        if (before === undefined) {
          expect(told?.group).toBe(listedOf([row]).length === 1 ? 'new' : undefined)
          continue
        }
        const replayed = { ...plain(before) }
        for (const { field, to } of told?.fields ?? []) replayed[field] = to
        expect(
          Object.entries(replayed)
            .filter(([, value]) => value !== null)
            .toSorted(),
        ).toEqual(Object.entries(plain(row)).toSorted())
      }
    }),
  )
})

test('a row stands under what matters most: 取下げ, 実施済, 進捗, then its text', () => {
  const groupOf = (...saves: Values[]): string | undefined => {
    const { states, changes } = lived('row', [{ stage: 'submitted', progress: null }, ...saves])
    return diffList([rowOf('row', states.at(-1) ?? {}, states.length - 1)], changes.slice(2)).rows[0]?.group
  }
  expect(groupOf({ progress: 'doing', plan: '続ける。' })).toBe('progress')
  expect(groupOf({ progress: 'doing' }, { progress: 'done' })).toBe('done')
  expect(groupOf({ progress: 'done' }, { stage: 'withdrawn' })).toBe('withdrawn')
  expect(groupOf({ plan: '続ける。' })).toBe('content')
  expect(groupOf({ progress: 'done' }, { progress: null })).toBeUndefined()
})
