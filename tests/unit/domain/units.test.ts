import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asRecordId } from '../../../src/domain/ids.ts'
import type { TaskEntry } from '../../../src/domain/tasks.ts'
import { moved, openWorkOf } from '../../../src/domain/units.ts'

/** Some units in the order they are shown; places may be far apart or the same. */
const group = fc
  .array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 })
  .map((places) => places.sort((a, b) => a - b).map((order, index) => ({ id: `u${index}`, order })))

describe('moving a 部所', () => {
  test('changes places with its neighbour and with nobody else', () => {
    fc.assert(
      fc.property(group, fc.nat(), fc.constantFrom(-1 as const, 1 as const), (units, pick, step) => {
        const at = pick % units.length
        const mover = units[at]?.id ?? ''
        const changed = new Map(moved(units, mover, step).map(({ id, order }) => [id, order]))
        const after = units
          .map(({ id, order }) => ({ id, order: changed.get(id) ?? order }))
          .sort((a, b) => a.order - b.order)
        const expected = units.map(({ id }) => id)
        const neighbour = expected[at + step]
        if (neighbour === undefined) {
          expect(changed.size).toBe(0)
        } else {
          expected[at] = neighbour
          expected[at + step] = mover
          expect(after.map(({ id }) => id)).toEqual(expected)
          expect(new Set(after.map(({ order }) => order)).size).toBe(units.length)
        }
      }),
    )
  })

  test('leaves alone who stands elsewhere: with different places, two change and take each other’s', () => {
    const units = [3, 7, 8, 20].map((order, index) => ({ id: `u${index}`, order }))
    expect(moved(units, 'u1', 1)).toEqual([
      { id: 'u2', order: 7 },
      { id: 'u1', order: 8 },
    ])
  })
})

test('what is still open in a 部所: its people, its rows, feedback that waits for it and the 部所 under it', () => {
  const entry = (
    type: string,
    id: string,
    { stage, ...facets }: Record<string, string> & { stage: string },
  ): TaskEntry => ({
    type,
    id: asRecordId(id),
    stage,
    facets: { ...facets, stage },
    updatedAt: '2026-11-10T03:00:00.000Z',
  })
  const entries = [
    entry('member', 'm1', { stage: 'active', unit: 'koyo' }),
    entry('member', 'm2', { stage: 'disabled', unit: 'koyo' }),
    entry('member', 'm3', { stage: 'active', unit: 'somu' }),
    entry('initiative', 'i1', { stage: 'submitted', leadUnit: 'koyo' }),
    entry('initiative', 'i2', { stage: 'returned', leadUnit: 'koyo' }),
    entry('initiative', 'i3', { stage: 'concluded', leadUnit: 'koyo' }),
    entry('initiative', 'i4', { stage: 'withdrawn', leadUnit: 'koyo' }),
    entry('initiative', 'i5', { stage: 'submitted', leadUnit: 'somu' }),
    entry('initiative', 'i6', { stage: 'draft', leadUnit: 'koyo' }),
    entry('feedback', 'f1', { stage: 'open', kind: 'request', initiative: 'i1' }),
    entry('feedback', 'f2', { stage: 'open', kind: 'praise', initiative: 'i1' }),
    entry('feedback', 'f3', { stage: 'open', kind: 'request', initiative: 'i5' }),
    entry('feedback', 'f4', { stage: 'answered', kind: 'request', initiative: 'i1' }),
    entry('unit', 'u1', { stage: 'active', parent: 'koyo' }),
    entry('unit', 'u2', { stage: 'ended', parent: 'koyo' }),
  ]
  expect(openWorkOf('koyo', entries)).toEqual({ members: 1, rows: 2, feedback: 1, children: 1 })
})
