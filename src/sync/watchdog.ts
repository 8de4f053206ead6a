/**
 * Liveness: nothing stands still without being noticed. An exchange that gets on in no way is abandoned and begun anew; a
 * queue of which nothing gets through is told.
 */
import type { Clock } from './ports.ts'
import type { Stop, StopSignal } from './stop.ts'

/** Longer than any request is given (transport/http.ts), new credentials included. */
export const HANG_MS = 5 * 60_000
/** Something waited this long, online, and nothing got through. */
export const STALL_MS = 10 * 60_000
const LOOK_MS = 30_000

/** True when so much time has passed; a clock set back has told nothing. */
export function hasElapsed(sinceMs: number | undefined, limitMs: number, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= limitMs
}

/** Since when the queue has been standing still: undefined while nothing waits, or offline. */
export interface Queue {
  readonly count: number
  readonly stillSinceMs: number | undefined
}

export const EMPTY_QUEUE: Queue = { count: 0, stillSinceMs: undefined }

/** The queue after it was counted; whatever left it, or was received, lets the time begin anew. */
export function countQueue(
  before: Queue,
  { count, received, online }: { count: number; received: boolean; online: boolean },
  nowMs: number,
): Queue {
  if (count === 0 || !online) return { count, stillSinceMs: undefined }
  const moved = received || count < before.count || before.stillSinceMs === undefined
  return { count, stillSinceMs: moved ? nowMs : Math.min(before.stillSinceMs, nowMs) }
}

/** One exchange under way. */
export interface Run {
  readonly stop: StopSignal
  /** Passed at every step. Throws in one that was abandoned; any other has got on. */
  step(): void
  end(): void
}

export class Watchdog {
  private readonly clock: Clock
  private queue = EMPTY_QUEUE
  private received = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Receipts came. */
  noteReceipts(): void {
    this.received = true
  }

  /** The queue was counted; answers whether it has stood still for too long. */
  standsStill(count: number, online: boolean): boolean {
    const nowMs = this.clock.nowMs()
    this.queue = countQueue(this.queue, { count, received: this.received, online }, nowMs)
    this.received = false
    return hasElapsed(this.queue.stillSinceMs, STALL_MS, nowMs)
  }

  /** Watches an exchange that begins now; stops it when it hangs. */
  watch(stop: Stop): Run {
    let movedAtMs = this.clock.nowMs()
    let cancel: () => void = () => undefined
    const look = (): void => {
      const nowMs = this.clock.nowMs()
      movedAtMs = Math.min(movedAtMs, nowMs)
      if (hasElapsed(movedAtMs, HANG_MS, nowMs)) stop.now()
      else cancel = this.clock.after(LOOK_MS, look)
    }
    cancel = this.clock.after(LOOK_MS, look)
    return {
      stop,
      step: () => {
        if (stop.stopped) throw new Error('This exchange was abandoned.')
        movedAtMs = this.clock.nowMs()
      },
      end: () => cancel(),
    }
  }
}
