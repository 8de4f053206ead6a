/** Watches the tablet's clock for one person's offline lease [S26]. */
import { lookAtLease, renewLease } from './db/leases.ts'
import type { VaultDatabase } from './db/vault.ts'
import type { Uid } from './domain/ids.ts'
import { type Lease, beginLease, isLeaseSpent } from './domain/lease.ts'

/** The clock is looked at, and a meeting written, at most this often. */
const EVERY_MS = 60_000

export interface LeaseWatch {
  /** Calls back with the lease, at once and whenever it was looked at. */
  listen(listener: (lease: Lease) => void): void
  /** The server has answered; its clock says `serverTime`. */
  met(serverTime: string): void
  stop(): void
}

export async function watchLease(db: VaultDatabase, uid: Uid): Promise<LeaseWatch> {
  const listeners = new Set<(lease: Lease) => void>()
  let lease = await lookAtLease(db, uid, Date.now())
  let writtenAtMs = -EVERY_MS

  function tell(next: Lease): void {
    lease = next
    listeners.forEach((listener) => listener(lease))
  }
  // A vault that cannot be read is told by whoever needs it next.
  const look = (): void => void lookAtLease(db, uid, Date.now()).then(tell, () => undefined)
  const timer = setInterval(look, EVERY_MS)
  document.addEventListener('visibilitychange', look)

  return {
    listen(listener) {
      listeners.add(listener)
      listener(lease)
    },
    met(serverTime) {
      const nowMs = performance.now()
      if (nowMs - writtenAtMs < EVERY_MS && !isLeaseSpent(lease)) return
      writtenAtMs = nowMs
      const meeting = { metAtMs: Date.parse(serverTime), nowMs: Date.now() }
      renewLease(db, uid, meeting).then(
        () => tell(beginLease(meeting.nowMs, meeting.metAtMs)),
        // What could not be written is tried again at the next answer.
        () => (writtenAtMs = -EVERY_MS),
      )
    },
    stop() {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      listeners.clear()
    },
  }
}
