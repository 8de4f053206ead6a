/** Photos' bytes as they cross the network [S24]: in chunks, through their record, named by their SHA-256. */
import * as v from 'valibot'

/** Largest blob, in bytes. */
export const MAX_BLOB_BYTES = 10 * 1024 * 1024

/** Bytes of one chunk; the last may be shorter. */
export const BLOB_CHUNK_BYTES = 256 * 1024

/** Longest side of a photo as it is kept, in pixels. */
export const PHOTO_SIDE = 1600

/** SHA-256 as lower-case hex. */
export const sha256Schema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** Why complete bytes were not taken; nothing of them is kept. `hash`: they are not what the record names. */
const refusedSchema = v.picklist([
  'hash',
  'tooLarge',
  'notJpeg',
  'truncated',
  'manyImages',
  'metadata',
  'dimensions',
])
export type BlobFault = v.InferOutput<typeof refusedSchema>

/** How far the server is with a blob: bytes held so far, all of them verified, or what was wrong with them. */
export const blobStateSchema = v.variant('type', [
  v.object({ type: v.literal('partial'), offset: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  v.object({ type: v.literal('complete') }),
  v.object({ type: v.literal('refused'), fault: refusedSchema }),
])
export type BlobState = v.InferOutput<typeof blobStateSchema>
