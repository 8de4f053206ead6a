import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  UNSENT_LIMIT_MS,
  type UnsentWatch,
  lookAtUnsent,
  overdueIn,
} from '../../../src/domain/unsentWatch.ts'

const HOUR = 60 * 60 * 1000
const START = Date.parse('2026-11-20T00:00:00.000Z')
const item = { key: 'c|1', savedAtMs: START }

/** Looks once an hour of real time, with a clock that is set forward or back before some looks. */
function hourly(jumps: readonly number[]): UnsentWatch {
  let clock = START
  return jumps.reduce<UnsentWatch>(
    (watch, jumpMs) => {
      clock += HOUR + jumpMs
      return lookAtUnsent(watch, [item], { nowMs: clock, elapsedMs: HOUR })
    },
    lookAtUnsent(undefined, [item], { nowMs: clock, elapsedMs: 0 }),
  )
}

describe('[S27] nothing waits longer than 24 hours unnoticed', () => {
  test('[S27] just under a day is quiet, just over it speaks, and says since when', () => {
    const watch = (nowMs: number): UnsentWatch => lookAtUnsent(undefined, [item], { nowMs, elapsedMs: 0 })
    expect(overdueIn(watch(START + UNSENT_LIMIT_MS))).toBeUndefined()
    expect(overdueIn(watch(START + UNSENT_LIMIT_MS + 1))).toEqual({
      keys: ['c|1'],
      longestMs: UNSENT_LIMIT_MS + 1,
    })
  })

  test('[S27] no setting of the clock hides a wait that was looked at', () => {
    const jump = fc.oneof(
      fc.constant(0),
      fc.integer({ min: -10 * 365 * 24 * HOUR, max: 10 * 365 * 24 * HOUR }),
    )
    fc.assert(
      fc.property(fc.array(jump, { minLength: 25, maxLength: 40 }), (jumps) => {
        expect(overdueIn(hourly(jumps))?.keys).toEqual(['c|1'])
      }),
    )
  })

  test('[S27] a clock that stands still does not stop the count', () => {
    expect(overdueIn(hourly(Array.from({ length: 25 }, () => -HOUR)))?.keys).toEqual(['c|1'])
  })

  test('[S27] closed for a day and a half: the first look at opening tells', () => {
    const before = lookAtUnsent(undefined, [item], { nowMs: START + HOUR, elapsedMs: 0 })
    const after = lookAtUnsent(before, [item], { nowMs: START + 37 * HOUR, elapsedMs: 0 })
    expect(overdueIn(after)?.longestMs).toBe(37 * HOUR)
  })

  test('[S27] what was saved by a clock ahead of today begins to wait when it is first seen', () => {
    const late = { key: 'c|2', savedAtMs: START + 365 * 24 * HOUR }
    const first = lookAtUnsent(undefined, [late], { nowMs: START, elapsedMs: 0 })
    expect(overdueIn(lookAtUnsent(first, [late], { nowMs: START + 25 * HOUR, elapsedMs: 0 }))?.keys).toEqual([
      'c|2',
    ])
  })

  test('[S27] what has been sent is forgotten', () => {
    const watch = hourly(Array.from({ length: 30 }, () => 0))
    expect(lookAtUnsent(watch, [], { nowMs: START + 31 * HOUR, elapsedMs: HOUR }).waitedMs).toEqual({})
  })
})
