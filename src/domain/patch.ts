/**
 * A row that a tablet holds already is sent as the fields that have changed since [S20]. The server remembers with each row
 * which fields its last few changes touched in that stream, its trail; a tablet says up to where it is sure to hold everything.
 * A tablet asks for this by the URL of its pull, so that servers and tablets of other releases go on with whole rows [S25].
 */
import * as v from 'valibot'
import type { Stream } from './actor.ts'
import { isoTimeSchema, recordIdSchema, uidSchema } from './ids.ts'
import { jsonEqual, jsonSchema } from './json.ts'
import type { StoredRecord } from './record.ts'
import {
  type Cursor,
  type PullRequest,
  type Row,
  pullResponseSchema,
  rowSchema,
  streamPageSchema,
} from './wire.ts'

/** Changes of a row that a trail goes back; who was away for longer gets the whole row. */
const TRAIL_STEPS = 8

/** Rows of one record in one stream, oldest first: seq, and the fields in which each differs from the one before. */
export type Trail = readonly { readonly seq: number; readonly fields: readonly string[] }[]

/** The trail once a row is written; `before` is what the stream carried of the record until then. */
export function nextTrail(
  trail: Trail | undefined,
  { seq, before, after }: { seq: number; before: StoredRecord | undefined; after: StoredRecord },
): Trail {
  const goesOn = trail !== undefined && before !== undefined && sameFrame(before, after)
  if (!goesOn) return [{ seq, fields: [] }]
  return [...trail, { seq, fields: changedFields(before, after) }].slice(-TRAIL_STEPS)
}

/** Members that no patch carries. */
function sameFrame(a: StoredRecord, b: StoredRecord): boolean {
  return (
    a.id === b.id &&
    a.type === b.type &&
    a.removed === b.removed &&
    a.createdBy === b.createdBy &&
    a.createdAt === b.createdAt
  )
}

function changedFields(before: StoredRecord, after: StoredRecord): string[] {
  const names = new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])
  return [...names].filter((name) => {
    const [a, b] = [before.fields[name], after.fields[name]]
    return a === undefined || b === undefined || !jsonEqual(a, b)
  })
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** A row as what has changed since the row of seq `over`; it fits onto any later one of the same record and stream as well. */
const patchSchema = v.object({
  id: recordIdSchema,
  seq: count,
  rev: count,
  over: count,
  stage: v.string(),
  updatedBy: uidSchema,
  updatedAt: isoTimeSchema,
  receiptNo: v.nullable(v.string()),
  /** Changed fields as they are now. */
  fields: v.record(v.string(), jsonSchema),
  /** Fields it no longer has. */
  gone: v.optional(v.array(v.string())),
})
export type Patch = v.InferOutput<typeof patchSchema>

/** The row for a tablet that held all of the stream at seq `base`; undefined where it has to have the whole of it. */
export function patchSince({ id, seq, rev, record }: Row, trail: Trail, base: number): Patch | undefined {
  const at = trail.findLastIndex((step) => step.seq <= base)
  const over = trail[at]?.seq
  if (record === null || over === undefined) return undefined
  const { stage, updatedBy, updatedAt, receiptNo } = record
  const names = new Set(trail.slice(at + 1).flatMap(({ fields }) => fields))
  const fields = Object.fromEntries(Object.entries(record.fields).filter(([name]) => names.has(name)))
  const gone = [...names].filter((name) => !Object.hasOwn(record.fields, name))
  const patch = { id, seq, rev, over, stage, updatedBy, updatedAt, receiptNo, fields }
  return gone.length === 0 ? patch : { ...patch, gone }
}

/** The row after the patch; undefined when it does not fit onto the one held. */
export function patchedRow(
  held: Pick<Row, 'seq' | 'record'> | undefined,
  { id, seq, rev, over, fields, gone = [], ...patch }: Patch,
): Row | undefined {
  if (held === undefined || held.record === null || held.seq < over || held.seq > seq) return undefined
  const { stage, updatedBy, updatedAt, receiptNo } = patch
  const kept = Object.entries({ ...held.record.fields, ...fields }).filter(([name]) => !gone.includes(name))
  const changed = { rev, stage, fields: Object.fromEntries(kept), updatedBy, updatedAt, receiptNo }
  return { id, seq, rev, record: { ...held.record, ...changed } }
}

/** A page in which rows may be patches. */
const pulledPageSchema = v.object({
  ...streamPageSchema.entries,
  rows: v.array(v.union([rowSchema, patchSchema])),
})
export type PulledPage = v.InferOutput<typeof pulledPageSchema>

/** The answer to a pull that asked for patches. */
export const pulledSchema = v.object({
  ...pullResponseSchema.entries,
  /** Left out where they are those of the request's cursors. */
  streams: v.optional(pullResponseSchema.entries.streams),
  pages: v.array(pulledPageSchema),
})
type PulledMessage = v.InferOutput<typeof pulledSchema>
/** The same with its streams, and the cursors that were asked about. */
export type Pulled = PulledMessage & {
  readonly streams: readonly Stream[]
  readonly asked: PullRequest['cursors']
}

/** The answer as it is meant for a request with these cursors. */
export function pulledAt(cursors: PullRequest['cursors'], message: PulledMessage): Pulled {
  const isStream = (name: string): name is Stream => v.is(pullResponseSchema.entries.streams.item, name)
  return { ...message, streams: message.streams ?? Object.keys(cursors).filter(isStream), asked: cursors }
}

/** Whether streams and cursors name the same, so that an answer may leave its streams out. */
export function namesOf(cursors: PullRequest['cursors'], streams: readonly Stream[]): boolean {
  return (
    Object.keys(cursors).length === streams.length &&
    streams.every((stream) => Object.hasOwn(cursors, stream))
  )
}

/**
 * Streams that a tablet has taken some pages of since it last held all of them: the seq at which it did, 0 = never. Of every
 * other stream it holds what its cursor says.
 */
export type Since = Readonly<Record<string, number>>

/** Address of a pull that asks for patches. */
export function pullUrl(since: Since): string {
  const text = Object.entries(since).map(([stream, seq]) => `${stream}:${seq}`)
  return `/api/pull?patches=${encodeURIComponent(text.join(','))}`
}

/** The value of `patches` in that address. */
export const sinceSchema = v.pipe(
  v.string(),
  v.maxLength(8192),
  v.regex(/^(?:[\w./-]+:\d{1,15}(?:,(?!$)|$))*$/),
  v.transform((text): Since =>
    Object.fromEntries(
      text.split(',').flatMap((part): [string, number][] => {
        const [stream = '', seq] = part.split(':')
        return stream === '' ? [] : [[stream, Number(seq)]]
      }),
    ),
  ),
)

/** The seq up to which a tablet at this cursor held all of a stream. */
export function baseOf(since: Since, stream: Stream, [, seq]: Cursor): number {
  return Math.min(since[stream] ?? seq, seq)
}
