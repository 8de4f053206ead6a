/** Where mutations are decided, or kept aside, inside one transaction; each gets its receipt [S12], [S13]. */
import * as v from 'valibot'
import type { Actor } from '../../../src/domain/actor.ts'
import type { Rejection } from '../../../src/domain/decide.ts'
import type { DeviceId, Uid } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import { type Mutation, mutationSchema } from '../../../src/domain/mutation.ts'
import { type Result, err } from '../../../src/domain/result.ts'
import { parentIdOf, typeOf } from '../../../src/domain/types/index.ts'
import { actorOf, memberType } from '../../../src/domain/types/member.ts'
import { upcast } from '../../../src/domain/versions.ts'
import type { Receipt } from '../../../src/domain/wire.ts'
import { type Applied, applyMutation } from '../commit.ts'
import { isPurgedAway } from '../purgedAway.ts'
import type { Approval, ParkedDoc, ReceiptDoc, Tx } from '../storage/storage.ts'
import type { Workspace } from '../workspace.ts'
import type { Deps } from './context.ts'

/** One mutation as it arrived: its raw content is what is hashed and, if need be, parked. */
export interface Arrived {
  readonly mid: number
  readonly raw: { readonly [key: string]: Json }
  readonly hash: string
  readonly parsed: Mutation | undefined
}

/** Why a mutation is kept aside: it cannot be applied, or headquarters decides about it first [S26]. */
type ParkReason = Rejection | { readonly type: 'quarantined' }

/** Whose mutations they are, and whether they are decided for that person now or all kept aside. */
export interface Sender {
  readonly uid: Uid
  readonly deviceId: DeviceId
  readonly treatment:
    | { readonly type: 'decide'; readonly actor: Actor }
    | { readonly type: 'park'; readonly reason: ParkReason; readonly imported?: Approval }
}

interface DeskContext {
  readonly deps: Deps
  readonly tx: Tx
  readonly workspace: Workspace
}

/** Takes one mutation after another. */
export class Desk {
  /** By receipt key: receipts written in this transaction are not read back. */
  private readonly revs = new Map<string, number>()
  /** Parked mutations decided again in this transaction: what it has written is not read back. */
  private readonly decided = new Set<string>()
  /** Parked in this transaction, by receipt key: what it has written is not found. */
  private readonly parkedHere = new Map<string, ParkedCase>()
  private readonly context: DeskContext

  constructor(context: DeskContext) {
    this.context = context
  }

  /** Applies or parks one mutation, and writes its receipt. */
  async take(arrived: Arrived, sender: Sender & { readonly clientId: string }): Promise<Receipt> {
    const { workspace, deps } = this.context
    const { clientId, treatment } = sender
    const { mid, hash, parsed } = arrived
    const applied =
      treatment.type === 'park'
        ? err(await this.parkReason(arrived, sender.uid, treatment.reason))
        : parsed === undefined
          ? err(await this.parkReason(arrived, sender.uid, { type: 'malformed' }))
          : await this.apply(parsed, { actor: treatment.actor, clientId })
    const receipt = receiptOf({ mid, hash }, applied)
    const key = `${clientId}|${mid}`
    this.revs.set(key, receipt.rev)
    const stored = { receipt, recordId: parsed?.id ?? '', acceptedAt: deps.now() }
    workspace.put('receipts', key, stored)
    if (!applied.ok && applied.error.type !== 'purged')
      this.park(arrived, { sender, reason: applied.error, stored })
    else if (applied.ok && parsed?.op === 'create') await this.decideWaiting(parsed.id)
    return receipt
  }

  private async apply(
    mutation: Mutation,
    { actor, clientId }: { actor: Actor; clientId: string },
  ): Promise<Result<Applied, Rejection>> {
    const { workspace, deps } = this.context
    const { base } = mutation
    const baseRev = 'rev' in base ? base.rev : await this.revOf(`${clientId}|${base.mid}`)
    return applyMutation(workspace, mutation, { actor, now: deps.now(), baseRev, report: deps.report })
  }

  /** What may not come back is not kept undecided either [S18]; of what cannot be read nobody can say. */
  private async parkReason({ raw, parsed }: Arrived, uid: Uid, reason: ParkReason): Promise<ParkReason> {
    const { workspace } = this.context
    if (parsed === undefined) {
      const marked = typeof raw['id'] === 'string' ? await workspace.purgeMark(raw['id']) : undefined
      return marked === undefined ? reason : { type: 'purged' }
    }
    const type = typeOf(parsed.type)
    const mutation = type === undefined ? parsed : upcast(type, parsed)
    return (await isPurgedAway(workspace, mutation, uid)) ? { type: 'purged' } : reason
  }

  private async revOf(key: string): Promise<number | undefined> {
    return this.revs.get(key) ?? (await this.context.tx.get('receipts', key))?.receipt.rev
  }

