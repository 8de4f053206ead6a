/** Push and pull as they cross the network [S8], [S13], [S20]. Both sides parse what they receive. */
import * as v from 'valibot'
import { type Stream, roleSchema } from './actor.ts'
import {
  type ClientId,
  clientIdSchema,
  isoTimeSchema,
  recordIdSchema,
  uidSchema,
  unitIdSchema,
} from './ids.ts'
import { jsonSchema } from './json.ts'
import type { Mutation } from './mutation.ts'

/** Raised with every change of the schemas below [S25]; a test locks their shape to it. */
export const PROTOCOL_VERSION = 1

/** Largest push [S8]. */
export const MAX_PUSH_MUTATIONS = 50
export const MAX_PUSH_BYTES = 1024 * 1024

/** Rows in one pull answer over all streams [S20]. */
export const PULL_PAGE_ROWS = 500
/** About the largest pull answer in UTF-16 units of its JSON; a single row may go beyond it. */
export const PULL_PAGE_CHARS = 1_000_000

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const STREAM_PATTERN =
  /^(?:shared\/\d{1,4}|unit\/[A-Za-z0-9._-]{1,64}|user\/[A-Za-z0-9._-]{1,128}|review|hq|master)$/
const streamSchema = v.custom<Stream>(
  (value) => typeof value === 'string' && STREAM_PATTERN.test(value),
  'stream name expected',
)

/** Place in a stream: the server's epoch and the seq of the last row seen [S19]. */
export const cursorSchema = v.strictTuple([v.pipe(v.string(), v.maxLength(32)), count])
export type Cursor = v.InferOutput<typeof cursorSchema>

export const pushRequestSchema = v.strictObject({
  protocol: count,
  clientId: clientIdSchema,
  /** Each is parsed by itself (mutationSchema), so that one malformed mutation is parked and blocks nothing [S12]. */
  mutations: v.pipe(
    v.array(v.looseObject({ mid: v.pipe(v.number(), v.integer(), v.minValue(1)) }, 'mutation expected')),
    v.minLength(1),
    v.maxLength(MAX_PUSH_MUTATIONS),
  ),
})
/** A push as a tablet sends it. */
export interface PushRequest {
  readonly protocol: number
  readonly clientId: ClientId
  readonly mutations: readonly Mutation[]
}

const reasonSchema = v.object({
  type: v.string(),
  field: v.optional(v.nullable(v.string())),
  from: v.optional(v.nullable(v.string())),
  to: v.optional(v.string()),
})

export const receiptSchema = v.object({
  mid: count,
  /** SHA-256 (hex) of hashedContent [S10]. */
  hash: v.string(),
  outcome: v.picklist(['accepted', 'merged', 'conflicted', 'parked']),
  rev: count,
  receiptNo: v.nullable(v.string()),
  reason: v.optional(reasonSchema),
})
export type Receipt = v.InferOutput<typeof receiptSchema>

/**
 * `gap`: mutations between lmid and the first sent are missing [S11]. `clientIdReused`: `mid` is the first that differs, with
 * the receipts of those sent that the server does have, so that no other number is given to them [S10]; nothing was applied.
 */
export const pushResponseSchema = v.variant('type', [
  v.object({
    type: v.literal('receipts'),
    lmid: count,
    receipts: v.array(receiptSchema),
    serverTime: isoTimeSchema,
  }),
  v.object({ type: v.literal('gap'), lmid: count }),
  v.object({
    type: v.literal('clientIdReused'),
    mid: count,
    lmid: v.optional(count, 0),
    receipts: v.optional(v.array(receiptSchema), []),
  }),
])
export type PushResponse = v.InferOutput<typeof pushResponseSchema>

export const recordSchema = v.object({
  type: v.string(),
  id: recordIdSchema,
  rev: count,
  stage: v.string(),
  fields: v.record(v.string(), jsonSchema),
  removed: v.boolean(),
  createdBy: uidSchema,
  createdAt: isoTimeSchema,
  updatedBy: uidSchema,
  updatedAt: isoTimeSchema,
  receiptNo: v.nullable(v.string()),
})

