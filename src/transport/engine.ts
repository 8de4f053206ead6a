/** The part of the app that loads after the first paint: the sync engine on the browser's lock, clock and network. */
import type { Uid } from '../domain/ids.ts'
import { SyncEngine } from '../sync/engine.ts'
import type { Accounts, Auth, Passwords } from '../sync/peoplePorts.ts'
import type { Grant, Outbox, Replica, Transport } from '../sync/ports.ts'
import { Stop } from '../sync/stop.ts'
import { type BrowserLock, createTabLock } from '../sync/tabLock.ts'
import { createAccounts } from './accounts.ts'
import { createTransport } from './api.ts'
import { browserClock } from './browserClock.ts'
import { type Call, createCall } from './call.ts'
import { createQuarantine } from './quarantine.ts'
import type { SessionVault } from './sessionVault.ts'
import { type FetchPart, createSnapshotSource } from './snapshot.ts'

export interface Connection {
  readonly engine: SyncEngine
  readonly transport: Transport
  readonly accounts: Accounts
  /** For parts that few people load. */
  readonly call: Call
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
  fetchPart,
}: {
  readonly auth: Auth
  readonly vault: SessionVault
  readonly tablet: OwnTablet
  readonly grant: Grant
  readonly fetchPart: FetchPart
}): Connection {
  const call = createCall(auth, owner)
  const transport = { ...createTransport(call), ...createQuarantine(vault, owner) }
  const engine = new SyncEngine({
    outbox,
    replica,
    transport,
    clock: browserClock,
    lock: createTabLock({ lock: webLock(`kaizencho-sync-${owner}`), replica, clock: browserClock }),
    grant,
    snapshots: createSnapshotSource({ auth, uid: owner, fetchPart }),
  })
  const { changePassword } = auth
  const accounts = {
    ...createAccounts(call),
    ...(changePassword === undefined
      ? {}
      : { changePassword: (passwords: Passwords) => changePassword(owner, passwords) }),
  }
  return { engine, transport, accounts, call }
}

function webLock(name: string): BrowserLock {
  async function run(options: LockOptions, work: Parameters<BrowserLock['tryRun']>[0]): Promise<boolean> {
    const lost = new Stop()
    try {
      return await navigator.locks.request(name, options, async (lock) => {
        if (lock === null) return false
        await work(lost)
        return true
      })
    } catch (error) {
      // Taken over by another tab while `work` was under way.
      if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
      lost.now()
      return true
    }
  }
  return {
    tryRun: (work) => run({ ifAvailable: true }, work),
    takeOver: async (work) => void (await run({ steal: true }, work)),
  }
}