  private park(
    { mid, raw, parsed }: Arrived,
    {
      sender,
      reason,
      stored,
    }: { sender: Sender & { readonly clientId: string }; reason: ParkReason; stored: ReceiptDoc },
  ): void {
    const { uid, deviceId, clientId, treatment } = sender
    const doc: ParkedDoc = {
      uid,
      deviceId,
      clientId,
      mid,
      mutation: raw,
      recordId: parsed?.id ?? (typeof raw['id'] === 'string' ? raw['id'] : ''),
      parentId: (parsed && parentIdOf(parsed)) ?? '',
      reason,
      parkedAt: this.context.deps.now(),
      waitingFor: parsed === undefined ? '' : awaitedBy(parsed, reason),
      held: reason.type === 'quarantined' ? 'quarantine' : '',
      imported: treatment.type === 'park' ? treatment.imported : undefined,
    }
    this.context.workspace.put('parked', `${clientId}|${mid}`, doc)
    this.parkedHere.set(`${clientId}|${mid}`, { doc, stored })
  }

  /** Decides a quarantined mutation for its author, whether or not they are still active [S26]. */
  async adopt(key: string, { doc, stored, adopted }: ParkedCase & { adopted: Approval }): Promise<Receipt> {
    const mutation = v.safeParse(mutationSchema, doc.mutation)
    const actor = await this.authorOf({ ...doc, adopted })
    if (!mutation.success || actor === undefined) {
      const reason: Rejection = mutation.success ? { type: 'notAllowed', field: null } : { type: 'malformed' }
      return this.settle(key, { doc: { ...doc, adopted }, stored }, err(reason))
    }
    this.decided.add(key)
    const applied = await this.apply(mutation.output, { actor, clientId: doc.clientId })
    const receipt = this.settle(key, { doc: { ...doc, adopted }, stored }, applied, mutation.output)
    if (applied.ok && mutation.output.op === 'create') await this.decideWaiting(mutation.output.id)
    return receipt
  }

  /** What came before the record it is about, or hangs on, is decided again now that it is here [S11]. */
  private async decideWaiting(id: string): Promise<void> {
    const { tx, workspace, deps } = this.context
    const here = [...this.parkedHere].filter(([, { doc }]) => doc.waitingFor === id)
    const found = [
      ...(await tx.find('parkedByWaitingFor', { value: id })),
      ...here.map(([key, { doc }]) => ({ key, doc })),
    ]
    // In the order they came; keys are texts.
    const waiting = found.sort(({ doc: a }, { doc: b }) =>
      a.parkedAt === b.parkedAt ? a.mid - b.mid : a.parkedAt < b.parkedAt ? -1 : 1,
    )
    for (const { key, doc } of waiting) {
      if (this.decided.has(key)) continue
      this.decided.add(key)
      const mutation = v.safeParse(mutationSchema, doc.mutation)
      const actor = await this.authorOf(doc)
      const stored = this.parkedHere.get(key)?.stored ?? (await tx.get('receipts', key))
      if (!mutation.success || actor === undefined || stored === undefined) continue
      const applied = await applyMutation(workspace, mutation.output, {
        actor,
        now: deps.now(),
        baseRev: undefined,
        report: deps.report,
      })
      this.settle(key, { doc, stored }, applied, mutation.output)
      if (applied.ok && mutation.output.op === 'create') await this.decideWaiting(mutation.output.id)
    }
  }

  /** Whom a parked mutation is decided for; someone who is not active only once headquarters has adopted it. */
  private async authorOf({ uid, adopted }: ParkedDoc): Promise<Actor | undefined> {
    const member = await this.context.workspace.record(uid)
    if (member?.type !== memberType.name) return undefined
    return actorOf(adopted === undefined ? member : { ...member, stage: 'active' })
  }

  /** Writes what became of a parked mutation; `mutation` where it can be read. */
  private settle(
    key: string,
    { doc, stored }: ParkedCase,
    applied: Result<Applied, Rejection>,
    mutation?: Mutation,
  ): Receipt {
    const { workspace, deps } = this.context
    const receipt = receiptOf(stored.receipt, applied)
    if (applied.ok) {
      const { imported, adopted } = doc
      workspace.remove('parked', key)
      workspace.put('receipts', key, { ...stored, receipt, acceptedAt: deps.now(), imported, adopted })
    } else if (applied.error.type === 'purged') {
      workspace.remove('parked', key)
      workspace.put('receipts', key, { ...stored, receipt })
    } else {
      const waitingFor = mutation === undefined ? '' : awaitedBy(mutation, applied.error)
      // Documents of earlier versions have no `held`, which is indexed.
      workspace.put('parked', key, { ...doc, held: doc.held ?? '', reason: applied.error, waitingFor })
      workspace.put('receipts', key, { ...stored, receipt })
    }
    return receipt
  }
}

/** A parked mutation and its receipt as they are stored. */
interface ParkedCase {
  readonly doc: ParkedDoc
  readonly stored: ReceiptDoc
}

function receiptOf(
  { mid, hash }: Pick<Receipt, 'mid' | 'hash'>,
  applied: Result<Applied, ParkReason>,
): Receipt {
  if (applied.ok) return { mid, hash, ...applied.value }
  return { mid, hash, outcome: 'parked', rev: 0, receiptNo: null, reason: applied.error }
}

/** The record whose arrival may change the verdict; '' when none will. */
function awaitedBy(mutation: Mutation, { type }: ParkReason): string {
  if (type === 'unknownRecord') return mutation.id
  return type === 'unknownParent' ? (parentIdOf(mutation) ?? '') : ''
}
