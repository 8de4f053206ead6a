/** fake-indexeddb that can do to its connections what browsers do to theirs. */
import { IDBFactory, IDBKeyRange, IDBObjectStore, forceCloseDatabase } from 'fake-indexeddb'
import { vi } from 'vitest'

export interface WatchedIndexedDb {
  readonly idb: IDBFactory
  /** For openTablet. */
  readonly options: { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange }
  /** Closes every connection as a browser does that has lost its process: transactions abort, `close` is told. */
  loseConnections(): void
  /** Closes every connection without telling: the next transaction finds it out. */
  closeSilently(): void
  /** Nothing can be opened from now on. */
  breakOpening(): void
}

export function watchIndexedDb(): WatchedIndexedDb {
  const idb = new IDBFactory()
  let connections: IDBDatabase[] = []
  let broken = false
  const open = idb.open.bind(idb)
  idb.open = (name, version) => {
    if (broken) throw new DOMException('Internal error opening backing store.', 'UnknownError')
    const request = version === undefined ? open(name) : open(name, version)
    request.addEventListener('success', () => connections.push(request.result))
    return request
  }
  return {
    idb,
    options: { indexedDB: idb, IDBKeyRange },
    loseConnections() {
      for (const connection of connections) Reflect.apply(forceCloseDatabase, undefined, [connection])
      connections = []
    },
    closeSilently() {
      for (const connection of connections) connection.close()
      connections = []
    },
    breakOpening() {
      broken = true
    },
  }
}

/** Writing fails for want of room while `isFull` says so; the answer ends that. */
export function limitQuota(isFull: (storeName: string) => boolean): () => void {
  const spies = (['add', 'put'] as const).map((method) => {
    const write = IDBObjectStore.prototype[method]
    return vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (isFull(this.name)) throw new DOMException('Quota exceeded.', 'QuotaExceededError')
      return Reflect.apply(write, this, args)
    })
  })
  return () => spies.forEach((spy) => spy.mockRestore())
}
