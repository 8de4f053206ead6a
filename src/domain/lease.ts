/**
 * The offline lease [S26]: how long a tablet may show a person's records without meeting the server. Offline there is only
 * the tablet's clock, which anyone can set. So what counts is its forward progress from look to look: setting it back wins
 * nothing, a jump ahead costs until the server is met. Time during which the app was closed and the clock set back
 * before it was opened again cannot be seen.
 */

/** Offline time a meeting with the server is good for. */
export const LEASE_MS = 30 * 24 * 60 * 60 * 1000

export interface Lease {
  /** Server's time at the last meeting, Unix ms; null before the first one this tablet knows of. */
  readonly metAtMs: number | null
  /** Tablet's time at the last look, Unix ms. */
  readonly seenAtMs: number
  /** Tablet time that has gone by since the meeting, ms; never less than it was. */
  readonly spentMs: number
}

/** A lease that begins now. `metAtMs` is the server's time where it was met. */
export function beginLease(seenAtMs: number, metAtMs: number | null): Lease {
  return { metAtMs, seenAtMs, spentMs: 0 }
}

/** The lease after looking at the tablet's clock. */
export function spendLease(lease: Lease, nowMs: number): Lease {
  return { ...lease, seenAtMs: nowMs, spentMs: lease.spentMs + Math.max(0, nowMs - lease.seenAtMs) }
}

/** Whether the app is locked until it meets the server. */
export function isLeaseSpent({ spentMs }: Lease): boolean {
  return spentMs > LEASE_MS
}
