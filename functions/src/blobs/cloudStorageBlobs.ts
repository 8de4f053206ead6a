/** The blob store in a bucket of Cloud Storage. Nobody else reads or writes there (storage.rules). */
import type { Bucket, File } from '@google-cloud/storage'
import { type BlobStore, assertBlobKey } from './blobStore.ts'

const NOT_FOUND = 404

/** `open` is called when a photo is first asked for: a project without a bucket does without photos, not without text. */
export function openCloudStorageBlobs(open: () => Bucket): BlobStore {
  const fileOf = (key: string): File => {
    assertBlobKey(key)
    return open().file(key)
  }
  return {
    async put(key, bytes) {
      // One request: an object is there whole or not at all.
      await fileOf(key).save(Buffer.from(bytes), {
        resumable: false,
        contentType: key.endsWith('.jpg') ? 'image/jpeg' : 'application/octet-stream',
        metadata: { cacheControl: 'private, no-store' },
      })
    },
    async get(key) {
      const file = fileOf(key)
      try {
        const [bytes] = await file.download()
        return bytes
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return undefined
        throw error
      }
    },
    async list(folder) {
      assertBlobKey(folder)
      const [files] = await open().getFiles({ prefix: `${folder}/` })
      return files.map(({ name, metadata }) => ({ key: name, sizeBytes: Number(metadata.size ?? 0) }))
    },
    async remove(key) {
      await fileOf(key).delete({ ignoreNotFound: true })
    },
  }
}
