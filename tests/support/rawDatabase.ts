/** A tablet's database as raw IndexedDB, read and written without the app's own code. */
import * as v from 'valibot'
import { type Json, jsonSchema } from '../../src/domain/json.ts'

const keyPathSchema = v.union([v.string(), v.array(v.string())])

export const rawDatabaseSchema = v.object({
  name: v.string(),
  /** As IndexedDB counts it: ten times Dexie's. */
  version: v.number(),
  stores: v.array(
    v.object({
      name: v.string(),
      keyPath: keyPathSchema,
      autoIncrement: v.boolean(),
      indexes: v.array(
        v.object({ name: v.string(), keyPath: keyPathSchema, unique: v.boolean(), multiEntry: v.boolean() }),
      ),
      rows: v.array(v.custom<Json>((value) => v.is(jsonSchema, value))),
    }),
  ),
})
export type RawDatabase = v.InferOutput<typeof rawDatabaseSchema>

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'))
  })
}

/** Bytes in a dump, which is JSON: `{ $bytes: hex }`. */
const bytesSchema = v.strictObject({ $bytes: v.pipe(v.string(), v.regex(/^([0-9a-f]{2})*$/)) })

/** By its name: a buffer may come from another realm. */
function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]'
}

function dumped(_name: string, value: unknown): unknown {
  return isBuffer(value) ? { $bytes: Buffer.from(value).toString('hex') } : value
}

function restored(value: Json): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(restored)
  if (v.is(bytesSchema, value)) return Uint8Array.from(Buffer.from(value.$bytes, 'hex')).buffer
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, restored(each)]))
}

/** Everything in a database. */
export async function dumpDatabase(idb: IDBFactory, name: string): Promise<RawDatabase> {
  const db = await settled(idb.open(name))
  const names = [...db.objectStoreNames]
  const transaction = db.transaction(names)
  const stores: unknown[] = []
  for (const storeName of names) {
    const store = transaction.objectStore(storeName)
    const indexes = [...store.indexNames].map((each) => {
      const { name: indexName, keyPath, unique, multiEntry } = store.index(each)
      return { name: indexName, keyPath, unique, multiEntry }
    })
    const { keyPath, autoIncrement } = store
    stores.push({ name: storeName, keyPath, autoIncrement, indexes, rows: await settled(store.getAll()) })
  }
  const { version } = db
  db.close()
  return v.parse(rawDatabaseSchema, JSON.parse(JSON.stringify({ name, version, stores }, dumped)))
}

/** Makes the dumped database anew. */
export async function loadDatabase(idb: IDBFactory, dump: RawDatabase): Promise<void> {
  const open = idb.open(dump.name, dump.version)
  open.onupgradeneeded = () => {
    for (const { name, keyPath, autoIncrement, indexes } of dump.stores) {
      const store = open.result.createObjectStore(name, { keyPath, autoIncrement })
      for (const { name: indexName, keyPath: path, unique, multiEntry } of indexes)
        store.createIndex(indexName, path, { unique, multiEntry })
    }
  }
  const db = await settled(open)
  const transaction = db.transaction([...db.objectStoreNames], 'readwrite')
  for (const { name, rows } of dump.stores)
    for (const row of rows) transaction.objectStore(name).put(restored(row))
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB transaction failed'))
  })
  db.close()
}
