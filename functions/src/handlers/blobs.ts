/**
 * Photos' bytes [S24]: sent in chunks by the author of the record that names them, read by whoever reads that record. Kept
 * under the record, never found by a hash alone: who knows a hash has not seen the picture.
 */
import * as v from 'valibot'
import type { Actor } from '../../../src/domain/actor.ts'
import {
  BLOB_CHUNK_BYTES,
  type BlobFault,
  type BlobState,
  MAX_BLOB_BYTES,
  PHOTO_SIDE,
  sha256Schema,
} from '../../../src/domain/blobs.ts'
import { type RecordId, recordIdSchema } from '../../../src/domain/ids.ts'
import { inspectJpeg } from '../../../src/domain/jpeg.ts'
import { isDestroyed } from '../../../src/domain/purge.ts'
import { type StoredRecord, mayRead } from '../../../src/domain/record.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import type { BlobStore } from '../blobs/blobStore.ts'
import type { ReadTx } from '../storage/storage.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

export interface BlobDeps extends Deps {
  readonly blobs: BlobStore
  /** SHA-256 as lower-case hex. */
  readonly hashBytes: (bytes: Uint8Array) => string
}

/** A field of a record that names bytes, as asked for. */
export const blobPlaceSchema = v.strictObject({
  id: recordIdSchema,
  field: v.pipe(v.string(), v.maxLength(40)),
})

/** One piece, and how many bytes there are in all. */
export interface BlobChunk {
  readonly offset: number
  readonly sizeBytes: number
  readonly bytes: Uint8Array
}

/** Where bytes belong. */
export interface BlobTarget {
  readonly id: RecordId
  readonly sha256: string
}

/** The bytes, for whoever reads the record. Errs: invalid, revoked, notFound (no such record for them, or not here yet). */
export async function readBlob(
  deps: BlobDeps,
  caller: Caller,
  place: unknown,
): Answer<BlobTarget & { readonly bytes: Uint8Array }> {
  const found = await findTarget(deps, caller, { place, author: false })
  if (!found.ok) return found
  const bytes = await deps.blobs.get(wholeKey(found.value))
  return bytes === undefined ? err({ type: 'notFound' }) : ok({ ...found.value, bytes })
}

/** How far the server is with bytes of the caller's own. Errs: invalid, revoked, notFound, forbidden. */
export async function readBlobState(deps: BlobDeps, caller: Caller, place: unknown): Answer<BlobState> {
  const found = await findTarget(deps, caller, { place, author: true })
  return found.ok ? ok(await stateOf(deps.blobs, found.value)) : found
}

/** Takes one chunk from the record's author. Errs: invalid, revoked, notFound, forbidden. */
export async function putBlobChunk(
  deps: BlobDeps,
  caller: Caller,
  { place, chunk }: { readonly place: unknown; readonly chunk: BlobChunk },
): Answer<BlobState> {
  const found = await findTarget(deps, caller, { place, author: true })
  return found.ok ? takeChunk(deps, found.value, chunk) : found
}

/** How many bytes are held without a hole, or that all are. */
export async function stateOf(blobs: BlobStore, target: BlobTarget): Promise<BlobState> {
  const whole = await blobs.list(wholeFolder(target))
  if (whole.some(({ key }) => key === wholeKey(target))) return { type: 'complete' }
  return { type: 'partial', offset: (await contiguousParts(blobs, target)).offset }
}

/**
 * Keeps a chunk that goes on where the last one ended; any other is answered with the place to go on from. The last one
 * makes the whole: it is checked, and kept only as exactly the picture the record names. Errs: invalid, notFound (destroyed meanwhile).
 */
export async function takeChunk(
  deps: BlobDeps,
  target: BlobTarget,
  { offset, sizeBytes, bytes }: BlobChunk,
): Answer<BlobState> {
  const { blobs } = deps
  if (sizeBytes > MAX_BLOB_BYTES) return ok({ type: 'refused', fault: 'tooLarge' })
  const end = offset + bytes.length
  if (bytes.length === 0 || bytes.length > BLOB_CHUNK_BYTES || end > sizeBytes)
    return err({ type: 'invalid' })
  const state = await stateOf(blobs, target)
  if (state.type !== 'partial' || state.offset !== offset) return ok(state)
  await blobs.put(partKey(target, offset, bytes.length), bytes)
  const taken: BlobState =
    end < sizeBytes ? { type: 'partial', offset: end } : await assemble(deps, target, sizeBytes)
  if (await deps.storage.read((tx) => isNamed(tx, target.id))) return ok(taken)
  // It was destroyed while the bytes were on their way.
  await removeBlobsOf(blobs, target.id)
  return err({ type: 'notFound' })
}

