/**
 * The start of an empty replica [S23]: the streams that everybody reads come compressed ahead of time, all others and what has
 * changed since by pulling. A snapshot is the pages of one pull from the beginning, in parts; a part is lines of JSON. A
 * tablet that is answered with anything else pulls by pages, so this shape may change with any release.
 */
import * as v from 'valibot'
import { cursorsSchema, recordSchema, rowSchema, streamPageSchema } from './wire.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Shorter ways are left to the pull: two of its answers. */
export const SNAPSHOT_MIN_ROWS = 1000

/** Rows of a page at most: a tablet keeps them as one pack, and every pack costs it some turns with its database. */
export const SNAPSHOT_PAGE_ROWS = 192

/** Asks for the part that takes the tablet on from where it is. */
export const snapshotRequestSchema = v.strictObject({ protocol: count, cursors: cursorsSchema })
export type SnapshotRequest = v.InferOutput<typeof snapshotRequestSchema>

/**
 * Rows of one stream beyond `after`; never `complete`, which a pull alone says. Behind it comes a line for each row, its
 * record (recordLineSchema): the tablet keeps these lines as they are.
 */
const pageSchema = v.object({
  type: v.literal('page'),
  after: count,
  page: v.object({
    ...v.omit(streamPageSchema, ['complete', 'reset', 'rows']).entries,
    rows: v.array(v.omit(rowSchema, ['record'])),
  }),
})
export type SnapshotPageLine = v.InferOutput<typeof pageSchema>

export const snapshotLineSchema = v.variant('type', [
  /** First. `rows`: about how many the whole snapshot has, so that progress can be shown. */
  v.object({ type: v.literal('begin'), rows: count }),
  pageSchema,
  /** Last. `more`: the snapshot has another part. */
  v.object({ type: v.literal('end'), more: v.boolean() }),
])
export type SnapshotLine = v.InferOutput<typeof snapshotLineSchema>

/** Null: the row has left the stream. */
export const recordLineSchema = v.nullable(recordSchema)
