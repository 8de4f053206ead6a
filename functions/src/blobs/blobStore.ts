/**
 * Where bytes are kept apart from the records [S24]: whole objects by key. Two adapters, a folder and Cloud Storage;
 * tests/unit/functions/blobContract.ts is the one suite both pass.
 */

export interface StoredBlob {
  readonly key: string
  readonly sizeBytes: number
}

export interface BlobStore {
  /** All or nothing, durable when it resolves; replaces what was there. */
  put(key: string, bytes: Uint8Array): Promise<void>
  get(key: string): Promise<Uint8Array | undefined>
  /** Objects whose key begins with `folder/`, by key. */
  list(folder: string): Promise<StoredBlob[]>
  /** Also when there is nothing. */
  remove(key: string): Promise<void>
}

/** Parts of a key: what a file system and a bucket both take as it is, and nothing that leads elsewhere. */
const PART = /^[A-Za-z0-9][A-Za-z0-9._-]{0,220}$/

/** Throws on a key that is none: a bug, not input. */
export function assertBlobKey(key: string): void {
  if (!key.split('/').every((part) => PART.test(part))) throw new Error(`Not a blob key: ${key.slice(0, 80)}`)
}
