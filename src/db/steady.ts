/**
 * Work on the database that survives what browsers do to it [S7]: a connection they closed is opened anew, a full quota is
 * relieved of what can be fetched again, and the work is then done once more.
 */
import { StorageDeadError, StorageFullError } from '../sync/storageErrors.ts'
import type { TabletDatabase } from './schema.ts'

/** How the browsers say that a connection is gone: closing, closed, or its process lost. */
const DEAD = ['DatabaseClosedError', 'InvalidStateError', 'UnknownError', 'AbortError']

export interface Steady {
  /**
   * Does the work, at most twice: it must bear being done again, should the first time have come through after all.
   * Throws StorageFullError or StorageDeadError when that did not help, and whatever the work throws by itself.
   */
  run<T>(work: () => Promise<T>): Promise<T>
  /** The same for every method of a port, all of which answer promises. */
  all<T extends object>(port: T): T
}

/** `makeRoom` gives up what can be fetched again; answers whether there was any. */
export function createSteady(db: TabletDatabase, makeRoom: () => Promise<boolean>): Steady {
  let reopening: Promise<void> | undefined

  function reopen(): Promise<void> {
    reopening ??= open().finally(() => (reopening = undefined))
    return reopening
  }
  async function open(): Promise<void> {
    if (db.isClosedForGood) throw new StorageDeadError('The database was closed.')
    try {
      // Dexie may not have noticed that its connection is dead.
      db.close({ disableAutoOpen: false })
      await db.open()
    } catch (error) {
      throw new StorageDeadError('The database does not open.', { cause: error })
    }
  }

  async function run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isFull(error)) {
        if (!(await makeRoom().catch(() => false))) throw new StorageFullError('full', { cause: error })
      } else if (isDead(error)) await reopen()
      else throw error
    }
    try {
      return await work()
    } catch (error) {
      if (isFull(error)) throw new StorageFullError('full', { cause: error })
      if (isDead(error)) throw new StorageDeadError('dead', { cause: error })
      throw error
    }
  }

  return {
    run,
    all: (port) =>
      new Proxy(port, {
        get(target, name, receiver) {
          const method: unknown = Reflect.get(target, name, receiver)
          if (typeof method !== 'function') return method
          return (...args: unknown[]) => run<unknown>(async () => Reflect.apply(method, target, args))
        },
      }),
  }
}

/** The error, and what Dexie found behind it. */
function namesOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const inner = 'inner' in error ? namesOf(error.inner) : ''
  return `${error.name} ${error.message} ${inner}`
}

function isFull(error: unknown): boolean {
  return /quota/i.test(namesOf(error))
}

/** Of many writes at once Dexie says why each failed. */
function isDead(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const failures: unknown[] = 'failures' in error && Array.isArray(error.failures) ? error.failures : []
  return DEAD.includes(error.name) || failures.some(isDead)
}
