/** Reading a person's database by plain IndexedDB: in the worker that searches, and before Dexie has opened it. */

/**
 * Opens a database that is there for as long as it is read. One that is to be deleted or changed meanwhile is let go [S26].
 * @throws where there is none, as the person has signed out
 */
export async function readDatabase<T>(name: string, read: (db: IDBDatabase) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(name)
  opening.addEventListener('upgradeneeded', () => opening.transaction?.abort())
  const db = await answered(opening)
  db.addEventListener('versionchange', () => db.close())
  try {
    return await read(db)
  } finally {
    db.close()
  }
}

/** What a request answers. */
export function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB gave no reason.')))
  })
}
