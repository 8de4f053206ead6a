/** Push [S8]–[S13]: one transaction per batch; every mutation gets a receipt, also the ones that are parked. */
import * as v from 'valibot'
import type { Actor } from '../../../src/domain/actor.ts'
import type { Rejection } from '../../../src/domain/decide.ts'
import { type Json, jsonSchema } from '../../../src/domain/json.ts'
import {
  MAX_MUTATION_BYTES,
  type Mutation,
  hashedContent,
  mutationSchema,
} from '../../../src/domain/mutation.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import {
  type PushResponse,
  type Receipt,
  MAX_PUSH_BYTES,
  pushRequestSchema,
} from '../../../src/domain/wire.ts'
import { type Applied, applyMutation, readEpoch } from '../commit.ts'
import { type ParkedDoc, StorageLimitError, type Tx } from '../storage/storage.ts'
import { Workspace } from '../workspace.ts'
import { parentIdOf } from '../../../src/domain/types/index.ts'
import { actorOf } from '../../../src/domain/types/member.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

/** One mutation as it arrived: its raw content is what is hashed and, if need be, parked. */
interface Arrived {
  readonly mid: number
  readonly raw: { readonly [key: string]: Json }
  readonly hash: string
  readonly parsed: Mutation | undefined
}

const rawSchema = v.record(v.string(), jsonSchema)
const sizeBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

