/**
 * The storage port on SQLite (node:sqlite): one file, WAL, synchronous=FULL, so that what was answered survives a power cut.
 * One connection writes, one transaction after another; another one reads at snapshots meanwhile. Other processes may use
 * the same file: their transactions are waited for without blocking the event loop.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareSchema } from './sqliteSchema.ts'
import { SqliteTx, Statements } from './sqliteTx.ts'
import { type Storage, StorageBusyError } from './storage.ts'

/** Attempts to begin a transaction before StorageBusyError; with the waits below about 6 s. */
const MAX_ATTEMPTS = 40
/** Longest wait between two attempts. */
const MAX_WAIT_MS = 200
/** How long SQLite itself may wait; it blocks the event loop, so that the real waiting is done between attempts. */
const BUSY_TIMEOUT_MS = 25
/** At opening nothing else runs yet. */
const OPEN_TIMEOUT_MS = 5000

const SQLITE_BUSY = 5

/** Opens the store, making file and tables where they are missing. Throws when a newer version wrote the file. */
export function openSqliteStorage({ path }: { readonly path: string }): Storage {
  mkdirSync(dirname(path), { recursive: true })
  const writer = connect(path)
  prepareSchema(writer, path)
  writer.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const reader = connect(path)
  reader.exec(`PRAGMA query_only = ON; PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const writerStatements = new Statements(writer)
  const readerStatements = new Statements(reader)
  const writes = new Queue()
  const reads = new Queue()
  let closed = false
  const assertOpen = (): void => {
    if (closed) throw new Error('The store is closed.')
  }

  return {
    async transact(work) {
      assertOpen()
      return writes.run(async () => {
        await begin(writer, 'BEGIN IMMEDIATE')
        return inTransaction(writer, new SqliteTx(writerStatements), work)
      })
    },
    async read(work) {
      assertOpen()
      return reads.run(async () => {
        await begin(reader, 'BEGIN')
        return inTransaction(reader, new SqliteTx(readerStatements), work)
      })
    },
    async scrub() {
      assertOpen()
      // Free pages and the log keep what was overwritten.
      await writes.run(() =>
        reads.run(async () => {
          await untilFree(() => writer.exec('VACUUM'))
          await untilFree(() => emptyLog(writer))
        }),
      )
    },
    async close() {
      if (closed) return
      closed = true
      await Promise.all([writes.idle(), reads.idle()])
      reader.close()
      writer.close()
    },
  }
}

function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF')
  return database
}

/** Throws while somebody else reads it. */
function emptyLog(database: DatabaseSync): void {
  const truncated = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  if (truncated?.['busy'] !== 0) throw new StorageBusyError('Another process reads the store.')
}

/** Begins a transaction, again and again while another process holds the lock. */
async function begin(database: DatabaseSync, statement: string): Promise<void> {
  await untilFree(() => database.exec(statement))
}

async function untilFree(work: () => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      work()
      return
    } catch (error) {
      if (!isBusy(error)) throw error
      if (attempt === MAX_ATTEMPTS)
        throw new StorageBusyError('Another process keeps the store locked.', { cause: error })
    }
    await sleep(Math.random() * Math.min(MAX_WAIT_MS, 5 * 2 ** attempt))
  }
}

async function inTransaction<T>(
  database: DatabaseSync,
  tx: SqliteTx,
  work: (tx: SqliteTx) => Promise<T>,
): Promise<T> {
  try {
    const result = await work(tx)
    tx.apply()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // After some errors (disk full, I/O) SQLite has rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    if (isBusy(error)) throw new StorageBusyError('The store is busy.', { cause: error })
    throw error
  } finally {
    tx.end()
  }
}

function isBusy(error: unknown): boolean {
  if (error instanceof StorageBusyError) return true
  if (!(error instanceof Error) || !('errcode' in error)) return false
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_BUSY
}

/** Runs jobs one after another; a job that throws does not stop the next. */
class Queue {
  private tail: Promise<unknown> = Promise.resolve()

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.tail.then(job)
    this.tail = result.catch(() => undefined)
    return result
  }

  async idle(): Promise<void> {
    await this.tail
  }
}
