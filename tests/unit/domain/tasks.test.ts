import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Actor, Role } from '../../../src/domain/actor.ts'
import { asRecordId, asUid, asUnitId } from '../../../src/domain/ids.ts'
import type { Facets } from '../../../src/domain/record.ts'
import { type Task, type TaskEntry, daysUntil, tasksOf, urgencyOf } from '../../../src/domain/tasks.ts'

const TODAY = '2026-11-20'

const actor = (unit: string, ...roles: Role[]): Actor => ({ uid: asUid('me'), unit: asUnitId(unit), roles })
const entry = (type: string, id: string, stage: string, facets: Facets): TaskEntry => ({
  id: asRecordId(id),
  type,
  stage,
  facets,
  updatedAt: '2026-11-10T03:00:00.000Z',
})
const row = (id: string, stage = 'submitted', leadUnit = 'kameido'): TaskEntry =>
  entry('initiative', id, stage, { leadUnit, jointUnits: [], title: id })
const feedback = (id: string, facets: Facets, stage = 'open'): TaskEntry =>
  entry('feedback', id, stage, { kind: 'request', initiative: 'r1', dueDate: '', ...facets })

const tasks = (who: Actor, entries: readonly TaskEntry[], parked: readonly string[] = []): Task[] =>
  tasksOf(entries, { actor: who, today: TODAY, parked: parked.map(asRecordId) })
const kinds = (found: readonly Task[]): string[] => found.map(({ kind }) => kind)

const LEAD = actor('kameido', 'lead')
const STAFF = actor('kameido', 'staff')
const HQ = actor('somu', 'hq')

test('feedback is the lead unit’s lead’s to answer, and nobody else’s', () => {
  const entries = [row('r1'), feedback('f1', {})]
  expect(kinds(tasks(LEAD, entries))).toEqual(['reply'])
  for (const other of [STAFF, HQ, actor('osaki', 'lead'), actor('kameido', 'executive')])
    expect(tasks(other, entries)).toEqual([])
})

test('praise and closed feedback ask for nothing', () => {
  expect(tasks(LEAD, [row('r1'), feedback('f1', { kind: 'praise' })])).toEqual([])
  expect(tasks(LEAD, [row('r1'), feedback('f1', {}, 'closed')])).toEqual([])
})

test('several feedbacks on one row are one task with their number and the earliest deadline', () => {
  const entries = [
    row('r1'),
    feedback('f1', { dueDate: '2026-12-20' }),
    feedback('f2', { dueDate: '2026-11-25' }),
    feedback('f3', {}),
  ]
  expect(tasks(LEAD, entries)).toEqual([
    { kind: 'reply', initiative: 'r1', count: 3, dueDate: '2026-11-25', urgency: 'soon' },
  ])
})

test('headquarters sees replies to read, and those that did not come in time', () => {
  const entries = [
    row('r1'),
    row('r2'),
    feedback('f1', {}, 'answered'),
    feedback('f2', { initiative: 'r2', dueDate: '2026-11-19' }),
    feedback('f3', { initiative: 'r2', dueDate: TODAY }),
  ]
  expect(tasks(HQ, entries)).toMatchObject([
    { kind: 'awaited', initiative: 'r2', count: 1, urgency: 'overdue' },
    { kind: 'confirm', initiative: 'r1' },
  ])
})

test('a returned row waits for its lead', () => {
  expect(kinds(tasks(LEAD, [row('r1', 'returned')]))).toEqual(['returned'])
  expect(tasks(STAFF, [row('r1', 'returned')])).toEqual([])
  expect(tasks(LEAD, [row('r1', 'returned', 'osaki')])).toEqual([])
})

test('[S16] an open conflict leads to the row, also through the feedback it is about', () => {
  const conflict = (target: string, stage: string) => entry('conflict', `${target}.x`, stage, { target })
  const entries = [
    row('r1'),
    feedback('f1', { kind: 'praise' }),
    conflict('f1', 'open'),
    conflict('r1', 'resolved'),
  ]
  expect(tasks(STAFF, entries)).toMatchObject([{ kind: 'conflict', initiative: 'r1', count: 1 }])
})

test('[S12] a parked save is shown to whoever made it, even when its record is not here', () => {
  const note = entry('note', 'n1', 'posted', { initiative: 'r1' })
  expect(tasks(HQ, [row('r1'), note], ['n1', 'n1', 'gone'])).toMatchObject([
    { kind: 'parked', initiative: null },
    { kind: 'parked', initiative: 'r1', count: 1 },
  ])
})

test('the day of the deadline is in time, the day after is not', () => {
  expect(urgencyOf('2026-11-20', TODAY)).toBe('soon')
  expect(urgencyOf('2026-11-19', TODAY)).toBe('overdue')
  expect(urgencyOf('2026-11-27', TODAY)).toBe('soon')
  expect(urgencyOf('2026-11-28', TODAY)).toBe('none')
  expect(urgencyOf('', TODAY)).toBe('none')
  expect(daysUntil('2026-12-01', TODAY)).toBe(11)
})

test('the order in which records lie on the tablet changes nothing', () => {
  const entries = [
    row('r1', 'returned'),
    row('r2'),
    feedback('f1', { dueDate: '2026-11-01' }),
    feedback('f2', { initiative: 'r2', dueDate: '2026-12-01' }),
    feedback('f3', { initiative: 'r2' }),
    entry('conflict', 'c1', 'open', { target: 'r2' }),
  ]
  const expected = tasks(LEAD, entries, ['r2'])
  expect(kinds(expected)).toEqual(['reply', 'parked', 'conflict', 'returned', 'reply'])
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
      expect(tasks(LEAD, shuffled, ['r2'])).toEqual(expected)
    }),
  )
})
