import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asRecordId } from '../../../src/domain/ids.ts'
import {
  type ReviewEntry,
  type ReviewItem,
  type SeenUpTo,
  isSeen,
  reviewQueue,
} from '../../../src/domain/reviewQueue.ts'

const ME = 'me'
const entry = (type: string, id: string, more: Partial<ReviewEntry> = {}): ReviewEntry => ({
  ...{ id: asRecordId(id), type, stage: 'submitted', rev: 1, facets: {} },
  ...{ updatedAt: '2026-11-01T00:00:00.000Z', updatedBy: 'unit' },
  ...more,
})
const row = (id: string, more: Partial<ReviewEntry> = {}): ReviewEntry => entry('initiative', id, more)
const seen = (initiative: string, rev: number, ownRev = rev): ReviewEntry =>
  entry('review', `review.${ME}.${initiative}`, { stage: 'seen', facets: { initiative, rev, ownRev } })
const reply = (id: string, initiative: string, more: Partial<ReviewEntry> = {}): ReviewEntry =>
  entry('feedback', id, { stage: 'answered', facets: { initiative, kind: 'request' }, ...more })

const queue = (...entries: ReviewEntry[]): ReviewItem[] => reviewQueue(entries, { uid: ME })
const reasons = (...entries: ReviewEntry[]): (readonly string[])[] =>
  queue(...entries).map((item) => item.reasons)

describe('who waits', () => {
  test('a row is new until it is seen, and changed once somebody has changed it since', () => {
    expect(reasons(row('r'))).toEqual([['new']])
    expect(reasons(row('r', { rev: 3 }), seen('r', 3))).toEqual([])
    expect(reasons(row('r', { rev: 4 }), seen('r', 3))).toEqual([['changed']])
  })

  test('taking 確認した back makes it new again', () => {
    expect(reasons(row('r', { rev: 3 }), seen('r', 0))).toEqual([['new']])
  })

  test('a draft is the unit’s own, and a returned row is with the unit until it is submitted again', () => {
    expect(queue(row('r', { stage: 'draft' }), row('s', { stage: 'returned', rev: 5 }))).toEqual([])
    expect(reasons(row('s', { rev: 6 }), seen('s', 4))).toEqual([['changed']])
  })

  test('a reply brings its row back until the feedback is closed, whatever stage the row is in', () => {
    expect(reasons(row('r'), seen('r', 1), reply('f', 'r'))).toEqual([['replied']])
    expect(reasons(row('r', { stage: 'returned' }), reply('f', 'r'))).toEqual([['replied']])
    expect(reasons(row('r'), reply('f', 'r'))).toEqual([['new', 'replied']])
    for (const stage of ['open', 'closed'])
      expect(queue(row('r'), seen('r', 1), reply('f', 'r', { stage }))).toEqual([])
  })

  test('the oldest change comes first, a reply counting from when it came', () => {
    const at = (day: number): string => `2026-11-0${day}T00:00:00.000Z`
    const entries = [
      row('late', { updatedAt: at(5) }),
      row('early', { updatedAt: at(2) }),
      row('answered', { updatedAt: at(1) }),
      seen('answered', 1),
      reply('f', 'answered', { updatedAt: at(3) }),
    ]
    expect(queue(...entries).map(({ id }) => id)).toEqual(['early', 'answered', 'late'])
  })
})

/** A row's life: changes by somebody else or by me, and me looking at it. */
const lives = fc.array(fc.constantFrom('other', 'mine', 'look'), { maxLength: 12 })

function live(acts: readonly string[]) {
  let [rev, updatedBy, seenUpTo]: [number, string, SeenUpTo] = [1, 'unit', { rev: 0, ownRev: 0 }]
  let since: string[] = ['unit']
  for (const act of acts) {
    if (act === 'look') {
      seenUpTo = { rev, ownRev: rev }
      since = []
      continue
    }
    rev += 1
    updatedBy = act === 'mine' ? ME : 'unit'
    since.push(updatedBy)
  }
  return { row: { rev, updatedBy }, seen: seenUpTo, since }
}

describe('laws of what is seen', () => {
  test('what somebody else has changed since I looked always waits', () => {
    fc.assert(
      fc.property(lives, (acts) => {
        const { row: at, seen: upTo, since } = live(acts)
        if (since.includes('unit')) expect(isSeen(at, { seen: upTo, uid: ME })).toBe(false)
      }),
    )
  })

  test('what nobody has changed since I looked never waits, nor does what I changed then', () => {
    fc.assert(
      fc.property(lives, (acts) => {
        const { row: at, seen: upTo, since } = live([...acts, 'look'])
        expect(since).toEqual([])
        expect(isSeen(at, { seen: upTo, uid: ME })).toBe(true)
        const acted = live([...acts, 'look', 'mine'])
        expect(isSeen(acted.row, { seen: acted.seen, uid: ME })).toBe(true)
      }),
    )
  })

  test('own changes on their way when I looked do not wait; one of the unit that slipped in between does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(3),
        (rev, own, others) => {
          const upTo = { rev, ownRev: rev + own }
          const after = { rev: rev + own + others, updatedBy: ME }
          expect(isSeen(after, { seen: upTo, uid: ME })).toBe(others === 0)
          expect(isSeen({ ...after, updatedBy: 'unit' }, { seen: upTo, uid: ME })).toBe(false)
        },
      ),
    )
  })

  test('the queue holds exactly the rows with headquarters that are not seen', () => {
    const stages = fc.constantFrom('draft', 'submitted', 'returned', 'reviewed', 'concluded', 'withdrawn')
    const rows = fc.array(fc.record({ stage: stages, acts: lives }), { maxLength: 8 })
    fc.assert(
      fc.property(rows, (made) => {
        const entries = made.flatMap(({ stage, acts }, index) => {
          const { row: at, seen: upTo } = live(acts)
          return [row(`r${index}`, { stage, ...at }), seen(`r${index}`, upTo.rev, upTo.ownRev)]
        })
        const expected = made.flatMap(({ stage, acts }, index) => {
          const { row: at, seen: upTo } = live(acts)
          const waits = stage !== 'draft' && stage !== 'returned' && !isSeen(at, { seen: upTo, uid: ME })
          return waits ? [`r${index}`] : []
        })
        expect(new Set(queue(...entries).map(({ id }) => String(id)))).toEqual(new Set(expected))
      }),
    )
  })
})