/** Whether a record or something kept aside still names bytes of this id [S18]. */
async function isNamed(tx: ReadTx, id: RecordId): Promise<boolean> {
  const doc = await tx.get('records', id)
  if (doc !== undefined) return !isDestroyed(doc.record, doc.purged)
  return (await tx.find('parkedByRecord', { value: id, limit: 1 })).length > 0
}

async function assemble(deps: BlobDeps, target: BlobTarget, sizeBytes: number): Promise<BlobState> {
  const { blobs } = deps
  const { keys } = await contiguousParts(blobs, target)
  const parts = await Promise.all(keys.map((key) => blobs.get(key)))
  // Somebody else with the same photo has just completed it, and taken the parts away.
  if (parts.some((part) => part === undefined)) return stateOf(blobs, target)
  const bytes = Buffer.concat(parts.filter((part) => part !== undefined))
  if (bytes.length < sizeBytes) return stateOf(blobs, target)
  const fault = faultOf(deps, target, bytes)
  if (fault === undefined) await blobs.put(wholeKey(target), bytes)
  for (const { key } of await blobs.list(partFolder(target))) await blobs.remove(key)
  return fault === undefined ? { type: 'complete' } : { type: 'refused', fault }
}

function faultOf(deps: BlobDeps, { sha256 }: BlobTarget, bytes: Uint8Array): BlobFault | undefined {
  if (deps.hashBytes(bytes) !== sha256) return 'hash'
  const inspected = inspectJpeg(bytes, PHOTO_SIDE)
  return inspected.ok ? undefined : inspected.error
}

/** Destroys all bytes of a record, those on their way too [S18]. */
export async function removeBlobsOf(blobs: BlobStore, id: RecordId): Promise<void> {
  for (const folder of [`photos/${id}`, `parts/${id}`])
    for (const { key } of await blobs.list(folder)) await blobs.remove(key)
}

const wholeFolder = ({ id }: BlobTarget): string => `photos/${id}`
const wholeKey = (target: BlobTarget): string => `${wholeFolder(target)}/${target.sha256}.jpg`
const partFolder = ({ id, sha256 }: BlobTarget): string => `parts/${id}/${sha256}`
const partKey = (target: BlobTarget, offset: number, length: number): string =>
  `${partFolder(target)}/${String(offset).padStart(9, '0')}-${length}`

/** The parts that follow on each other from the first byte on; of several at one place the longest. */
async function contiguousParts(
  blobs: BlobStore,
  target: BlobTarget,
): Promise<{ readonly offset: number; readonly keys: readonly string[] }> {
  const held = (await blobs.list(partFolder(target))).map(({ key, sizeBytes }) => ({
    key,
    offset: Number.parseInt(key.slice(partFolder(target).length + 1), 10),
    sizeBytes,
  }))
  const keys: string[] = []
  let offset = 0
  for (;;) {
    const at = held.filter((part) => part.offset === offset).sort((a, b) => b.sizeBytes - a.sizeBytes)[0]
    if (at === undefined) return { offset, keys }
    keys.push(at.key)
    offset += at.sizeBytes
  }
}

/** What the place names, for a reader or for the record's author. */
async function findTarget(
  deps: BlobDeps,
  caller: Caller,
  { place, author }: { readonly place: unknown; readonly author: boolean },
): Answer<BlobTarget> {
  const parsed = v.safeParse(blobPlaceSchema, place)
  if (!parsed.success) return err({ type: 'invalid' })
  return deps.storage.read(async (tx) => {
    const actor = await readActor(tx, caller)
    if (!actor.ok) return actor
    const record = await readableRecord(tx, actor.value, parsed.output.id)
    if (record === undefined) return err({ type: 'notFound' })
    if (author && record.createdBy !== caller.uid) return err({ type: 'forbidden' })
    return targetIn(record, parsed.output.field)
  })
}

/** The hash a record's field names. Errs: notFound. */
export function targetIn(
  record: Pick<StoredRecord, 'id' | 'type' | 'fields'>,
  field: string,
): Result<BlobTarget, Refusal> {
  const named = typeOf(record.type)?.blobs?.includes(field) === true ? record.fields[field] : undefined
  const sha256 = v.safeParse(sha256Schema, named)
  return sha256.success ? ok({ id: record.id, sha256: sha256.output }) : err({ type: 'notFound' })
}

/** A record that stands and is the actor's to read. */
async function readableRecord(tx: ReadTx, actor: Actor, id: RecordId): Promise<StoredRecord | undefined> {
  const doc = await tx.get('records', id)
  const type = doc === undefined ? undefined : typeOf(doc.type)
  if (doc === undefined || type === undefined || doc.record.removed) return undefined
  const parent = doc.parent === '' ? undefined : (await tx.get('records', doc.parent))?.record
  return mayRead(type, { actor, record: doc.record, parent }) ? doc.record : undefined
}
