import { expect, test } from 'vitest'
import { changesSince, valuesBefore } from '../../../src/domain/changedSince.ts'
import { asUid } from '../../../src/domain/ids.ts'
import type { HistoryEntry } from '../../../src/domain/wire.ts'

const entry = (rev: number, by: string, set: HistoryEntry['set']): HistoryEntry => ({
  ...{ rev, by: asUid(by), op: 'edit', outcome: 'accepted', set, conflicted: [] },
  ...{ at: '2026-11-01T00:00:00.000Z', acceptedAt: '2026-11-01T00:00:00.000Z' },
})

test('what others changed after the revision I saw, as it was then', () => {
  const entries = [
    entry(5, 'unit', { plan: { from: '二月', to: '三月' }, progress: { from: 'planned', to: 'doing' } }),
    entry(4, 'me', { goodPractice: { from: null, to: true } }),
    entry(3, 'unit', { plan: { from: '一月', to: '二月' } }),
    entry(2, 'unit', { title: { from: '棚', to: '棚の整理' } }),
  ]
  const changes = changesSince(entries, { rev: 2, uid: 'me' })
  expect(changes.map(({ rev }) => rev)).toEqual([3, 5])
  expect(valuesBefore(changes)).toEqual({ plan: '一月', progress: 'planned' })
  expect(changesSince(entries, { rev: 5, uid: 'me' })).toEqual([])
})
