/** When to sync next [S6]: a calm timer with jitter while all is well, exponential backoff after failures. */
import type { Clock } from './ports.ts'

/** Between two syncs when nothing happens. */
const IDLE_MS = 30_000
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 120_000

export class Schedule {
  private readonly clock: Clock
  private readonly due: () => void
  private failures = 0
  private cancelTimer: (() => void) | undefined

  constructor(clock: Clock, due: () => void) {
    this.clock = clock
    this.due = due
  }

  /** Plans the next sync after one that ended well or failed; replaces what was planned. */
  next(after: 'idle' | 'failed'): void {
    this.cancel()
    this.failures = after === 'failed' ? this.failures + 1 : 0
    const base =
      after === 'failed' ? Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1)) : IDLE_MS
    const delayMs = Math.round(base * (0.5 + this.clock.random()))
    this.cancelTimer = this.clock.after(delayMs, this.due)
  }

  cancel(): void {
    this.cancelTimer?.()
    this.cancelTimer = undefined
  }
}
