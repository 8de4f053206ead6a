import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asRecordId } from '../../../src/domain/ids.ts'
import type { Facets } from '../../../src/domain/record.ts'
import {
  type ReminderEntry,
  type UnitFacts,
  openReminders,
  reminderGroupOf,
  reminderId,
  startOfDayMs,
  unitFacts,
} from '../../../src/domain/reminders.ts'

const DAYS = { updatedSince: '2026-11-01', seenSince: '2026-11-10' }
const instant = fc
  .date({ min: new Date('2026-10-01'), max: new Date('2026-12-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
const facts = fc.record<UnitFacts>({
  rows: fc.nat(3),
  updatedAt: fc.option(instant),
  tablets: fc.nat(3),
  seenAt: fc.option(instant),
})

describe('the group of a unit', () => {
  test('is none or exactly one, and says what is so', () => {
    fc.assert(
      fc.property(facts, (own) => {
        const seen = own.seenAt !== null && Date.parse(own.seenAt) >= startOfDayMs(DAYS.seenSince)
        const updated = own.updatedAt !== null && Date.parse(own.updatedAt) >= startOfDayMs(DAYS.updatedSince)
        switch (reminderGroupOf(own, DAYS)) {
          case 'unseen':
            expect([own.tablets > 0, seen]).toEqual([true, false])
            break
          case 'unregistered':
            expect(own.rows).toBe(0)
            expect(own.tablets === 0 || seen).toBe(true)
            break
          case 'stale':
            expect([own.rows > 0, updated]).toEqual([true, false])
            break
          case undefined:
            expect([own.rows > 0, updated]).toEqual([true, true])
        }
      }),
    )
  })

  test('a unit is reminded only when nothing of it can be waiting on a tablet', () => {
    const gone = { rows: 0, updatedAt: null, tablets: 2, seenAt: '2026-11-09T14:59:59.999Z' }
    expect(reminderGroupOf(gone, DAYS)).toBe('unseen')
    expect(reminderGroupOf({ ...gone, seenAt: '2026-11-09T15:00:00.000Z' }, DAYS)).toBe('unregistered')
    expect(reminderGroupOf({ ...gone, tablets: 0, seenAt: null }, DAYS)).toBe('unregistered')
  })
})

const entry = (
  type: string,
  id: string,
  facets: Facets,
  more: Partial<Pick<ReminderEntry, 'stage' | 'updatedAt' | 'updatedBy'>> = {},
): ReminderEntry => ({
  type,
  id: asRecordId(id),
  facets,
  stage: 'submitted',
  updatedAt: '2026-10-01T00:00:00.000Z',
  updatedBy: 'hq',
  ...more,
})
const member = (id: string, unit: string): ReminderEntry => entry('member', id, { unit }, { stage: 'active' })
const row = (id: string, facets: Facets, more: Parameters<typeof entry>[3] = {}): ReminderEntry =>
  entry('initiative', id, { leadUnit: 'kameido', jointUnits: [], fiscalYear: 2026, ...facets }, more)
const people = [member('ann', 'kameido'), member('ben', 'osaki'), member('hq', 'somu')]
const of = (
  unit: string,
  entries: readonly ReminderEntry[],
  changes: Parameters<typeof unitFacts>[1]['changes'] = [],
) => unitFacts([unit], { entries: [...people, ...entries], fiscalYear: 2026, tablets: [], changes }).get(unit)

describe('what is known of a unit', () => {
  test('counts rows of the year on the list, led or joined; drafts, withdrawn and other years do not count', () => {
    const entries = [
      row('r1', {}),
      row('r2', { leadUnit: 'osaki', jointUnits: ['kameido'] }),
      row('r3', {}, { stage: 'draft' }),
      row('r4', {}, { stage: 'withdrawn' }),
      row('r5', { fiscalYear: 2025 }),
      row('r6', { leadUnit: 'osaki' }),
    ]
    expect(of('kameido', entries)?.rows).toBe(2)
    expect(of('osaki', entries)?.rows).toBe(2)
    expect(of('somu', entries)?.rows).toBe(0)
  })

  test('an update is what people of the unit did, not what headquarters did', () => {
    const byHq = row('r1', {}, { updatedAt: '2026-11-15T00:00:00.000Z' })
    expect(of('kameido', [byHq])?.updatedAt).toBeNull()
    const byAnn = row('r1', {}, { updatedAt: '2026-11-05T00:00:00.000Z', updatedBy: 'ann' })
    expect(of('kameido', [byAnn])?.updatedAt).toBe('2026-11-05T00:00:00.000Z')
    const note = entry(
      'note',
      'n1',
      { initiative: 'r1' },
      { updatedAt: '2026-11-12T00:00:00.000Z', updatedBy: 'ann' },
    )
    expect(of('kameido', [byHq, note])?.updatedAt).toBe('2026-11-12T00:00:00.000Z')
  })

  test('what was changed before headquarters changed the row is known from the changes', () => {
    const byHq = row('r1', {}, { updatedAt: '2026-11-15T00:00:00.000Z' })
    const changes = [{ id: 'r1', by: 'ann', at: '2026-11-03T00:00:00.000Z' }]
    expect(of('kameido', [byHq], changes)?.updatedAt).toBe('2026-11-03T00:00:00.000Z')
    expect(of('kameido', [byHq], [{ ...changes[0], id: 'other', by: 'ann', at: '' }])?.updatedAt).toBeNull()
  })

  test('a tablet is of the unit of its person, and the latest says when the unit was there', () => {
    const tablets = [
      { unit: 'kameido', seenAt: '2026-11-01T00:00:00.000Z' },
      { unit: 'kameido', seenAt: '2026-11-08T00:00:00.000Z' },
      { unit: 'kameido', seenAt: '' },
      { unit: 'osaki', seenAt: '2026-11-20T00:00:00.000Z' },
    ]
    const known = unitFacts(['kameido'], { entries: [], fiscalYear: 2026, tablets, changes: [] })
    expect(known.get('kameido')).toMatchObject({ tablets: 3, seenAt: '2026-11-08T00:00:00.000Z' })
  })
})

describe('a reminder', () => {
  const reminder = (reason: string, more: Facets = {}): ReminderEntry =>
    entry(
      'reminder',
      `rem-${reason}`,
      { unit: 'kameido', fiscalYear: 2026, reason, ...more },
      { updatedAt: '2026-11-10T00:00:00.000Z', stage: 'sent' },
    )
  const open = (...entries: readonly ReminderEntry[]): string[] =>
    openReminders(entries).map(({ id }) => String(id))

  test('to register is answered by a row of that year on the list', () => {
    const asked = reminder('unregistered')
    expect(open(asked)).toEqual(['rem-unregistered'])
    expect(open(asked, row('r1', {}, { stage: 'draft' }))).toEqual(['rem-unregistered'])
    expect(open(asked, row('r1', { fiscalYear: 2025 }))).toEqual(['rem-unregistered'])
    expect(open(asked, row('r1', { leadUnit: 'osaki' }))).toEqual(['rem-unregistered'])
    expect(open(asked, row('r1', {}))).toEqual([])
  })

  test('to update is answered by whatever is saved on a row of the unit afterwards', () => {
    const asked = reminder('stale')
    const old = row('r1', {})
    expect(open(asked, old)).toEqual(['rem-stale'])
    expect(open(asked, { ...old, updatedAt: '2026-11-11T00:00:00.000Z' })).toEqual([])
    const note = entry('note', 'n1', { initiative: 'r1' }, { updatedAt: '2026-11-11T00:00:00.000Z' })
    expect(open(asked, old, note)).toEqual([])
    expect(open(asked, old, { ...note, facets: { initiative: 'r9' } })).toEqual(['rem-stale'])
  })

  test('to submit a 点検 is no task beside the 点検 itself', () => {
    expect(open(reminder('interim'), reminder('result'))).toEqual([])
  })

  test('of two for the same only the later one stands, and the same one of a day is one record', () => {
    const first = reminder('stale')
    const second = { ...first, id: asRecordId('rem-2'), updatedAt: '2026-11-12T00:00:00.000Z' }
    expect(open(first, second, row('r1', {}))).toEqual(['rem-2'])
    const sent = {
      unit: 'kameido',
      fiscalYear: 2026,
      reason: 'stale',
      sentOn: '2026-11-12',
      dueDate: '',
    } as const
    expect(reminderId(sent)).toBe(reminderId({ ...sent }))
    expect(reminderId({ ...sent, dueDate: '2026-12-01' })).not.toBe(reminderId(sent))
  })
})
