/** The offline lease of each person, kept with their session [S26]. */
import { type Lease, beginLease, isLeaseSpent, spendLease } from '../domain/lease.ts'
import type { VaultDatabase } from './vault.ts'

/** Looks at the clock and meetings closer together than this are not written. */
const WRITE_EVERY_MS = 60_000

/** Looks at the tablet's clock; answers the person's lease now. Where none is known yet, one begins. */
export async function lookAtLease(db: VaultDatabase, uid: string, nowMs: number): Promise<Lease> {
  const isFresh = (held: Lease | undefined): held is Lease => {
    const sinceMs = nowMs - (held?.seenAtMs ?? -Infinity)
    return sinceMs >= 0 && sinceMs < WRITE_EVERY_MS
  }
  // The app is opened with this look: mostly there is nothing to write, which would be waited for.
  const seen = await db.leases.get(uid)
  if (isFresh(seen)) return spendLease(seen, nowMs)
  return db.transaction('rw', db.leases, async () => {
    const held = await db.leases.get(uid)
    const lease = held === undefined ? beginLease(nowMs, null) : spendLease(held, nowMs)
    if (!isFresh(held)) await db.leases.put({ ...lease, uid })
    return lease
  })
}

/** The server has answered the person: the lease begins anew. */
export function renewLease(
  db: VaultDatabase,
  uid: string,
  { metAtMs, nowMs }: { readonly metAtMs: number; readonly nowMs: number },
): Promise<void> {
  return db.transaction('rw', db.leases, async () => {
    const held = await db.leases.get(uid)
    const sinceMs = metAtMs - (held?.metAtMs ?? -Infinity)
    const isFresh = held !== undefined && !isLeaseSpent(held) && sinceMs >= 0 && sinceMs < WRITE_EVERY_MS
    if (!isFresh) await db.leases.put({ ...beginLease(nowMs, metAtMs), uid })
  })
}
