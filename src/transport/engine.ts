/** The part of the app that loads after the first paint: the sync engine on the browser's lock, clock and network. */
import type { Uid } from '../domain/ids.ts'
import { SyncEngine } from '../sync/engine.ts'
import type {
  Accounts,
  Auth,
  Clock,
  Grant,
  Lock,
  Outbox,
  Passwords,
  Replica,
  Transport,
} from '../sync/ports.ts'
import { createAccounts } from './accounts.ts'
import { createTransport } from './api.ts'
import { createCall } from './call.ts'
import { createQuarantine } from './quarantine.ts'
import type { SessionVault } from './sessionVault.ts'

export interface Connection {
  readonly engine: SyncEngine
  readonly transport: Transport
  readonly accounts: Accounts
}

/** A person's database; credentials are looked up for its owner alone, so nobody's outbox meets another's token [S26]. */
export interface OwnTablet {
  readonly owner: Uid
  readonly outbox: Outbox
  readonly replica: Replica
}

/** Joins engine, transport and accounts for one person. */
export function createEngine({
  auth,
  vault,
  tablet: { owner, outbox, replica },
  grant,
}: {
  readonly auth: Auth
  readonly vault: SessionVault
  readonly tablet: OwnTablet
  readonly grant: Grant
}): Connection {
  const call = createCall(auth, owner)
  const transport = { ...createTransport(call), ...createQuarantine(vault, owner) }
  const engine = new SyncEngine({
    outbox,
    replica,
    transport,
    clock: browserClock,
    lock: webLock(`kaizencho-sync-${owner}`),
    grant,
  })
  const { changePassword } = auth
  const accounts = {
    ...createAccounts(call),
    ...(changePassword === undefined
      ? {}
      : { changePassword: (passwords: Passwords) => changePassword(owner, passwords) }),
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
