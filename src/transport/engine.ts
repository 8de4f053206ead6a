/** The part of the app that loads after the first paint: the sync engine on the browser's lock, clock and network. */
import type { Uid } from '../domain/ids.ts'
import { SyncEngine } from '../sync/engine.ts'
import type { Accounts, Auth, Clock, Lock, Outbox, Passwords, Replica, Transport } from '../sync/ports.ts'
import { createAccounts } from './accounts.ts'
import { createTransport } from './api.ts'
import { createCall } from './call.ts'

export interface Connection {
  readonly engine: SyncEngine
  readonly transport: Transport
  readonly accounts: Accounts
}

/** Joins engine, transport and accounts for one person. */
export function createEngine(
  { auth, outbox, replica }: { auth: Auth; outbox: Outbox; replica: Replica },
  uid: Uid,
): Connection {
  const call = createCall(auth, uid)
  const transport = createTransport(call)
  const engine = new SyncEngine({
    outbox,
    replica,
    transport,
    clock: browserClock,
    lock: webLock(`kaizencho-sync-${uid}`),
  })
  const { changePassword } = auth
  const accounts = {
    ...createAccounts(call),
    ...(changePassword === undefined
      ? {}
      : { changePassword: (passwords: Passwords) => changePassword(uid, passwords) }),
  }
  return { engine, transport, accounts }
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
