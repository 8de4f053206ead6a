/** [S18] What of a history is destroyed, and what may not come back. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RecordChange } from '../../../src/domain/changes.ts'
import { valuesBefore } from '../../../src/domain/changedSince.ts'
import { asRecordId, asUid } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import type { Mutation } from '../../../src/domain/mutation.ts'
import { diffList } from '../../../src/domain/listDiff.ts'
import {
  type PurgeScope,
  doomedIn,
  holdsValue,
  inDoubt,
  markOf,
  withoutDoomed,
} from '../../../src/domain/purge.ts'
import { PURGED_VALUE, isPurged } from '../../../src/domain/purgeMark.ts'
import { rewind } from '../../../src/domain/rewind.ts'
import type { HistoryEntry, PurgeMark } from '../../../src/domain/wire.ts'

const TIME = '2026-01-01T00:00:00.000Z'
const text = fc.constantFrom<Json>(null, '一', '二', '三')
const save = fc.record({ title: text, plan: text }, { requiredKeys: [] })

/** A record's history: each entry with the values before and after. */
const history: fc.Arbitrary<HistoryEntry[]> = fc.array(save, { minLength: 1, maxLength: 8 }).map((saves) => {
  const now: Record<string, Json> = {}
  return saves.map((values, index) => {
    const set = Object.entries(values).map(([name, to = null]): [string, HistoryEntry['set'][string]] => {
      const from = now[name] ?? null
      now[name] = to
      return [name, { from, to }]
    })
    return {
      ...({ rev: index + 1, by: asUid('someone'), op: 'edit', outcome: 'accepted', conflicted: [] } as const),
      ...{ at: TIME, acceptedAt: TIME, set: Object.fromEntries(set) },
    }
  })
})

function erased(entries: readonly HistoryEntry[], mark: PurgeMark): HistoryEntry[] {
  const doomed = doomedIn('initiative', entries, mark)
  return entries.map((entry, place) => {
    const going = doomed[place]
    return going === undefined ? entry : withoutDoomed(entry, going)
  })
}
const valuesOf = (entries: readonly HistoryEntry[], field: string): Json[] =>
  entries.flatMap(({ set }) => {
    const change = set[field]
    return change === undefined ? [] : [change.from, change.to]
  })

test('[S18] of a field nothing stays up to the mark but the value that stood then; other fields and later entries are as they were', () => {
  fc.assert(
    fc.property(history, fc.nat({ max: 8 }), (entries, rev) => {
      const after = erased(entries, { title: rev })
      expect(after.map(({ set }) => Object.keys(set))).toEqual(entries.map(({ set }) => Object.keys(set)))
      expect(valuesOf(after, 'plan')).toEqual(valuesOf(entries, 'plan'))
      expect(after.slice(rev)).toEqual(entries.slice(rev))
      const known = valuesOf(after.slice(0, rev), 'title').filter(
        (value) => value !== null && !isPurged(value),
      )
      const last = valuesOf(entries.slice(0, rev), 'title').at(-1) ?? null
      expect(known).toEqual(last === null ? [] : [last])
      // Done again it finds nothing.
      expect(doomedIn('initiative', after, { title: rev }).every((one) => one === undefined)).toBe(true)
    }),
  )
})

test('[S18] of a whole record no value stays', () => {
  fc.assert(
    fc.property(history, (entries) => {
      const after = erased(entries, markOf('record', entries.length))
      const left = [...valuesOf(after, 'title'), ...valuesOf(after, 'plan')]
      expect(left.every((value) => value === null || isPurged(value))).toBe(true)
    }),
  )
})

test('[S18] the past is not guessed: a destroyed value is told as destroyed', () => {
  const entry = (rev: number, from: Json, to: Json): HistoryEntry => ({
    ...{ rev, by: asUid('someone'), op: 'edit', outcome: 'accepted', conflicted: [] },
    ...{ at: TIME, acceptedAt: TIME, set: { title: { from, to } } },
  })
  const entries = erased([entry(2, '一', '二'), entry(3, '二', '三')], { title: 3 })
  const changes: RecordChange[] = entries.map((one) => ({ id: asRecordId('a'), entry: one }))
  const row = { id: 'a', rev: 4, stage: 'submitted', fields: { title: '三' } }
  expect(rewind([row], changes)).toEqual([{ ...row, fields: { title: PURGED_VALUE } }])
  expect(diffList([row], changes).rows).toEqual([
    { row, group: 'content', fields: [{ field: 'title', from: PURGED_VALUE, to: '三' }] },
  ])
  expect(valuesBefore(entries)).toEqual({ title: PURGED_VALUE })
})

test.each<[string, PurgeScope, Mutation['op'], Json, boolean]>([
  ['an edit of the value that stands', ['title'], 'edit', '三', false],
  ['an edit of another value', ['title'], 'edit', '一', true],
  ['an edit of another field', ['plan'], 'edit', '一', false],
  ['a create that comes again says what it says', ['title'], 'create', null, true],
])('[S18] in doubt: %s', (_name, scope, op, from, expected) => {
  const record = {
    ...{ type: 'initiative', id: asRecordId('a'), rev: 4, stage: 'submitted', removed: false },
    ...{ createdBy: asUid('u'), createdAt: TIME, updatedBy: asUid('u'), updatedAt: TIME, receiptNo: null },
    fields: { title: '三' },
  }
  const doubtful = inDoubt({ op, set: { title: { from, to: '四' } } }, { record, mark: markOf(scope, 3) })
  expect(doubtful).toEqual(expected ? [['title', from ?? '四']] : [])
})

test('[S18] a value is held where a history still says it of the field, destroyed ones are not', () => {
  fc.assert(
    fc.property(history, fc.constantFrom('一', '二', '三'), (entries, value) => {
      expect(holdsValue(entries, 'title', value)).toBe(valuesOf(entries, 'title').includes(value))
      expect(holdsValue(erased(entries, markOf('record', entries.length)), 'title', value)).toBe(false)
    }),
  )
})
