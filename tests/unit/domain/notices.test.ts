import { expect, test } from 'vitest'
import type { Actor, Role } from '../../../src/domain/actor.ts'
import { asRecordId, asUid, asUnitId } from '../../../src/domain/ids.ts'
import { type Notice, type NoticeEntry, noticesOf } from '../../../src/domain/notices.ts'
import type { Facets } from '../../../src/domain/record.ts'
import { checkIdOf } from '../../../src/domain/types/check.ts'
import { cycleIdOf } from '../../../src/domain/types/cycle.ts'

const TODAY = '2026-11-20'
const actor = (unit: string, ...roles: Role[]): Actor => ({ uid: asUid('me'), unit: asUnitId(unit), roles })
const STAFF = actor('kameido', 'staff')
const LEAD = actor('kameido', 'lead')
const HQ = actor('somu', 'hq')

type Rest = Partial<Pick<NoticeEntry, 'rev' | 'stage' | 'updatedAt' | 'updatedBy'>>
const entry = (type: string, id: string, facets: Facets, rest: Rest = {}): NoticeEntry => ({
  id: asRecordId(id),
  type,
  stage: 'open',
  rev: 1,
  updatedAt: '2026-11-10T03:00:00.000Z',
  updatedBy: 'hq1',
  ...rest,
  facets,
})
const row = (rest: Rest = {}, facets: Facets = {}): NoticeEntry =>
  entry(
    'initiative',
    'r1',
    { leadUnit: 'kameido', jointUnits: ['osaki'], ...facets },
    { stage: 'submitted', ...rest },
  )
const feedback = (facets: Facets = {}, rest: Rest = {}): NoticeEntry =>
  entry('feedback', 'f1', { initiative: 'r1', kind: 'request', dueDate: '', ...facets }, rest)
const member = (id: string, unit: string): NoticeEntry => entry('member', id, { unit }, { stage: 'active' })

const notices = (who: Actor, ...entries: NoticeEntry[]): Notice[] =>
  noticesOf(entries, { actor: who, today: TODAY, parked: [] })
const kinds = (found: readonly Notice[]): string[] => found.map(({ kind }) => kind)

test('feedback is news for everybody of the lead and joint units who logs there', () => {
  for (const who of [STAFF, LEAD, actor('osaki', 'staff')])
    expect(notices(who, row(), feedback())).toMatchObject([
      { kind: 'feedback', initiative: 'r1', by: 'hq1', at: '2026-11-10T03:00:00.000Z' },
    ])
  for (const who of [HQ, actor('ome', 'lead'), actor('kameido', 'executive')])
    expect(notices(who, row(), feedback())).toEqual([])
})

test('a reply is news for headquarters, and closes the news for the unit', () => {
  const answered = feedback({}, { stage: 'answered', rev: 2, updatedBy: 'lead1' })
  expect(notices(HQ, row(), answered)).toMatchObject([{ kind: 'reply', by: 'lead1' }])
  expect(notices(LEAD, row(), answered)).toEqual([])
})

test('feedback opened again is another notice', () => {
  const [first] = notices(LEAD, row(), feedback())
  const [again] = notices(LEAD, row(), feedback({}, { rev: 3 }))
  expect(first?.id).not.toBe(again?.id)
})

test('a deadline is told once when near and once when past, to who answers and then to headquarters', () => {
  expect(kinds(notices(LEAD, row(), feedback({ dueDate: '2026-11-25' })))).toEqual(['dueSoon', 'feedback'])
  expect(kinds(notices(STAFF, row(), feedback({ dueDate: '2026-11-25' })))).toEqual(['feedback'])
  const late = feedback({ dueDate: '2026-11-19' })
  expect(notices(LEAD, row(), late)).toMatchObject([
    { kind: 'overdue', at: '2026-11-20' },
    { kind: 'feedback' },
  ])
  expect(kinds(notices(HQ, row(), late))).toEqual(['awaited'])
  const soon = notices(LEAD, row(), feedback({ dueDate: '2026-11-25' }))[0]
  expect(notices(LEAD, row(), feedback({ dueDate: '2026-11-25' }, { rev: 1 }))[0]?.id).toBe(soon?.id)
})

test('feedback that comes with a near deadline is one notice', () => {
  const sudden = feedback({ dueDate: '2026-11-25' }, { updatedAt: '2026-11-19T00:00:00.000Z' })
  expect(kinds(notices(LEAD, row(), sudden))).toEqual(['feedback'])
})

test('a returned row is news until somebody of the unit goes on with it', () => {
  const people = [member('hq1', 'somu'), member('lead1', 'kameido')]
  expect(kinds(notices(STAFF, row({ stage: 'returned', rev: 2 }), ...people))).toEqual(['returned'])
  expect(notices(STAFF, row({ stage: 'returned', rev: 3, updatedBy: 'lead1' }), ...people)).toEqual([])
})

test('好事例 is news for a season', () => {
  expect(kinds(notices(STAFF, row(), feedback({ kind: 'praise' })))).toEqual(['praise'])
  const old = feedback({ kind: 'praise' }, { updatedAt: '2026-08-01T00:00:00.000Z' })
  expect(notices(STAFF, row(), old)).toEqual([])
})

test('[S12] [S16] refused saves and conflicts are told, newest first', () => {
  const conflict = entry('conflict', 'c1', { target: 'r1' }, { updatedAt: '2026-11-12T00:00:00.000Z' })
  const parked = [{ n: 7, recordId: asRecordId('r1'), at: '2026-11-13T00:00:00.000Z' }]
  const found = noticesOf([row(), conflict, feedback()], { actor: STAFF, today: TODAY, parked })
  expect(kinds(found)).toEqual(['parked', 'conflict', 'feedback'])
  expect(found.map(({ initiative }) => initiative)).toEqual(['r1', 'r1', 'r1'])
})

test('a reminder of a 点検 leads to it, for the unit’s lead, until every row is submitted', () => {
  const cycle = entry('cycle', cycleIdOf(2026, 'interim'), {
    ...{ kind: 'interim', fiscalYear: 2026, opens: '2026-11-01', dueDate: '2026-12-31' },
  })
  const reminder = entry('reminder', 'rem1', { unit: 'kameido', fiscalYear: 2026, reason: 'interim' })
  const asked = row({}, { fiscalYear: 2026 })
  const check = (stage: string) =>
    entry('check', checkIdOf(cycle.id, asked.id), { cycle: cycle.id, initiative: asked.id }, { stage })
  const reminders = (who: Actor, ...more: NoticeEntry[]): Notice[] =>
    notices(who, cycle, reminder, asked, ...more).filter(({ kind }) => kind === 'check')

  expect(reminders(LEAD)).toMatchObject([{ about: cycle.id, initiative: null, by: 'hq1' }])
  expect(reminders(LEAD, check('draft'))).toHaveLength(1)
  expect(reminders(LEAD, check('submitted'))).toEqual([])
  for (const who of [STAFF, HQ, actor('osaki', 'lead')]) expect(reminders(who)).toEqual([])
})
