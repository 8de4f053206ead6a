import { type BlobStore, assertBlobKey } from '../../functions/src/blobs/blobStore.ts'

/** A blob store that ends with its test. */
export function memoryBlobs(objects = new Map<string, Uint8Array>()): BlobStore {
  const checked = <T>(key: string, work: () => T): Promise<T> =>
    Promise.resolve().then(() => {
      assertBlobKey(key)
      return work()
    })
  return {
    put: (key, bytes) => checked(key, () => void objects.set(key, Uint8Array.from(bytes))),
    get: (key) => checked(key, () => objects.get(key)),
    list: (folder) =>
      checked(folder, () =>
        [...objects]
          .filter(([key]) => key.startsWith(`${folder}/`))
          .map(([key, { length }]) => ({ key, sizeBytes: length }))
          .sort((a, b) => (a.key < b.key ? -1 : 1)),
      ),
    remove: (key) => checked(key, () => void objects.delete(key)),
  }
}
