/**
 * The storage port on Firestore: one top-level collection per collection of the port. Transactions lock what they read;
 * two that want the same document (a stream's head) may have to be tried again, which happens here, a bounded number of times.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Firestore } from '@google-cloud/firestore'
import { FirestoreTx } from './firestoreTx.ts'
import { type Storage, StorageBusyError, type Tx } from './storage.ts'

/** What one call of `transact` or `read` cost, all its attempts together. */
export interface FirestoreUsage {
  readonly kind: 'transact' | 'read'
  readonly attempts: number
  /** Documents read, as billed. */
  readonly reads: number
  /** Documents written or deleted, as billed: only what was committed. */
  readonly writes: number
}

export interface FirestoreStorageOptions {
  /** Stays the caller's: closing the storage does not terminate it. */
  readonly firestore: Firestore
  /** Told after each call, also after one that failed. */
  readonly onUsage?: (usage: FirestoreUsage) => void
}

/** Attempts in a row before StorageBusyError; the waits between them are about 5 s together. */
const MAX_ATTEMPTS = 8
const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 2000

/** gRPC status codes, and the HTTP one the REST transport answers instead of ABORTED. */
const BUSY_CODES: ReadonlySet<unknown> = new Set([1, 4, 8, 10, 14, 409])
const UNCLEAR_CODES: ReadonlySet<unknown> = new Set([2, 13])
const INVALID_ARGUMENT = 3

/** Opens the store. Nothing is read or written yet; indexes are deployed with firestore.indexes.json. */
export function openFirestoreStorage({ firestore, onUsage }: FirestoreStorageOptions): Storage {
  const running = new Set<Promise<unknown>>()
  const lane = new Lane()
  let closed = false

  const call = async <T>(kind: FirestoreUsage['kind'], attempt: (meter: Meter) => Promise<T>): Promise<T> => {
    if (closed) throw new Error('The store is closed.')
    const meter = { attempts: 0, reads: 0, writes: 0 }
    const counted = (): Promise<T> => {
      meter.attempts += 1
      return attempt(meter)
    }
    const result = kind === 'read' ? retried(counted) : inTurn(lane, counted)
    running.add(result)
    try {
      return await result
    } finally {
      running.delete(result)
      onUsage?.({ kind, ...meter })
    }
  }

  return {
    transact: (work) => call('transact', (meter) => transactOnce(firestore, work, meter)),
    read: (work) => call('read', (meter) => readOnce(firestore, work, meter)),
    // Google keeps what was overwritten for as long as point-in-time recovery reaches back, out of anybody's reach here.
    scrub: () => Promise.resolve(),
    async close() {
      closed = true
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}

interface Meter {
  attempts: number
  reads: number
  writes: number
}

async function transactOnce<T>(firestore: Firestore, work: (tx: Tx) => Promise<T>, meter: Meter): Promise<T> {
  let pending = 0
  const result = await firestore.runTransaction(
    async (transaction) => {
      const tx = new FirestoreTx(firestore, transaction)
      try {
        const answer = await work(tx)
        pending = tx.apply()
        return answer
      } finally {
        tx.end()
        meter.reads += tx.reads
      }
    },
    // Retrying is done here: the client's own begins with a second's wait and lets all collide again.
    { maxAttempts: 1 },
  )
  meter.writes += pending
  return result
}

async function readOnce<T>(
  firestore: Firestore,
  work: (tx: FirestoreTx) => Promise<T>,
  meter: Meter,
): Promise<T> {
  return firestore.runTransaction(
    async (transaction) => {
      const tx = new FirestoreTx(firestore, transaction)
      try {
        return await work(tx)
      } finally {
        tx.end()
        meter.reads += tx.reads
      }
    },
    { readOnly: true },
  )
}

/**
 * Transactions run side by side until two collide. Those that did go on one after another, and whoever comes meanwhile lines
 * up behind, so that an instance never competes with itself twice.
 */
async function inTurn<T>(lane: Lane, attempt: () => Promise<T>): Promise<T> {
  if (lane.length === 0) {
    try {
      return await attempt()
    } catch (error) {
      if (!isPassing(error)) throw error
    }
  }
  return lane.run(() => retried(attempt))
}

/** Errors of the work itself pass at once; Firestore's passing ones are tried again, with jitter [S9]. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isPassing(error)) throw error
      if (attempts === MAX_ATTEMPTS) {
        throw isBusy(error) ? new StorageBusyError('Firestore is busy.', { cause: error }) : error
      }
    }
    await sleep(Math.random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)))
  }
}

/** Contention, overload or a lost connection. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  // A transaction that lived too long.
  if (error.code === INVALID_ARGUMENT) return error.message.includes('transaction has expired')
  return BUSY_CODES.has(error.code)
}

/** Busy, or what may pass and may be a bug: tried again, but not called busy in the end. */
function isPassing(error: unknown): boolean {
  return isBusy(error) || (error instanceof Error && 'code' in error && UNCLEAR_CODES.has(error.code))
}

/** Runs jobs one after another; a job that throws does not stop the next. */
class Lane {
  /** Jobs waiting and running. */
  length = 0
  private tail: Promise<unknown> = Promise.resolve()

  async run<T>(job: () => Promise<T>): Promise<T> {
    this.length += 1
    const result = this.tail.then(job)
    this.tail = result.catch(() => undefined)
    try {
      return await result
    } finally {
      this.length -= 1
    }
  }
}
