/**
 * `npm run restore`: puts a backup in the place of the data and begins a new epoch [S22], so that tablets notice and bring
 * back what the backup lacks. What was there is kept beside it.
 */
import { chmodSync, copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { nextEpoch } from '../epochs.ts'
import { DATABASE_NAME, databasePath, prepareDataDir, takeDataDir } from './dataDir.ts'
import { dateInName, syncToDisk } from './files.ts'
import { OpsError } from './opsError.ts'
import { type PhotosCopied, restorePhotos } from './photoFiles.ts'
import { type StoreFacts, inspectStore } from './storeFile.ts'

export interface RestoreOptions {
  readonly dataDir: string
  /** The backup. */
  readonly file: string
  readonly now: Date
}

export interface Restored {
  readonly facts: StoreFacts
  readonly photos: PhotosCopied
  readonly epoch: string
  /** Where the previous data is now; undefined when there was none. */
  readonly keptAside: string | undefined
  /** People of the previous data that the backup does not know. */
  readonly lostAccounts: readonly LostAccount[]
}

export interface LostAccount {
  readonly uid: string
  readonly email: string
}

const SIDE_FILES = ['-wal', '-shm'] as const

/** Restores. Nothing has changed when it throws OpsError; the exchange itself is one rename, after which the photos come. */
export function restore({ dataDir, file, now }: RestoreOptions): Restored {
  const source = resolve(file)
  const target = databasePath(dataDir)
  if (source === resolve(target)) throw new OpsError('復元するファイルと復元先が同じです。')
  const facts = inspectStore(source)
  prepareDataDir(dataDir)
  const release = takeDataDir(dataDir)
  const prepared = `${target}.${process.pid}.restoring`
  try {
    copyFileSync(source, prepared)
    chmodSync(prepared, 0o600)
    const present = inspectPresent(target)
    const epochs = [...new Set([...facts.epochs, ...(present?.epochs ?? [])])]
    const epoch = nextEpoch(epochs, now.getTime())
    const lostAccounts = present === undefined ? [] : takeOverSessions(prepared, target)
    beginEpoch(prepared, epoch, epochs)
    const keptAside = existsSync(target) ? keepAside(dataDir, now) : undefined
    renameSync(prepared, target)
    syncToDisk(dataDir)
    const photos = restorePhotos(dataDir, { folder: dirname(source), database: target })
    return { facts, photos, epoch, keptAside, lostAccounts }
  } finally {
    rmSync(prepared, { force: true })
    release()
  }
}

/** What is replaced; undefined when there is nothing, or it is damaged: then it is not asked. */
function inspectPresent(target: string): StoreFacts | undefined {
  if (!existsSync(target)) return undefined
  try {
    return inspectStore(target)
  } catch (error) {
    if (error instanceof OpsError) return undefined
    throw error
  }
}

/**
 * Refresh tokens change at every use: those of the backup are old by now, and people would have to sign in again. So
 * sessions go on as they are now, of people and tablets the backup knows. Answers the people it does not know.
 */
function takeOverSessions(prepared: string, target: string): readonly LostAccount[] {
  const database = new DatabaseSync(prepared)
  try {
    database.prepare('ATTACH DATABASE ? AS present').run(target)
    const secret = (name: string): string => `(SELECT body FROM ${name}.meta WHERE key = 'tokenSecret')`
    const same = database.prepare(`SELECT ${secret('main')} = ${secret('present')} AS same`).get()
    if (same?.['same'] === 1) {
      database.exec(`
        BEGIN IMMEDIATE;
        DELETE FROM main.sessions;
        INSERT INTO main.sessions SELECT * FROM present.sessions AS session
          WHERE EXISTS (SELECT 1 FROM main.records WHERE key = session.body ->> '$.deviceId')
            AND EXISTS (SELECT 1 FROM main.accounts WHERE key = session.body ->> '$.uid');
        COMMIT;`)
    }
    const lost = database.prepare(
      `SELECT key AS uid, body ->> '$.email' AS email FROM present.accounts
        WHERE key NOT IN (SELECT key FROM main.accounts) ORDER BY email`,
    )
    return lost.all().map((row) => ({ uid: String(row['uid']), email: String(row['email']) }))
  } finally {
    database.close()
  }
}

/** Every head begins anew; receipts stay, so that what the backup knows is answered as before [S10]. */
function beginEpoch(path: string, epoch: string, earlier: readonly string[]): void {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE')
    database.prepare("UPDATE heads SET body = json_set(body, '$.epoch', ?)").run(epoch)
    const put = database.prepare('INSERT OR REPLACE INTO meta (key, body) VALUES (?, ?)')
    put.run('epoch', JSON.stringify({ value: epoch }))
    put.run('epochs', JSON.stringify({ value: JSON.stringify([...earlier, epoch]) }))
    database.exec('DELETE FROM signInFailures; COMMIT')
  } finally {
    database.close()
  }
  syncToDisk(path)
}

/** A second name for the present data; it keeps its own until the new data takes its place. */
function keepAside(dataDir: string, now: Date): string {
  const target = databasePath(dataDir)
  emptyWal(target)
  const base = join(dataDir, DATABASE_NAME.replace('.sqlite', `-${dateInName(now)}`))
  const free = (n: number): string => (n === 0 ? `${base}.sqlite` : `${base}-${n}.sqlite`)
  let n = 0
  while (existsSync(free(n))) n += 1
  const aside = free(n)
  try {
    linkSync(target, aside)
  } catch {
    // No links on this drive.
    copyFileSync(target, aside)
  }
  for (const side of SIDE_FILES) if (existsSync(target + side)) renameSync(target + side, aside + side)
  return aside
}

/** Brings everything into the one file. One that is too damaged for it keeps its side files. */
function emptyWal(target: string): void {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(target)
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error)) throw error
  } finally {
    database?.close()
  }
}