/** Takes a batch of mutations. Errs: invalid, tooLarge, revoked, foreignClient. */
export async function push(deps: Deps, caller: Caller, body: unknown): Answer<PushResponse> {
  const request = v.safeParse(pushRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  if (sizeBytes(body) > MAX_PUSH_BYTES) return err({ type: 'tooLarge' })
  const { clientId } = request.output
  const arrived = await readBatch(deps, request.output.mutations)
  if (arrived === undefined) return err({ type: 'invalid' })

  return commitBatch({ deps, caller, clientId, arrived })
}

interface Batch {
  readonly deps: Deps
  readonly caller: Caller
  readonly clientId: string
  readonly arrived: readonly Arrived[]
  /** Parks every fresh mutation for this reason, undecided. */
  readonly parkAs?: Rejection
}

/**
 * Commits the batch. What the store can never take in one transaction is refused as too large, so that the tablet halves
 * it [S8]; a mutation too large by itself is parked, so that it blocks nothing behind it [S12].
 */
async function commitBatch(batch: Batch): Answer<PushResponse> {
  try {
    return await batch.deps.storage.transact((tx) => takeBatch(tx, batch))
  } catch (error) {
    if (!(error instanceof StorageLimitError)) throw error
    if (batch.arrived.length > 1 || batch.parkAs !== undefined) return err({ type: 'tooLarge' })
    batch.deps.report(error)
    return commitBatch({ ...batch, parkAs: { type: 'failed' } })
  }
}

async function takeBatch(tx: Tx, batch: Batch): Answer<PushResponse> {
  const { deps, caller, clientId, arrived } = batch
  const actor = await readActor(tx, caller)
  if (!actor.ok) return actor
  const client = await tx.get('clients', clientId)
  if (client !== undefined && client.uid !== caller.uid) return err({ type: 'foreignClient' })
  const lmid = client?.lmid ?? 0
  const first = arrived[0]
  if (first === undefined || first.mid > lmid + 1) return ok({ type: 'gap', lmid })

  const replayed = await replay(tx, { clientId, batch: arrived.filter(({ mid }) => mid <= lmid) })
  if (replayed.type === 'differs') return ok({ type: 'clientIdReused', mid: replayed.mid })

  const fresh = arrived.filter(({ mid }) => mid > lmid)
  const receipts = [...replayed.receipts]
  if (fresh.length > 0) {
    const workspace = new Workspace(tx, await readEpoch(tx))
    await workspace.prefetch(fresh.flatMap(({ parsed }) => (parsed === undefined ? [] : [parsed.id])))
    const desk = new Desk({ ...batch, actor: actor.value, workspace, tx })
    for (const each of fresh) receipts.push(await desk.take(each))
    const last = fresh.at(-1)
    workspace.put('clients', clientId, {
      uid: caller.uid,
      deviceId: caller.deviceId,
      lmid: last?.mid ?? lmid,
    })
    workspace.flush()
  }
  return ok({
    type: 'receipts',
    lmid: Math.max(lmid, fresh.at(-1)?.mid ?? 0),
    receipts,
    serverTime: deps.now(),
  })
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

type Replay =
  | { readonly type: 'receipts'; readonly receipts: Receipt[] }
  | { readonly type: 'differs'; readonly mid: number }

/** Stored receipts of mutations the server already has; names the first whose content differs [S10]. */
async function replay(
  tx: Tx,
  { clientId, batch }: { clientId: string; batch: readonly Arrived[] },
): Promise<Replay> {
  const docs = await tx.getAll(
    'receipts',
    batch.map(({ mid }) => `${clientId}|${mid}`),
  )
  const receipts: Receipt[] = []
  for (const [index, { mid, hash }] of batch.entries()) {
    const receipt = docs[index]?.receipt
    if (receipt === undefined || receipt.hash !== hash) return { type: 'differs', mid }
    receipts.push(receipt)
  }
  return { type: 'receipts', receipts }
}

interface DeskContext extends Batch {
  readonly actor: Actor
  readonly workspace: Workspace
  readonly tx: Tx
}

/** Takes one mutation after another inside a transaction. */
class Desk {
  private readonly revs = new Map<number, number>()
  /** Parked mutations decided again in this transaction: what it has written is not read back. */
  private readonly decided = new Set<string>()
  private readonly context: DeskContext

  constructor(context: DeskContext) {
    this.context = context
  }

  /** Applies or parks one mutation, and writes its receipt. */
  async take(arrived: Arrived): Promise<Receipt> {
    const { workspace, deps, clientId, parkAs } = this.context
    const applied = parkAs === undefined ? await this.apply(arrived.parsed) : err(parkAs)
    const receipt: Receipt = applied.ok
      ? { mid: arrived.mid, hash: arrived.hash, ...applied.value }
      : {
          mid: arrived.mid,
          hash: arrived.hash,
          outcome: 'parked',
          rev: 0,
          receiptNo: null,
          reason: applied.error,
        }
    this.revs.set(arrived.mid, receipt.rev)
    workspace.put('receipts', `${clientId}|${arrived.mid}`, {
      receipt,
      recordId: arrived.parsed?.id ?? '',
      acceptedAt: deps.now(),
    })
    if (!applied.ok) this.park(arrived, applied.error)
    else if (arrived.parsed?.op === 'create') await this.decideWaiting(arrived.parsed.id)
    return receipt
  }

  private async apply(mutation: Mutation | undefined): Promise<Result<Applied, Rejection>> {
    if (mutation === undefined) return err({ type: 'malformed' })
    const { workspace, actor, deps } = this.context
    const baseRev = 'rev' in mutation.base ? mutation.base.rev : await this.revOf(mutation.base.mid)
    return applyMutation(workspace, mutation, { actor, now: deps.now(), baseRev, report: deps.report })
  }

  private async revOf(mid: number): Promise<number | undefined> {
    const known = this.revs.get(mid)
    if (known !== undefined) return known
    return (await this.context.tx.get('receipts', `${this.context.clientId}|${mid}`))?.receipt.rev
  }

  private park(arrived: Arrived, reason: Rejection): void {
    const { workspace, caller, clientId, deps } = this.context
    const doc: ParkedDoc = {
      uid: caller.uid,
      deviceId: caller.deviceId,
      clientId,
      mid: arrived.mid,
      mutation: arrived.raw,
      reason,
      parkedAt: deps.now(),
      waitingFor: arrived.parsed === undefined ? '' : awaitedBy(arrived.parsed, reason),
    }
    workspace.put('parked', `${clientId}|${arrived.mid}`, doc)
  }

  /** What came before the record it is about, or hangs on, is decided again now that it is here [S11]. */
  private async decideWaiting(id: string): Promise<void> {
    const { tx, workspace, deps } = this.context
    const found = await tx.find('parkedByWaitingFor', { value: id })
    // In the order they came; keys are texts.
    const waiting = found.sort(({ doc: a }, { doc: b }) =>
      a.parkedAt === b.parkedAt ? a.mid - b.mid : a.parkedAt < b.parkedAt ? -1 : 1,
    )
    for (const { key, doc } of waiting) {
      if (this.decided.has(key)) continue
      this.decided.add(key)
      const mutation = v.safeParse(mutationSchema, doc.mutation)
      const member = await workspace.record(doc.uid)
      const actor = member === undefined ? undefined : actorOf(member)
      const stored = await tx.get('receipts', key)
      if (!mutation.success || actor === undefined || stored === undefined) continue
      const applied = await applyMutation(workspace, mutation.output, {
        actor,
        now: deps.now(),
        baseRev: undefined,
        report: deps.report,
      })
      if (!applied.ok) {
        const waitingFor = awaitedBy(mutation.output, applied.error)
        workspace.put('parked', key, { ...doc, reason: applied.error, waitingFor })
        workspace.put('receipts', key, { ...stored, receipt: { ...stored.receipt, reason: applied.error } })
        continue
      }
      const { mid, hash } = stored.receipt
      workspace.remove('parked', key)
      workspace.put('receipts', key, {
        ...stored,
        receipt: { mid, hash, ...applied.value },
        acceptedAt: deps.now(),
      })
      if (mutation.output.op === 'create') await this.decideWaiting(mutation.output.id)
    }
  }
}

/** The record whose arrival may change the verdict; '' when none will. */
function awaitedBy(mutation: Mutation, { type }: Rejection): string {
  if (type === 'unknownRecord') return mutation.id
  return type === 'unknownParent' ? (parentIdOf(mutation) ?? '') : ''
}
