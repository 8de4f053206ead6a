/** A clock that moves only when told, and calls back what fell due on the way. */
import type { Clock } from '../../src/sync/ports.ts'

export interface FakeClock extends Clock {
  /** Moves on, timer by timer; what a timer starts has come to rest before the next one is called. */
  advance(ms: number): Promise<void>
  /** Sets it to another time without anything falling due. */
  jump(ms: number): void
}

const START_MS = 1_790_000_000_000

/** Lets everything that waits only for promises, or for fake-indexeddb's next turn, come to rest. */
async function rest(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** `turns` of the event loop are given to what a timer starts. */
export function createFakeClock({ turns = 2 }: { turns?: number } = {}): FakeClock {
  let elapsedMs = 0
  let offsetMs = 0
  let timers: { dueMs: number; callback: () => void }[] = []
  const nowMs = (): number => START_MS + elapsedMs + offsetMs
  return {
    now: () => new Date(nowMs()).toISOString(),
    nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: elapsedMs + delayMs, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((each) => each !== timer)
      }
    },
    random: () => 0.5,
    async advance(ms) {
      const endMs = elapsedMs + ms
      await rest(turns)
      for (;;) {
        const next = timers.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0]
        if (next === undefined) break
        timers = timers.filter((timer) => timer !== next)
        elapsedMs = next.dueMs
        next.callback()
        await rest(turns)
      }
      elapsedMs = endMs
    },
    jump: (ms) => {
      offsetMs += ms
    },
  }
}