/**
 * What headquarters has destroyed of a record's values [S18]: field → revision, older values than the one of which are gone;
 * `*` = of every field. The value of that revision stays, unless it is `*`.
 */
export const purgeMarkSchema = v.record(v.string(), count)
export type PurgeMark = Readonly<v.InferOutput<typeof purgeMarkSchema>>

/** A changed row of a stream; `record: null` is a tombstone that removes what the tablet holds from this stream [S20]. */
export const rowSchema = v.object({
  id: recordIdSchema,
  seq: count,
  rev: count,
  record: v.nullable(recordSchema),
  /** Of a record of which something was destroyed: whoever holds older values destroys them too [S18]. */
  purged: v.optional(purgeMarkSchema),
})
export type Row = v.InferOutput<typeof rowSchema>

export const cursorsSchema = v.pipe(
  v.record(v.string(), cursorSchema),
  v.check((cursors) => Object.keys(cursors).length <= 200, 'too many cursors'),
)

export const pullRequestSchema = v.strictObject({
  protocol: count,
  clientId: v.nullable(clientIdSchema),
  cursors: cursorsSchema,
})
export type PullRequest = v.InferOutput<typeof pullRequestSchema>

export const streamPageSchema = v.object({
  stream: streamSchema,
  /** The cursor could not be continued (new epoch, beyond head, below floor): drop the stream's rows first [S22]. */
  reset: v.boolean(),
  rows: v.array(rowSchema),
  cursor: cursorSchema,
  /** Present when the rows reach this snapshot's head: what the stream then holds [S20]. */
  complete: v.optional(v.object({ count, sum: v.string() })),
})
export type StreamPage = v.InferOutput<typeof streamPageSchema>

export const pullResponseSchema = v.object({
  /** Every stream the person reads; rows of others are dropped. */
  streams: v.array(streamSchema),
  /** Only streams that have something to say. */
  pages: v.array(streamPageSchema),
  /** Another pull is needed to reach every head. */
  more: v.boolean(),
  lmid: count,
  serverTime: isoTimeSchema,
})
export type PullResponse = v.InferOutput<typeof pullResponseSchema>

/** A typed refusal of a whole request; HTTP status says the class, `type` the case. */
export const refusalSchema = v.object({
  type: v.picklist([
    'unauthenticated',
    'revoked',
    'forbidden',
    'invalid',
    'tooLarge',
    'protocolTooOld',
    'locked',
    'busy',
    'notFound',
    'foreignClient',
    'changed',
  ]),
  retryAfterMs: v.optional(count),
})
export type Refusal = v.InferOutput<typeof refusalSchema>

/** One accepted change of a record. `from`/`to` are the record's values before and after; `mine` what the person had saved, where merging changed it. */
export const historyEntrySchema = v.object({
  rev: count,
  by: uidSchema,
  op: v.string(),
  outcome: v.picklist(['accepted', 'merged', 'conflicted']),
  /** Tablet's time of the save and server's time of acceptance. */
  at: isoTimeSchema,
  acceptedAt: isoTimeSchema,
  set: v.record(v.string(), v.object({ from: jsonSchema, to: jsonSchema, mine: v.optional(jsonSchema) })),
  /** Fields kept aside as conflicts; their values are in the conflict records. */
  conflicted: v.array(v.string()),
  /** Of op `purge` [S18]: what was destroyed, fields or `record`, and why. */
  purge: v.optional(
    v.object({ scope: v.union([v.literal('record'), v.array(v.string())]), reason: v.string() }),
  ),
})
export type HistoryEntry = v.InferOutput<typeof historyEntrySchema>

export const historyRequestSchema = v.strictObject({ id: recordIdSchema })
export const historyResponseSchema = v.object({ entries: v.array(historyEntrySchema) })
export type HistoryResponse = v.InferOutput<typeof historyResponseSchema>

/** A person as a session answers them. */
export const profileSchema = v.object({
  uid: uidSchema,
  name: v.string(),
  unit: unitIdSchema,
  roles: v.array(roleSchema),
})
