/**
 * Photos beside the database [S24]: all backups in a folder share one folder of them, since a photo's file never changes and is
 * named by its content. What a backup names is dated by it, so that a file's age tells since when none has needed it.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EVERY_FIELD } from '../../../src/domain/purgeMark.ts'
import { memberSql } from '../storage/sqliteSchema.ts'
import { blobsPath } from './dataDir.ts'
import { syncToDisk } from './files.ts'

/** Name of the folder, in the server's store (handlers/blobs.ts) and beside backups. */
const PHOTOS = 'photos'
const PHOTO_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[0-9a-f]{64}\.jpg$/
/** Dated anew when it is older: copies of the folder that go by the date are not made anew every hour. */
const REDATE_MS = 24 * 60 * 60 * 1000

/** Where the photos of the backups in `folder` are. */
export const backedUpPhotos = (folder: string): string => join(folder, PHOTOS)

/** Files, of which a photo has two: the picture and its thumbnail. */
export interface PhotosCopied {
  /** That the records name. */
  readonly named: number
  readonly copied: number
  /** Nowhere whole: mostly photos that have not arrived yet. */
  readonly missing: number
  /** Could not be written or read; the first reason. The others were copied all the same. */
  readonly failed: number
  readonly reason: string
}

interface Places {
  /** Folder of the backup's file. */
  readonly folder: string
  /** The database whose photos these are. */
  readonly database: string
}

/** Copies what the backup at `database` names and the folder lacks; damaged files do not take the place of good ones. */
export function backUpPhotos(
  dataDir: string,
  { folder, database, now }: Places & { readonly now: Date },
): PhotosCopied {
  const [from, to] = [join(blobsPath(dataDir), PHOTOS), backedUpPhotos(folder)]
  return copyAll(photosNamed(database), (name) => {
    const target = join(to, name)
    const copied = copyMissing(join(from, name), target, existsSync)
    const dated = statSync(target, { throwIfNoEntry: false })?.mtimeMs
    if (dated !== undefined && now.getTime() - dated > REDATE_MS) utimesSync(target, now, now)
    return copied
  })
}

/** Brings back what the restored database names and the data lacks, and takes away the bytes of what is destroyed in it [S18]. */
export function restorePhotos(dataDir: string, { folder, database }: Places): PhotosCopied {
  const [from, to] = [backedUpPhotos(folder), join(blobsPath(dataDir), PHOTOS)]
  for (const id of photosDestroyed(database))
    for (const kind of [PHOTOS, 'parts'])
      rmSync(join(blobsPath(dataDir), kind, id), { recursive: true, force: true })
  return copyAll(photosNamed(database), (name) => copyMissing(join(from, name), join(to, name), isWhole))
}

type Copied = 'there' | 'copied' | 'missing'

function copyAll(names: readonly string[], copy: (name: string) => Copied): PhotosCopied {
  const counts = { there: 0, copied: 0, missing: 0, failed: 0 }
  let reason = ''
  for (const name of names)
    try {
      counts[copy(name)] += 1
    } catch (error) {
      if (!(error instanceof Error)) throw error
      counts.failed += 1
      reason ||= error.message
    }
  return {
    named: names.length,
    copied: counts.copied,
    missing: counts.missing,
    failed: counts.failed,
    reason,
  }
}

function copyMissing(from: string, to: string, isThere: (path: string) => boolean): Copied {
  if (isThere(to)) return 'there'
  return isWhole(from) && copyWhole(from, to) ? 'copied' : 'missing'
}

/** `<record>/<SHA-256>.jpg` of all that records, and what is kept aside, name as their bytes. */
function photosNamed(path: string): string[] {
  const named = ['sha256', 'thumbSha256'].flatMap((field) => [
    `SELECT key AS id, body ->> '$.record.fields.${field}' AS sha256 FROM records
      WHERE ${memberSql('type')} = 'photo'`,
    `SELECT body ->> '$.mutation.id', body ->> '$.mutation.set.${field}.to' FROM parked
      WHERE body ->> '$.mutation.type' = 'photo'`,
  ])
  return rowsOf(path, `${named.join(' UNION ')} ORDER BY id`)
    .map(({ id, sha256 }) => `${String(id)}/${String(sha256)}.jpg`)
    .filter((name) => PHOTO_NAME.test(name))
}

/** Ids of photos that were destroyed as a whole (isDestroyed). */
function photosDestroyed(path: string): string[] {
  const destroyed = `SELECT key AS id FROM records WHERE ${memberSql('type')} = 'photo'
    AND body ->> '$.record.removed' = 1 AND body -> '$.purged."${EVERY_FIELD}"' IS NOT NULL`
  return rowsOf(path, destroyed).map(({ id }) => String(id))
}

function rowsOf(path: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database.prepare(sql).all()
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
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    syncToDisk(dirname(folder))
  }
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
