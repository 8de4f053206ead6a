import { expect, test } from 'vitest'
import { byFollowUp, feedbackStateOf } from '../../../src/domain/feedbackState.ts'

const TODAY = '2026-11-20'
const state = (stage: string, facets: Record<string, string> = {}): string =>
  feedbackStateOf({ stage, facets: { kind: 'request', dueDate: '', ...facets } }, TODAY)

test('a feedback is with the unit until it answers, late from the day after its deadline', () => {
  expect(state('open')).toBe('open')
  expect(state('open', { dueDate: TODAY })).toBe('open')
  expect(state('open', { dueDate: '2026-11-19' })).toBe('overdue')
})

test('a reply is to be read whatever the deadline was; 好事例 waits for nothing; closed is closed', () => {
  expect(state('answered', { dueDate: '2020-01-01' })).toBe('answered')
  expect(state('open', { kind: 'praise', dueDate: '2020-01-01' })).toBe('praise')
  expect(state('closed', { dueDate: '2020-01-01' })).toBe('closed')
})

test('the nearest deadline first, those without one last; what is over newest first', () => {
  const entry = (dueDate: string, day: number) => ({
    facets: { dueDate },
    updatedAt: `2026-11-0${day}T00:00:00.000Z`,
  })
  const [none, late, soon] = [entry('', 1), entry('2026-12-01', 2), entry('2026-11-25', 3)]
  expect([none, late, soon].sort(byFollowUp('open'))).toEqual([soon, late, none])
  expect([late, none, soon].sort(byFollowUp('answered'))).toEqual([none, late, soon])
  expect([late, none, soon].sort(byFollowUp('closed'))).toEqual([soon, late, none])
})
