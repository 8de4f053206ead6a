import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Stop } from '../../../src/sync/stop.ts'
import {
  EMPTY_QUEUE,
  HANG_MS,
  STALL_MS,
  Watchdog,
  countQueue,
  hasElapsed,
} from '../../../src/sync/watchdog.ts'
import { createFakeClock } from '../../support/fakeClock.ts'

const counts = fc.array(
  fc.record({
    count: fc.nat({ max: 5 }),
    received: fc.boolean(),
    online: fc.boolean(),
    afterMs: fc.nat({ max: STALL_MS }),
  }),
)

describe('a queue', () => {
  test('[S27] stands still exactly while something waits, online, and nothing gets through', () => {
    fc.assert(
      fc.property(counts, (seen) => {
        let queue = EMPTY_QUEUE
        let nowMs = 0
        let stillSinceMs: number | undefined
        for (const { afterMs, ...counted } of seen) {
          nowMs += afterMs
          const moved = counted.received || counted.count < queue.count
          if (counted.count === 0 || !counted.online) stillSinceMs = undefined
          else if (moved || stillSinceMs === undefined) stillSinceMs = nowMs
          queue = countQueue(queue, counted, nowMs)
          expect(queue.stillSinceMs).toBe(stillSinceMs)
        }
      }),
    )
  })

  test('[S2] a clock set back neither alarms nor silences for good', () => {
    const counted = { count: 1, received: false, online: true }
    const before = countQueue(EMPTY_QUEUE, counted, 1_000_000)
    const setBack = countQueue(before, counted, 10_000)
    expect(hasElapsed(setBack.stillSinceMs, STALL_MS, 10_000)).toBe(false)
    expect(hasElapsed(setBack.stillSinceMs, STALL_MS, 10_000 + STALL_MS)).toBe(true)
  })
})

describe('an exchange', () => {
  test('is abandoned once it has not got on for the whole time, and not before; it then ends at its next step', async () => {
    const clock = createFakeClock()
    const stop = new Stop()
    const run = new Watchdog(clock).watch(stop)
    for (let step = 0; step < 5; step += 1) {
      await clock.advance(HANG_MS - 60_000)
      run.step()
    }
    expect(stop.stopped).toBe(false)
    await clock.advance(HANG_MS + 60_000)
    expect(stop.stopped).toBe(true)
    expect(() => run.step()).toThrow()
  })

  test('that has ended is watched no longer', async () => {
    const clock = createFakeClock()
    const stop = new Stop()
    new Watchdog(clock).watch(stop).end()
    await clock.advance(3 * HANG_MS)
    expect(stop.stopped).toBe(false)
  })
})
