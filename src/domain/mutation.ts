/** A mutation: one intention of one person [S3]. Fixed when it enters the outbox; nothing is recomputed on retry [S2]. */
import * as v from 'valibot'
import { type Json, canonicalJson, jsonSchema } from './json.ts'
import { isoTimeSchema, recordIdSchema } from './ids.ts'

/** Largest mutation in UTF-8 bytes of its JSON [S3]; refused at save beyond it. */
export const MAX_MUTATION_BYTES = 256 * 1024

const fieldNameSchema = v.pipe(v.string(), v.regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'field name expected'))

/** One changed field: the full value the person started from and the one they saved [S3]. */
export const changeSchema = v.strictObject({ from: jsonSchema, to: jsonSchema })
export type Change = v.InferOutput<typeof changeSchema>

/** What an edit was made on: a known revision, or an earlier mutation of the same outbox (offline chains) [S3]. */
const baseSchema = v.union([
  v.strictObject({ rev: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  v.strictObject({ mid: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
])
export type MutationBase = v.InferOutput<typeof baseSchema>

export const mutationSchema = v.strictObject({
  /** 1, 2, 3 … without holes per clientId [S2]. */
  mid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Version of the record type's schema it was written under [S25]. */
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  op: v.picklist(['create', 'edit', 'remove', 'resolve']),
  type: v.pipe(v.string(), v.maxLength(40)),
  id: recordIdSchema,
  base: baseSchema,
  /** Stage of the record when the edit was made [S17]; null for a create. */
  stage: v.nullable(v.pipe(v.string(), v.maxLength(40))),
  set: v.record(fieldNameSchema, changeSchema),
  /** The conflict record this settles (op resolve) [S16]. */
  resolves: v.optional(recordIdSchema),
  /** SHA-256 (hex) of photos it names [S24]. */
  blobs: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))), v.maxLength(20)),
  /** When the person saved, by the tablet's clock; orders nothing [S2]. */
  at: isoTimeSchema,
})
export type Mutation = v.InferOutput<typeof mutationSchema>

/** The same intention before it has a place in an outbox. */
export type Intention = Omit<Mutation, 'mid' | 'base'>

/**
 * The text whose SHA-256 is the content hash [S10]. Leaves out `mid` and `base`, the two that change when an outbox is
 * renumbered under a new clientId, so that a renumbered mutation is still recognised. Defined for any JSON object, so
 * that also a malformed mutation has a hash its tablet can settle on.
 */
export function hashedContent(mutation: { readonly [key: string]: Json }): string {
  return canonicalJson(
    Object.fromEntries(Object.entries(mutation).filter(([key]) => key !== 'mid' && key !== 'base')),
  )
}

/** A mutation as plain JSON: what is hashed, sent and kept. */
export function mutationJson(mutation: Intention): { readonly [key: string]: Json } {
  const { set, resolves, ...rest } = mutation
  const changes = Object.fromEntries(
    Object.entries(set).map(([field, { from, to }]) => [field, { from, to }] as const),
  )
  return resolves === undefined ? { ...rest, set: changes } : { ...rest, set: changes, resolves }
}
