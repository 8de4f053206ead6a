/** 預かった記録 as they cross the network [S26], [S27]: headquarters reads them, and decides about each. */
import * as v from 'valibot'
import { clientIdSchema, deviceIdSchema, isoTimeSchema, uidSchema } from './ids.ts'
import { jsonSchema } from './json.ts'
import { pushRequestSchema, receiptSchema } from './wire.ts'

/** Decided about in one request. */
export const MAX_DECISIONS = 20

const midSchema = v.pipe(v.number(), v.integer(), v.minValue(1))
const approvalSchema = v.object({ by: uidSchema, at: isoTimeSchema })

/** A mutation kept for headquarters, with its content as it arrived (it may be malformed). */
export const heldSchema = v.object({
  clientId: clientIdSchema,
  mid: midSchema,
  uid: uidSchema,
  deviceId: deviceIdSchema,
  heldAt: isoTimeSchema,
  mutation: jsonSchema,
  /** `quarantined`, or why it could not be applied when headquarters adopted it. */
  reason: receiptSchema.entries.reason,
  /** It came in a file. */
  imported: v.optional(approvalSchema),
  adopted: v.optional(approvalSchema),
  setAside: v.optional(approvalSchema),
})
export type Held = v.InferOutput<typeof heldSchema>

/** POST /api/quarantine/list: those that wait, or those set aside. */
export const heldRequestSchema = v.strictObject({ held: v.picklist(['quarantine', 'setAside']) })
export const heldResponseSchema = v.object({
  /** By mid: the first of every outbox come first. */
  items: v.array(heldSchema),
  /** There are more than fit; they come once these are decided. */
  more: v.boolean(),
})
export type HeldResponse = v.InferOutput<typeof heldResponseSchema>

const mids = v.pipe(v.array(midSchema), v.minLength(1), v.maxLength(MAX_DECISIONS))

/** POST /api/quarantine/adopt: decides them for their author, in the order of mid. */
export const adoptRequestSchema = v.strictObject({ clientId: clientIdSchema, mids })
/** Their receipts now; `parked` ones wait for their record or were refused, and stay. */
export const adoptResponseSchema = v.object({ receipts: v.array(receiptSchema) })
export type AdoptResponse = v.InferOutput<typeof adoptResponseSchema>

/** POST /api/quarantine/set-aside: keeps them undecided, out of the list, or brings them back. */
export const setAsideRequestSchema = v.strictObject({ clientId: clientIdSchema, mids, aside: v.boolean() })

/** POST /api/quarantine/import: mutations of an outbox file [S27]; answered as a push is. */
export const importRequestSchema = v.strictObject({
  uid: uidSchema,
  deviceId: deviceIdSchema,
  clientId: clientIdSchema,
  mutations: pushRequestSchema.entries.mutations,
})
