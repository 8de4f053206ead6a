/** The part of the app that loads after the first paint: the sync engine on the browser's lock, clock and network. */
import type { Uid } from '../domain/ids.ts'
import { SyncEngine } from '../sync/engine.ts'
import type { Auth, Clock, Lock, Outbox, Replica, Transport } from '../sync/ports.ts'
import { createTransport } from './api.ts'

export interface EngineAndTransport {
  readonly engine: SyncEngine
  readonly transport: Transport
}

/** Joins engine and transport for one person. */
export function createEngine(
  { auth, outbox, replica }: { auth: Auth; outbox: Outbox; replica: Replica },
  uid: Uid,
): EngineAndTransport {
  const transport = createTransport(auth, uid)
  const engine = new SyncEngine({
    outbox,
    replica,
    transport,
    clock: browserClock,
    lock: webLock(`kaizencho-sync-${uid}`),
  })
  return { engine, transport }
}

const browserClock: Clock = {
  now: () => new Date().toISOString(),
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/** One tab of a person syncs at a time [S5]; the others follow through the database. */
function webLock(name: string): Lock {
  return {
    tryRun: (work) =>
      navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
        if (lock === null) return false
        await work()
        return true
      }),
  }
}
