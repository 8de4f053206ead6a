/**
 * One tab of a person syncs at a time [S5]. The browser's lock is the rule; a heartbeat in the person's database tells a
 * holder at work from one that was frozen, or a lock that leaked: of those another tab takes it over. Should the former
 * holder wake up, two tabs sync, which the protocol bears.
 */
import type { Clock, Lock, Replica } from './ports.ts'
import type { StopSignal } from './stop.ts'

/** A holder at work says so this often. Exchanges are short: most end before the first beat, and nothing is written. */
const BEAT_MS = 20_000
/** Without a beat for this long the lock is taken over. Timers of hidden tabs may run only once a minute. */
export const STALE_MS = 150_000

type Work = (lost?: StopSignal) => Promise<void>

/** What the browser offers. */
export interface BrowserLock {
  /** Runs `work` if nobody holds the lock; answers whether it ran. */
  tryRun(work: Work): Promise<boolean>
  /** Takes the lock from whoever holds it and runs `work`. */
  takeOver(work: Work): Promise<void>
}

export function createTabLock({
  lock,
  replica,
  clock,
}: {
  lock: BrowserLock
  replica: Pick<Replica, 'beat' | 'lastBeat'>
  clock: Clock
}): Lock {
  /** Since when the lock was held whenever this tab asked. */
  let deniedSinceMs: number | undefined

  const beating =
    (work: Work): Work =>
    async (lost) => {
      let cancel: () => void = () => undefined
      const plan = (): void => {
        cancel = clock.after(BEAT_MS, () => {
          // A database that does not take it is found out by the work itself.
          void replica.beat(clock.nowMs()).catch(() => undefined)
          plan()
        })
      }
      plan()
      lost?.onStop(() => cancel())
      try {
        await work(lost)
      } finally {
        cancel()
      }
    }

  async function isAlive(): Promise<boolean> {
    const nowMs = clock.nowMs()
    // A clock that was set back tells nothing about the time before.
    deniedSinceMs = Math.min(deniedSinceMs ?? nowMs, nowMs)
    const beatMs = (await replica.lastBeat()) ?? deniedSinceMs
    const aliveMs = beatMs > nowMs ? deniedSinceMs : Math.max(beatMs, deniedSinceMs)
    return nowMs - aliveMs < STALE_MS
  }

  return {
    async tryRun(work) {
      const ran = await lock.tryRun(beating(work))
      if (!ran && (await isAlive())) return false
      deniedSinceMs = undefined
      if (!ran) await lock.takeOver(beating(work))
      return true
    },
  }
}
