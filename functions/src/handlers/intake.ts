/** Taking a batch of mutations [S8]–[S13]: one transaction, a receipt for each. Push, quarantine and import differ in who sends it. */
import * as v from 'valibot'
import { jsonSchema } from '../../../src/domain/json.ts'
import { MAX_MUTATION_BYTES, hashedContent, mutationSchema } from '../../../src/domain/mutation.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import {
  type PushResponse,
  type Receipt,
  type Refusal,
  MAX_PUSH_BYTES,
  type pushRequestSchema,
} from '../../../src/domain/wire.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import { isFromLaterRelease } from '../../../src/domain/versions.ts'
import { readEpoch } from '../commit.ts'
import { type ReadTx, StorageLimitError, type Tx } from '../storage/storage.ts'
import { Workspace } from '../workspace.ts'
import type { Answer, Deps } from './context.ts'
import { type Arrived, Desk, type Sender } from './desk.ts'

const rawSchema = v.record(v.string(), jsonSchema)
const sizeBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

/** To a tablet that is ahead of this server: come again (docs/adr/0007). */
export const AHEAD = { type: 'busy', retryAfterMs: 60_000 } as const

/** Whose outbox the batch is and what may be done with it; asked inside the transaction that takes it. */
export type Admit = (tx: ReadTx) => Promise<Result<Sender, Refusal>>

/** Takes a batch from whoever `admit` lets in. Errs: invalid, tooLarge, foreignClient, and what `admit` says. */
export async function takeMutations(
  deps: Deps,
  { clientId, mutations }: Pick<v.InferOutput<typeof pushRequestSchema>, 'clientId' | 'mutations'>,
  admit: Admit,
): Answer<PushResponse> {
  if (sizeBytes(mutations) > MAX_PUSH_BYTES) return err({ type: 'tooLarge' })
  const arrived = await readBatch(deps, mutations)
  if (arrived === undefined) return err({ type: 'invalid' })
  return commitBatch({ deps, clientId, arrived, admit })
}

interface Batch {
  readonly deps: Deps
  readonly clientId: string
  readonly arrived: readonly Arrived[]
  readonly admit: Admit
}

/**
 * Commits the batch. What the store can never take in one transaction is refused as too large, so that the tablet halves
 * it [S8]; a mutation too large by itself is parked, so that it blocks nothing behind it [S12].
 */
async function commitBatch(batch: Batch): Answer<PushResponse> {
  const { deps, arrived, admit } = batch
  const committed = await tryBatch(batch)
  if (!(committed instanceof StorageLimitError)) return committed
  if (arrived.length > 1) return err({ type: 'tooLarge' })
  deps.report(committed)
  const parked = await tryBatch({ ...batch, admit: parking(admit) })
  return parked instanceof StorageLimitError ? err({ type: 'tooLarge' }) : parked
}

async function tryBatch(batch: Batch): Promise<Result<PushResponse, Refusal> | StorageLimitError> {
  try {
    return await batch.deps.storage.transact((tx) => takeBatch(tx, batch))
  } catch (error) {
    if (error instanceof StorageLimitError) return error
    throw error
  }
}

/** Lets in whom `admit` does, but has everything parked undecided. */
function parking(admit: Admit): Admit {
  return async (tx) => {
    const sender = await admit(tx)
    if (!sender.ok || sender.value.treatment.type === 'park') return sender
    return ok({ ...sender.value, treatment: { type: 'park', reason: { type: 'failed' } } })
  }
}

async function takeBatch(tx: Tx, { deps, clientId, arrived, admit }: Batch): Answer<PushResponse> {
  const sender = await admit(tx)
  if (!sender.ok) return sender
  const { uid, deviceId, treatment } = sender.value
  const client = await tx.get('clients', clientId)
  if (client !== undefined && client.uid !== uid) return err({ type: 'foreignClient' })
  const lmid = client?.lmid ?? 0
  const first = arrived[0]
  if (first === undefined || first.mid > lmid + 1) return ok({ type: 'gap', lmid })

  const replayed = await replay(tx, { clientId, batch: arrived.filter(({ mid }) => mid <= lmid) })
  const { differing, receipts: known } = replayed
  if (differing !== undefined) return ok({ type: 'clientIdReused', mid: differing, lmid, receipts: known })

  const unseen = arrived.filter(({ mid }) => mid > lmid)
  const fresh = treatment.type === 'decide' ? understood(unseen) : unseen
  if (fresh.length + known.length === 0) return err(AHEAD)
  const receipts = [...known]
  if (fresh.length > 0) {
    const workspace = new Workspace(tx, await readEpoch(tx))
    if (treatment.type === 'decide')
      await workspace.prefetch(fresh.flatMap(({ parsed }) => (parsed === undefined ? [] : [parsed.id])))
    const desk = new Desk({ deps, tx, workspace })
    for (const each of fresh) receipts.push(await desk.take(each, { ...sender.value, clientId }))
    workspace.put('clients', clientId, { uid, deviceId, lmid: fresh.at(-1)?.mid ?? lmid })
    workspace.flush()
  }
  return ok({
    type: 'receipts',
    lmid: Math.max(lmid, fresh.at(-1)?.mid ?? 0),
    receipts,
    serverTime: deps.now(),
  })
}

/**
 * Up to the first mutation a later release made. That one and those behind it stay queued on the tablet, in order, until
 * the server is of that release too.
 */
function understood(unseen: readonly Arrived[]): readonly Arrived[] {
  const ahead = unseen.findIndex(
    ({ parsed }) => parsed !== undefined && isFromLaterRelease(typeOf(parsed.type), parsed),
  )
  return ahead < 0 ? unseen : unseen.slice(0, ahead)
}

async function readBatch(deps: Deps, mutations: readonly { mid: number }[]): Promise<Arrived[] | undefined> {
  const batch: Arrived[] = []
  for (const [index, mutation] of mutations.entries()) {
    const raw = v.safeParse(rawSchema, mutation)
    if (!raw.success || mutation.mid !== (mutations[0]?.mid ?? 0) + index) return undefined
    const parsed = v.safeParse(mutationSchema, raw.output)
    const fits = parsed.success && sizeBytes(raw.output) <= MAX_MUTATION_BYTES
    batch.push({
      mid: mutation.mid,
      raw: raw.output,
      hash: await deps.hash(hashedContent(raw.output)),
      parsed: fits ? parsed.output : undefined,
    })
  }
  return batch
}

interface Replay {
  readonly receipts: Receipt[]
  readonly differing: number | undefined
}

/** Stored receipts of mutations the server already has, and the first whose content differs [S10]. */
async function replay(
  tx: Tx,
  { clientId, batch }: { clientId: string; batch: readonly Arrived[] },
): Promise<Replay> {
  const docs = await tx.getAll(
    'receipts',
    batch.map(({ mid }) => `${clientId}|${mid}`),
  )
  const receiptOf = ({ hash }: Arrived, index: number): Receipt | undefined => {
    const receipt = docs[index]?.receipt
    return receipt?.hash === hash ? receipt : undefined
  }
  const receipts = batch.map(receiptOf)
  return {
    receipts: receipts.filter((receipt) => receipt !== undefined),
    differing: batch.find((_, index) => receipts[index] === undefined)?.mid,
  }
}
