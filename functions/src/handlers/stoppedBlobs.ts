/** Photos of a tablet that may no longer sync [S26]: taken for what it has handed over into quarantine, by its key alone. */
import * as v from 'valibot'
import type { BlobState } from '../../../src/domain/blobs.ts'
import { clientIdSchema } from '../../../src/domain/ids.ts'
import { mutationSchema } from '../../../src/domain/mutation.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import type { ReadTx } from '../storage/storage.ts'
import {
  type BlobChunk,
  type BlobDeps,
  type BlobTarget,
  blobPlaceSchema,
  stateOf,
  takeChunk,
  targetIn,
} from './blobs.ts'
import type { Answer } from './context.ts'
import type { Sender } from './desk.ts'
import { type SigningTablet, readStopped } from './quarantine.ts'

/** The mutation that names the bytes, by its place in the tablet's outbox. */
const stoppedPlaceSchema = v.strictObject({
  ...blobPlaceSchema.entries,
  clientId: clientIdSchema,
  mid: v.pipe(v.number(), v.integer(), v.minValue(1)),
})
type StoppedPlace = v.InferOutput<typeof stoppedPlaceSchema>

/** Takes a chunk, or without one says how far the server is. Errs: invalid, unauthenticated, forbidden, notFound. */
export async function putStoppedChunk(
  deps: BlobDeps,
  tablet: SigningTablet,
  { place, chunk }: { readonly place: unknown; readonly chunk?: BlobChunk },
): Answer<BlobState> {
  const parsed = v.safeParse(stoppedPlaceSchema, place)
  if (!parsed.success) return err({ type: 'invalid' })
  const target = await deps.storage.read(async (tx) => {
    const sender = await readStopped(tx, tablet)
    return sender.ok ? findTarget(tx, sender.value, parsed.output) : sender
  })
  if (!target.ok) return target
  return chunk === undefined
    ? ok(await stateOf(deps.blobs, target.value))
    : takeChunk(deps, target.value, chunk)
}

/** What this tablet's parked mutation names; or the record of its person, when headquarters has adopted it meanwhile. */
async function findTarget(
  tx: ReadTx,
  { uid, deviceId }: Sender,
  { id, field, clientId, mid }: StoppedPlace,
): Promise<Result<BlobTarget, Refusal>> {
  const parked = await tx.get('parked', `${clientId}|${mid}`)
  const mutation = v.safeParse(mutationSchema, parked?.mutation)
  if (parked?.deviceId === deviceId && mutation.success && mutation.output.id === id) {
    const { type, set } = mutation.output
    return targetIn({ id, type, fields: { [field]: set[field]?.to ?? null } }, field)
  }
  const record = (await tx.get('records', id))?.record
  return record?.createdBy === uid && !record.removed ? targetIn(record, field) : err({ type: 'notFound' })
}
