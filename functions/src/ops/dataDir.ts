/**
 * The folder of an own server's data, and who uses it: programs share it, restoring takes it alone. The lock is SQLite's
 * own on an empty file, so that it ends with its process, whatever becomes of that.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OpsError } from './opsError.ts'

/** Name of the database in the folder. */
export const DATABASE_NAME = 'kaizencho.sqlite'

const LOCK_NAME = 'kaizencho.lock'

/** Ends the use of the folder. */
export type Release = () => void

/** Path of the database in a folder. */
export function databasePath(dataDir: string): string {
  return join(dataDir, DATABASE_NAME)
}

/** Path of the folder of photos in a folder. */
export function blobsPath(dataDir: string): string {
  return join(dataDir, 'blobs')
}

/** Makes the folder where it is missing; only its owner may look into it. Throws OpsError when it is another program's. */
export function prepareDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  if (!statSync(dataDir).isDirectory()) throw new OpsError(`${dataDir} はフォルダーではありません。`)
  if ((statSync(dataDir).mode & 0o077) === 0) return
  if (!existsSync(databasePath(dataDir)) && readdirSync(dataDir).length > 0) {
    throw new OpsError(
      `${dataDir} には別のものが入っています。改善帳だけの空のフォルダーを --data に指定してください。`,
    )
  }
  chmodSync(dataDir, 0o700)
}

/** Throws OpsError when there is no database in the folder. */
export function assertDatabase(dataDir: string): void {
  if (!existsSync(databasePath(dataDir)))
    throw new OpsError(`${dataDir} に改善帳のデータがありません。--data の指定を確かめてください。`)
}

/** Uses the folder beside other programs. Throws OpsError while it is being restored. */
export function shareDataDir(dataDir: string): Release {
  return lock(dataDir, 'BEGIN; SELECT count(*) FROM sqlite_schema', {
    busy: `${dataDir} は復元の途中です。復元が終わってから、もう一度実行してください。`,
  })
}

/** Uses the folder alone. Throws OpsError while anything uses it. */
export function takeDataDir(dataDir: string): Release {
  return lock(dataDir, 'BEGIN EXCLUSIVE', {
    busy: `${dataDir} は使用中です。サーバーを止めて（例: systemctl stop kaizencho）、もう一度実行してください。何も変更していません。`,
  })
}

function lock(dataDir: string, statement: string, { busy }: { readonly busy: string }): Release {
  const database = new DatabaseSync(join(dataDir, LOCK_NAME), { timeout: 1000 })
  try {
    database.exec(statement)
  } catch (error) {
    database.close()
    if (error instanceof Error && error.message.includes('locked')) throw new OpsError(busy)
    throw error
  }
  return () => database.close()
}
