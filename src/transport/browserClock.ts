import type { Clock } from '../sync/ports.ts'

/** The page's clock, timers and randomness. */
export const browserClock: Clock = {
  now: () => new Date().toISOString(),
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
