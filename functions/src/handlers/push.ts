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
  type Refusal,
  MAX_PUSH_BYTES,
  pushRequestSchema,
} from '../../../src/domain/wire.ts'
import { type Applied, applyMutation, readEpoch } from '../commit.ts'
import type { ParkedDoc, Tx } from '../storage/storage.ts'
import { Workspace } from '../workspace.ts'
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
  const batch = await readBatch(deps, request.output.mutations)
  if (batch === undefined) return err({ type: 'invalid' })

  return deps.storage.transact(async (tx): Promise<Result<PushResponse, Refusal>> => {
    const actor = await readActor(tx, caller)
    if (!actor.ok) return actor
    const client = await tx.get('clients', clientId)
    if (client !== undefined && client.uid !== caller.uid) return err({ type: 'foreignClient' })
    const lmid = client?.lmid ?? 0
    const first = batch[0]
    if (first === undefined || first.mid > lmid + 1) return ok({ type: 'gap', lmid })

    const replayed = await replay(tx, { clientId, batch: batch.filter(({ mid }) => mid <= lmid) })
    if (replayed.type === 'differs') return ok({ type: 'clientIdReused', mid: replayed.mid })

    const fresh = batch.filter(({ mid }) => mid > lmid)
    const receipts = [...replayed.receipts]
    if (fresh.length > 0) {
      const workspace = new Workspace(tx, await readEpoch(tx))
      await workspace.prefetch(fresh.flatMap(({ parsed }) => (parsed === undefined ? [] : [parsed.id])))
      const desk = new Desk({ deps, caller, clientId, actor: actor.value, workspace, tx })
      for (const arrived of fresh) receipts.push(await desk.take(arrived))
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

interface DeskContext {
  readonly deps: Deps
  readonly caller: Caller
  readonly clientId: string
  readonly actor: Actor
  readonly workspace: Workspace
  readonly tx: Tx
}

/** Takes one mutation after another inside a transaction. */
class Desk {
  private readonly revs = new Map<number, number>()
  private readonly context: DeskContext

  constructor(context: DeskContext) {
    this.context = context
  }

  /** Applies or parks one mutation, and writes its receipt. */
  async take(arrived: Arrived): Promise<Receipt> {
    const { workspace, deps, clientId } = this.context
    const applied = await this.apply(arrived.parsed)
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
    const waits = reason.type === 'unknownRecord' && arrived.parsed !== undefined
    const doc: ParkedDoc = {
      uid: caller.uid,
      deviceId: caller.deviceId,
      clientId,
      mid: arrived.mid,
      mutation: arrived.raw,
      reason,
      parkedAt: deps.now(),
      waitingFor: waits ? arrived.parsed.id : '',
    }
    workspace.put('parked', `${clientId}|${arrived.mid}`, doc)
  }

  /** Edits that came before their record are decided again now that it is here [S11]. */
  private async decideWaiting(id: string): Promise<void> {
    const { tx, workspace, deps } = this.context
    const waiting = await tx.find('parkedByWaitingFor', { value: id })
    for (const { key, doc } of waiting) {
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
        workspace.put('parked', key, { ...doc, reason: applied.error, waitingFor: '' })
        continue
      }
      const { mid, hash } = stored.receipt
      workspace.remove('parked', key)
      workspace.put('receipts', key, {
        ...stored,
        receipt: { mid, hash, ...applied.value },
        acceptedAt: deps.now(),
      })
    }
  }
}
