/**
 * Documents as Firestore holds them: the members that an index needs as fields of their own, everything as JSON text in
 * `body`, which no index covers (firestore.indexes.json). Keys become document ids in the same order.
 */
import { type Collection, type Docs, INDEXES, StorageLimitError } from './storage.ts'

/** Fields of a stored document. */
export type FirestoreFields = Readonly<Record<string, string | number>>

/** Longest document id, in bytes of UTF-8. */
const MAX_ID_BYTES = 1500
/** Largest document, name and fields together. */
const MAX_DOCUMENT_BYTES = 1024 * 1024
/** Largest value of one field; for documents with a short name it is met before the document's own limit. */
const MAX_VALUE_BYTES = MAX_DOCUMENT_BYTES - 89
/** Largest commit request. */
const MAX_COMMIT_BYTES = 10 * 1024 * 1024
/** Writes of one transaction. Firestore no longer counts them itself; beyond this many a commit is slow and holds its locks long. */
const MAX_WRITES = 500
/** Room in the commit for what surrounds a write: the document's full name, tags and lengths. */
const WRITE_OVERHEAD_BYTES = 256

const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8')

/**
 * The document id of a key. Ids may not contain `/`, nor be `.`, `..` or `__…__`; so `.` becomes `.0`, `/` becomes `.1`, and a
 * leading `_` is followed by `.`. This keeps the order of bytes, which `find` promises. Undefined when no id can stand
 * for the key (empty, too long, half a surrogate pair): nothing is ever stored under it.
 */
export function documentId(key: string): string | undefined {
  const id = key.replace(/[./]/g, (sign) => (sign === '.' ? '.0' : '.1')).replace(/^_/, '_.')
  return id !== '' && id.isWellFormed() && utf8Bytes(id) <= MAX_ID_BYTES ? id : undefined
}

/** The key a document id stands for. */
export function keyOf(id: string): string {
  return id.replace(/^_\./, '_').replace(/\.[01]/g, (escaped) => (escaped === '.0' ? '.' : '/'))
}

/** Members of a collection's documents that its indexes use, each once. */
function indexedMembers(collection: Collection): string[] {
  const members = Object.values(INDEXES)
    .filter((index) => index.collection === collection)
    .flatMap((index) => ('order' in index ? [index.equals, index.order] : [index.equals]))
  return [...new Set(members)]
}

/** What is stored for a document: `body` and its indexed members. */
export function toFields<C extends Collection>(collection: C, doc: Docs[C]): FirestoreFields {
  const members = new Map<string, unknown>(Object.entries(doc))
  const indexed = indexedMembers(collection).map((name): [string, string | number] => {
    const value = members.get(name)
    if (typeof value === 'string' || typeof value === 'number') return [name, value]
    throw new Error(`${collection}.${name} is indexed and must be a text or a number.`)
  })
  return { ...Object.fromEntries(indexed), body: JSON.stringify(doc) }
}

/** The document in `body`. */
export function fromBody<T>(body: unknown): T {
  return JSON.parse(String(body))
}

/** Size of a document by the rules of Firestore's storage size calculations. */
function documentBytes(collection: Collection, id: string, fields: FirestoreFields): number {
  const name = utf8Bytes(collection) + 1 + utf8Bytes(id) + 1 + 16
  const members = Object.entries(fields).map(
    ([field, value]) => utf8Bytes(field) + 1 + (typeof value === 'number' ? 8 : utf8Bytes(value) + 1),
  )
  return name + 32 + members.reduce((sum, each) => sum + each, 0)
}

/** One buffered write; without fields it deletes the document. */
export interface FirestoreWrite {
  readonly collection: Collection
  readonly id: string
  readonly fields: FirestoreFields | undefined
}

/** Throws StorageLimitError when Firestore would refuse these writes. */
export function assertWithinLimits(writes: readonly FirestoreWrite[]): void {
  if (writes.length > MAX_WRITES)
    throw new StorageLimitError('writes', `${writes.length} writes in a transaction; ${MAX_WRITES} fit.`)
  let commitBytes = 0
  for (const { collection, id, fields } of writes) {
    const bytes = fields === undefined ? 0 : documentBytes(collection, id, fields)
    const longest = Math.max(0, ...Object.values(fields ?? {}).map((value) => utf8Bytes(String(value))))
    if (bytes > MAX_DOCUMENT_BYTES || longest > MAX_VALUE_BYTES) {
      throw new StorageLimitError(
        'documentBytes',
        `A document of ${collection} has ${bytes} bytes; ${MAX_VALUE_BYTES} fit into its longest field, ${MAX_DOCUMENT_BYTES} in all.`,
      )
    }
    commitBytes += bytes + WRITE_OVERHEAD_BYTES
  }
  if (commitBytes > MAX_COMMIT_BYTES) {
    throw new StorageLimitError(
      'commitBytes',
      `A transaction writes ${commitBytes} bytes; ${MAX_COMMIT_BYTES} fit.`,
    )
  }
}
