/** The blob store in a folder: one file an object, written beside its place, synced, and renamed into it. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { syncToDisk } from '../ops/files.ts'
import { type BlobStore, type StoredBlob, assertBlobKey } from './blobStore.ts'

/** Begins the names of files that are being written; no key has such a part. */
const PARTIAL = '.partial-'

export function openDiskBlobs(root: string): BlobStore {
  const pathOf = (key: string): string => {
    assertBlobKey(key)
    return join(root, key)
  }
  return {
    async put(key, bytes) {
      const path = pathOf(key)
      const folder = dirname(path)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const partial = join(folder, `${PARTIAL}${randomBytes(8).toString('hex')}`)
      try {
        const file = await open(partial, 'wx', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(partial, path)
      } catch (error) {
        await rm(partial, { force: true })
        throw error
      }
      syncToDisk(folder)
    },
    get: (key) => unlessMissing(readFile(pathOf(key))),
    async list(folder) {
      const path = pathOf(folder)
      const names = (await unlessMissing(readdir(path, { recursive: true, withFileTypes: true }))) ?? []
      const files = names.filter((entry) => entry.isFile() && !entry.name.startsWith(PARTIAL))
      const found = await Promise.all(
        files.map(async ({ parentPath, name }): Promise<StoredBlob | undefined> => {
          const file = join(parentPath, name)
          const facts = await unlessMissing(stat(file))
          return facts === undefined
            ? undefined
            : { key: relative(root, file).split(sep).join('/'), sizeBytes: facts.size }
        }),
      )
      return found.filter((blob) => blob !== undefined).sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
