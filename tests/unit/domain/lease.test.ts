/** [S26] The offline lease under clocks that jump. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LEASE_MS, beginLease, isLeaseSpent, spendLease } from '../../../src/domain/lease.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const START_MS = Date.UTC(2026, 10, 20)
/** Ten years either way. */
const clock = fc.integer({ min: START_MS - 3650 * DAY_MS, max: START_MS + 3650 * DAY_MS })
const looks = fc.array(clock, { maxLength: 40 })

test('[S26] thirty days without the server are fine, a moment more is not', () => {
  const lease = beginLease(START_MS, START_MS)
  expect(isLeaseSpent(spendLease(lease, START_MS + LEASE_MS))).toBe(false)
  expect(isLeaseSpent(spendLease(lease, START_MS + LEASE_MS + 1))).toBe(true)
})

test('[S26] setting the clock back never gives time back', () => {
  fc.assert(
    fc.property(looks, clock, (times, next) => {
      const before = times.reduce(spendLease, beginLease(START_MS, START_MS))
      expect(spendLease(before, next).spentMs).toBeGreaterThanOrEqual(before.spentMs)
    }),
  )
})

test('[S26] at least the way to the highest time ever seen is spent', () => {
  fc.assert(
    fc.property(looks, (times) => {
      const { spentMs } = times.reduce(spendLease, beginLease(START_MS, START_MS))
      expect(spentMs).toBeGreaterThanOrEqual(Math.max(START_MS, ...times) - START_MS)
    }),
  )
})

test('[S26] after any jumps, another thirty days on a clock that runs are the end', () => {
  fc.assert(
    fc.property(looks, clock, (times, from) => {
      const jumped = spendLease(times.reduce(spendLease, beginLease(START_MS, START_MS)), from)
      expect(isLeaseSpent(spendLease(jumped, from + LEASE_MS + 1))).toBe(true)
    }),
  )
})

test('[S26] a look more or less on a running clock changes nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10 * DAY_MS }), { minLength: 1 }), (steps) => {
      let nowMs = START_MS
      const lease = steps.reduce(
        (held, step) => spendLease(held, (nowMs += step)),
        beginLease(START_MS, null),
      )
      expect(lease).toEqual(spendLease(beginLease(START_MS, null), nowMs))
    }),
  )
})

test('[S26] meeting the server makes every clock good again, also a wrong one', () => {
  fc.assert(
    fc.property(clock, fc.integer({ min: 0, max: LEASE_MS }), (tabletMs, laterMs) => {
      const met = beginLease(tabletMs, START_MS)
      expect(isLeaseSpent(met)).toBe(false)
      expect(isLeaseSpent(spendLease(met, tabletMs + laterMs))).toBe(false)
    }),
  )
})
