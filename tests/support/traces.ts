/** Whether a word is left anywhere: in the files of a store, or in the whole database of a tablet. */
import { existsSync, readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { IDBKeyRange } from 'fake-indexeddb'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'

/** Files of the SQLite store at `path`, log included, in which the word occurs. */
export function tracesInStore(path: string, word: string): string[] {
  return [path, `${path}-wal`, `${path}-shm`].filter(
    (file) => existsSync(file) && readFileSync(file).includes(word),
  )
}

/** Keys of stored bytes in which the word occurs, compressed or not. */
export function tracesInBlobs(objects: ReadonlyMap<string, Uint8Array>, word: string): string[] {
  return [...objects]
    .filter(([, bytes]) => textsIn(bytes).some((text) => text.includes(word)))
    .map(([key]) => key)
}

function textsIn(bytes: Uint8Array): string[] {
  const plain = Buffer.from(bytes).toString('utf8')
  try {
    return [plain, brotliDecompressSync(bytes).toString('utf8')]
  } catch {
    return [plain]
  }
}

/** Places of the person's database in which the word occurs: `table: value`. */
export async function tracesOnTablet(disk: IDBFactory, uid: string, word: string): Promise<string[]> {
  const db = new TabletDatabase(databaseName(uid), { indexedDB: disk, IDBKeyRange })
  await db.open()
  try {
    const found: string[] = []
    for (const table of db.tables)
      for (const value of await table.toArray()) {
        const text = JSON.stringify(value, readable)
        if (text.includes(word)) found.push(`${table.name}: ${text.slice(0, 300)}`)
      }
    return found
  } finally {
    db.close()
  }
}

function readable(_key: string, value: unknown): unknown {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? Buffer.from(
        value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer),
      ).toString('utf8')
    : value
}
