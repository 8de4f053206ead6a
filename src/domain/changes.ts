/** 変更点: what was accepted about 取組 since a moment, by the server's clock (M2-10, M4-18). */
import * as v from 'valibot'
import { isoTimeSchema, recordIdSchema } from './ids.ts'
import { PROTOCOL_VERSION, historyEntrySchema } from './wire.ts'

/** Entries in one answer; those accepted in the same millisecond are never parted. */
export const CHANGES_PAGE_ENTRIES = 500

export const changesRequestSchema = v.strictObject({
  protocol: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Only what was accepted later. */
  since: isoTimeSchema,
  /** Fields of interest, `stage` among them or not; everything when left out. */
  fields: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(40))), v.maxLength(60))),
})
export type ChangesRequest = v.InferOutput<typeof changesRequestSchema>

const changeSchema = v.object({ id: recordIdSchema, entry: historyEntrySchema })
/** One accepted change of one record. */
export type RecordChange = v.InferOutput<typeof changeSchema>

export const changesResponseSchema = v.object({
  /** In order of acceptance; those of one millisecond in any. */
  changes: v.array(changeSchema),
  /** `since` of the next page; null when this was the last. */
  next: v.nullable(isoTimeSchema),
  serverTime: isoTimeSchema,
})
export type ChangesResponse = v.InferOutput<typeof changesResponseSchema>

/** Everything since a moment, over all pages. */
export interface ChangesSince {
  readonly changes: readonly RecordChange[]
  /** The server's time when it was first asked: what it accepted by then is here. */
  readonly askedAt: string
}

/** The first request for what was accepted after `since`. */
export const changesRequest = (since: string, fields?: readonly string[]): ChangesRequest => ({
  protocol: PROTOCOL_VERSION,
  since,
  ...(fields === undefined ? {} : { fields: [...fields] }),
})
