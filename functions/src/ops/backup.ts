/** `npm run backup`: a consistent copy of the data, also while the server works on it. */
import { chmodSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { assertDatabase, databasePath, shareDataDir } from './dataDir.ts'
import { syncToDisk } from './files.ts'
import { OpsError } from './opsError.ts'
import { type PhotosCopied, backUpPhotos } from './photoFiles.ts'
import { type StoreFacts, inspectStore } from './storeFile.ts'

export interface BackupOptions {
  readonly dataDir: string
  /** Where the copy goes. */
  readonly file: string
  /** Replaces an existing file. */
  readonly force: boolean
  readonly now: Date
}

export interface BackedUp {
  readonly facts: StoreFacts
  readonly photos: PhotosCopied
}

/**
 * Copies, checks the copy, and only then gives it its name; then copies the photos that it names. Throws OpsError when the records
 * could not be copied.
 */
export function backUp({ dataDir, file, force, now }: BackupOptions): BackedUp {
  const target = resolve(file)
  assertDatabase(dataDir)
  if (!existsSync(dirname(target)))
    throw new OpsError(`${dirname(target)} がありません。先にフォルダーを作ってください。`)
  const taken = `${target} はもうあります。別の名前にするか、置き換えるなら --force を付けてください。`
  if (existsSync(target) && !force) throw new OpsError(taken)
  const release = shareDataDir(dataDir)
  const partial = `${target}.${process.pid}.partial`
  try {
    copy(databasePath(dataDir), partial)
    const facts = inspectStore(partial)
    syncToDisk(partial)
    if (force) renameSync(partial, target)
    else linkWithoutReplacing(partial, target, taken)
    syncToDisk(dirname(target))
    return { facts, photos: backUpPhotos(dataDir, { folder: dirname(target), database: target, now }) }
  } finally {
    rmSync(partial, { force: true })
    release()
  }
}

/** One read transaction, so that the copy is the store at one moment. Password hashes are in it: nobody else may read it. */
function copy(from: string, to: string): void {
  const previous = process.umask(0o077)
  const database = new DatabaseSync(from, { timeout: 5000 })
  try {
    database.prepare('VACUUM INTO ?').run(to)
  } catch (error) {
    if (!(error instanceof Error) || !('errcode' in error)) throw error
    throw new OpsError(
      `バックアップを書けませんでした（${error.message}）。空き容量と書き込みの許可を確かめてください。`,
    )
  } finally {
    database.close()
    process.umask(previous)
  }
  chmodSync(to, 0o600)
}

function linkWithoutReplacing(from: string, to: string, taken: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') throw new OpsError(taken)
    // Some network drives know no links.
    if (existsSync(to)) throw new OpsError(taken)
    renameSync(from, to)
  }
}
