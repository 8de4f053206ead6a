/**
 * Photos beside the database [S24]: all backups in a folder share one folder of them, since a photo's file never changes and is
 * named by its content. Each backup dates what the data still has, so that a file's age tells since when it is not needed.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { blobsPath } from './dataDir.ts'
import { syncToDisk } from './files.ts'
import { OpsError } from './opsError.ts'

/** Name of the folder, in the server's store (handlers/blobs.ts) and beside backups. */
const PHOTOS = 'photos'
const PHOTO_FILE = /^[0-9a-f]{64}\.jpg$/

/** Where the photos of the backups in `folder` are. */
export const backedUpPhotos = (folder: string): string => join(folder, PHOTOS)

export interface PhotosBackedUp {
  readonly copied: number
  readonly all: number
}

/** Copies what the backups lack. Throws OpsError when it cannot; what was copied stays, and the next time goes on. */
export function backUpPhotos(
  dataDir: string,
  { folder, now }: { folder: string; now: Date },
): PhotosBackedUp {
  const [from, to] = [join(blobsPath(dataDir), PHOTOS), backedUpPhotos(folder)]
  const names = photosIn(from)
  let copied = 0
  try {
    for (const name of names) {
      const target = join(to, name)
      if (sizeOf(target) !== sizeOf(join(from, name)) && copyWhole(join(from, name), target)) copied += 1
      if (existsSync(target)) utimesSync(target, now, now)
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new OpsError(
      `記録は写しましたが、写真を写せませんでした（${error.message}）。空き容量と書き込みの許可を確かめて、もう一度実行してください。`,
    )
  }
  return { copied, all: names.length }
}

export interface PhotosRestored {
  readonly restored: number
  /** Files that the restored records name, and neither the data nor the backups have whole. */
  readonly missing: number
}

/** Brings back what the records of the database at `database` name and the data lacks; what was destroyed is named by none [S18]. */
export function restorePhotos(
  dataDir: string,
  { folder, database }: { folder: string; database: string },
): PhotosRestored {
  const [from, to] = [backedUpPhotos(folder), join(blobsPath(dataDir), PHOTOS)]
  let [restored, missing] = [0, 0]
  for (const name of photosNamed(database)) {
    const target = join(to, name)
    if (existsSync(target)) continue
    const source = join(from, name)
    if (isWhole(source) && copyWhole(source, target)) restored += 1
    else missing += 1
  }
  return { restored, missing }
}

/** Paths below `folder`, `<record>/<SHA-256>.jpg`. */
function photosIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && PHOTO_FILE.test(entry.name))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'))
}

/** What records, and what is kept aside, name as their bytes. */
function photosNamed(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const named = ['sha256', 'thumbSha256'].flatMap((field) => [
      `SELECT key AS id, body ->> '$.record.fields.${field}' AS sha256 FROM records
        WHERE body ->> '$.record.type' = 'photo'`,
      `SELECT body ->> '$.mutation.id', body ->> '$.mutation.set.${field}.to' FROM parked
        WHERE body ->> '$.mutation.type' = 'photo'`,
    ])
    const rows = database.prepare(`${named.join(' UNION ')} ORDER BY id`).all()
    const names = rows.map(({ id, sha256 }) => `${String(id)}/${String(sha256)}.jpg`)
    return names.filter((name) => /^[A-Za-z0-9._-]+\/[0-9a-f]{64}\.jpg$/.test(name))
  } finally {
    database.close()
  }
}

function isWhole(path: string): boolean {
  if (!existsSync(path)) return false
  return path.endsWith(`${createHash('sha256').update(readFileSync(path)).digest('hex')}.jpg`)
}

/** On the disk under its name, or not at all; false where it has just been destroyed. */
function copyWhole(from: string, to: string): boolean {
  const folder = dirname(to)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const partial = `${to}.${process.pid}.partial`
  try {
    copyFileSync(from, partial, constants.COPYFILE_FICLONE)
    chmodSync(partial, 0o600)
    syncToDisk(partial)
    renameSync(partial, to)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && !existsSync(from))
      return false
    throw error
  } finally {
    rmSync(partial, { force: true })
  }
  syncToDisk(folder)
  return true
}

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size
