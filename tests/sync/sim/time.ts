/** One time for the world, a clock for each tablet that may be years off, jump or stand still, and timers that fire when told. */
import type { Clock } from '../../../src/sync/ports.ts'
import type { Random } from './random.ts'
import type { Mortal } from './scheduler.ts'

const START_MS = Date.UTC(2026, 10, 20, 1)
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

interface Timer {
  readonly owner: Mortal
  readonly dueMs: number
  readonly callback: () => void
}

export class WorldTime {
  nowMs = START_MS
  private timers: Timer[] = []
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  /** Calls back when a timer is fired; the answer cancels. */
  after(owner: Mortal, delayMs: number, callback: () => void): () => void {
    const timer = { owner, dueMs: this.nowMs + delayMs, callback }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  /** Fires one timer of the living and moves the time on to it; answers whether there was one. */
  fireOne(): boolean {
    const alive = this.alive()
    if (alive.length === 0) return false
    this.fire(this.random.pick(alive))
    return true
  }

  /** Fires every timer set so far. */
  fireAll(): void {
    for (const timer of this.alive()) this.fire(timer)
  }

  private alive(): Timer[] {
    this.timers = this.timers.filter(({ owner }) => !owner.dead)
    return this.timers
  }

  private fire(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer)
    this.nowMs = Math.max(this.nowMs, timer.dueMs)
    timer.callback()
  }
}

/** What a tablet thinks the time is. */
export class TabletTime {
  private offsetMs = 0
  private frozenAtMs: number | undefined
  private readonly time: WorldTime

  constructor(time: WorldTime) {
    this.time = time
  }

  nowMs(): number {
    return this.frozenAtMs ?? this.time.nowMs + this.offsetMs
  }

  iso(): string {
    return new Date(this.nowMs()).toISOString()
  }

  /** Sets it right, up to ten years off, or stops it; answers which. */
  disturb(random: Random): 'right' | 'off' | 'frozen' {
    const kind = random.weighed({ right: 1, off: 3, frozen: 1 })
    this.frozenAtMs = kind === 'frozen' ? this.nowMs() : undefined
    this.offsetMs = kind === 'off' ? Math.round((random.next() * 2 - 1) * 10 * YEAR_MS) : 0
    return kind
  }

  /** It runs again; how far it is off does not matter. */
  unfreeze(): void {
    this.frozenAtMs = undefined
  }

  clockOf(owner: Mortal, random: Random): Clock {
    return {
      now: () => this.iso(),
      nowMs: () => this.nowMs(),
      after: (delayMs, callback) => this.time.after(owner, delayMs, callback),
      random: () => random.next(),
    }
  }
}
