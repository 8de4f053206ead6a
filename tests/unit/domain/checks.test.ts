import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Actor, Role } from '../../../src/domain/actor.ts'
import { checkLines, countStates } from '../../../src/domain/checks.ts'
import { asRecordId, asUid, asUnitId } from '../../../src/domain/ids.ts'
import { noticesOf } from '../../../src/domain/notices.ts'
import type { Facets } from '../../../src/domain/record.ts'
import { STAGE_IDS } from '../../../src/domain/stage.ts'
import { tasksOf } from '../../../src/domain/tasks.ts'
import { checkIdOf } from '../../../src/domain/types/check.ts'

const TODAY = '2026-11-20'
const entry = (type: string, id: string, stage: string, facets: Facets) => ({
  ...{ type, id: asRecordId(id), stage, facets },
  ...{ rev: 1, updatedAt: '2026-11-01T00:00:00.000Z', updatedBy: 'hq1' },
})
const cycle = (facets: Facets = {}, stage = 'open') =>
  entry('cycle', 'cycle-2026-interim', stage, {
    ...{ fiscalYear: 2026, kind: 'interim', opens: '2026-10-01', dueDate: '2026-11-25' },
    ...facets,
  })
const row = (id: string, stage = 'submitted', facets: Facets = {}) =>
  entry('initiative', id, stage, { leadUnit: 'kameido', fiscalYear: 2026, title: id, ...facets })
const check = (of: string, stage: string) =>
  entry('check', checkIdOf('cycle-2026-interim', of), stage, { initiative: of })
const actor = (unit: string, ...roles: Role[]): Actor => ({ uid: asUid('me'), unit: asUnitId(unit), roles })
const LEAD = actor('kameido', 'lead')
type Entries = ReturnType<typeof entry>[]
const tasks = (who: Actor, ...entries: Entries) => tasksOf(entries, { actor: who, today: TODAY, parked: [] })
const notices = (who: Actor, ...entries: Entries) =>
  noticesOf(entries, { actor: who, today: TODAY, parked: [] }).map(({ kind }) => kind)

test('every row of the year that was submitted and not withdrawn is asked for, in one state', () => {
  const rows = fc.array(
    fc.record({
      stage: fc.constantFrom(...STAGE_IDS),
      year: fc.constantFrom(2025, 2026),
      unit: fc.constantFrom('kameido', 'osaki'),
      check: fc.constantFrom('', 'draft', 'submitted', 'concluded'),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(rows, (all) => {
      const lines = checkLines(cycle(), {
        rows: all.map(({ stage, year, unit }, index) =>
          row(`r${index}`, stage, { fiscalYear: year, leadUnit: unit }),
        ),
        checks: all.flatMap((one, index) => (one.check === '' ? [] : [check(`r${index}`, one.check)])),
      })
      const asked = all.filter(
        ({ stage, year }) => year === 2026 && stage !== 'draft' && stage !== 'withdrawn',
      )
      expect(lines.length).toBe(asked.length)
      const { submitted, draft, none } = countStates(lines)
      expect(submitted + draft + none).toBe(lines.length)
      expect(none).toBe(asked.filter((one) => one.check === '').length)
    }),
  )
})

test('a cycle is one task of the lead, with the rows left and the deadline', () => {
  const entries = [cycle(), row('r1'), row('r2'), row('r3'), check('r1', 'draft'), check('r2', 'submitted')]
  expect(tasks(LEAD, ...entries)).toEqual([
    {
      ...{ kind: 'check', initiative: null, about: 'cycle-2026-interim', count: 2 },
      ...{ dueDate: '2026-11-25', urgency: 'soon' },
    },
  ])
  for (const other of [actor('kameido', 'staff'), actor('osaki', 'lead'), actor('somu', 'hq')])
    expect(tasks(other, ...entries)).toEqual([])
})

test('a cycle that has not begun, is closed, or has everything asks for nothing', () => {
  expect(tasks(LEAD, cycle({ opens: '2026-11-21' }), row('r1'))).toEqual([])
  expect(tasks(LEAD, cycle({}, 'closed'), row('r1'))).toEqual([])
  expect(tasks(LEAD, cycle(), row('r1'), check('r1', 'submitted'))).toEqual([])
})

test('お知らせ tells a unit that a cycle began, and its lead that the deadline is near or past', () => {
  expect(notices(LEAD, cycle(), row('r1'))).toEqual(['checkSoon', 'cycle'])
  expect(notices(LEAD, cycle({ dueDate: '2026-11-19' }), row('r1'))).toEqual(['checkLate', 'cycle'])
  expect(notices(LEAD, cycle(), row('r1'), check('r1', 'submitted'))).toEqual(['cycle'])
  expect(notices(actor('kameido', 'staff'), cycle(), row('r1'))).toEqual(['cycle'])
  expect(notices(actor('somu', 'executive'), cycle(), row('r1'))).toEqual([])
})

test('an open 対応事項 is its unit’s, as task and as notice, until it is done', () => {
  const action = (stage: string) =>
    entry('action', 'a1', stage, {
      owner: 'kameido',
      text: '様式を配る',
      meeting: 'm1',
      dueDate: '2026-11-19',
    })
  expect(tasks(actor('kameido', 'staff'), action('open'))).toMatchObject([
    { kind: 'action', about: 'a1', urgency: 'overdue' },
  ])
  expect(notices(LEAD, action('open'))).toEqual(['action'])
  for (const [who, what] of [
    [LEAD, action('done')],
    [actor('osaki', 'lead'), action('open')],
    [actor('kameido', 'executive'), action('open')],
  ] as const) {
    expect(tasks(who, what)).toEqual([])
    expect(notices(who, what)).toEqual([])
  }
})

test('[S16] a conflict of a meeting leads to the meeting, also where its target names a row', () => {
  const meeting = entry('meeting', 'm1', 'planned', { title: '報告会' })
  const action = entry('action', 'a1', 'open', { meeting: 'm1', initiative: 'r1', owner: 'osaki' })
  const conflict = entry('conflict', 'k1', 'open', { target: 'a1' })
  const hq = actor('somu', 'hq')
  expect(tasks(hq, meeting, action, row('r1'), conflict)).toMatchObject([
    { kind: 'conflict', initiative: null, about: 'm1' },
  ])
  expect(tasks(hq, meeting, action, row('r1'), { ...conflict, stage: 'resolved' })).toEqual([])
})
