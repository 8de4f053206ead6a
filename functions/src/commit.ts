/** Decides one mutation against the store and records everything that follows from it: parse → authorise → decide → commit. */
import type { Actor } from '../../src/domain/actor.ts'
import { type DecideContext, type Decision, type Rejection, decide } from '../../src/domain/decide.ts'
import { type IsoTime, asUid, asUnitId } from '../../src/domain/ids.ts'
import { jsonEqual } from '../../src/domain/json.ts'
import { brokenInvariant } from '../../src/domain/invariants.ts'
import type { Intention, Mutation } from '../../src/domain/mutation.ts'
import { type RecordType, type StoredRecord, fieldOf, textOf } from '../../src/domain/record.ts'
import { type Result, err, ok } from '../../src/domain/result.ts'
import { typeOf } from '../../src/domain/types/index.ts'
import { upcast } from '../../src/domain/versions.ts'
import type { HistoryEntry } from '../../src/domain/wire.ts'
import type { Deps } from './handlers/context.ts'
import type { Tx } from './storage/storage.ts'
import { closeConflict, conflictToResolve, openConflictsOf, storeConflict } from './conflicts.ts'
import { isPurgedAway, valuesOf } from './purgedAway.ts'
import { Workspace } from './workspace.ts'

/** The server itself, for enrolment and provisioning. */
export const SYSTEM: Actor = { uid: asUid('system'), unit: asUnitId('system'), roles: ['system'] }

export interface Applied {
  readonly outcome: Decision['outcome']
  readonly rev: number
  readonly receiptNo: string | null
}

interface ApplyOptions {
  readonly actor: Actor
  readonly now: IsoTime
  /** Revision the edit was made on, where known. */
  readonly baseRev: number | undefined
  /** Takes note of a rule that threw. */
  readonly report: Deps['report']
}

/** The store's epoch [S22]; missing only when the store was never initialised. */
export async function readEpoch(tx: Tx): Promise<string> {
  const doc = await tx.get('meta', 'epoch')
  if (doc === undefined) throw new Error('The store has no epoch: it was not initialised.')
  return doc.value
}

/** Applies one mutation inside the workspace. A rejection leaves the workspace as it was. */
export async function applyMutation(
  workspace: Workspace,
  sent: Mutation,
  { actor, now, baseRev, report }: ApplyOptions,
): Promise<Result<Applied, Rejection>> {
  const type = typeOf(sent.type)
  if (type === undefined) return err({ type: 'unknownType' })
  const mutation = upcast(type, sent)
  const record = await workspace.record(mutation.id)
  const parent = await workspace.parentOf(record ?? { type: mutation.type, fields: valuesOf(mutation) })
  if (await isPurgedAway(workspace, mutation, actor.uid)) return err({ type: 'purged' })
  const settled = await conflictToResolve(workspace, mutation, actor)
  if (!settled.ok) return settled
  const openConflicts = await openConflictsOf(workspace, mutation, actor)
  const limited = type.maxPerParent !== undefined && record === undefined && parent !== undefined
  const siblings = limited ? await workspace.countChildren(parent.id, type.name) : 0

  const context = { actor, now, record, parent, baseRev, siblings, openConflicts }
  const decided = decideSafely(type, mutation, context, report)
  if (!decided.ok) return decided
  const { outcome, conflicts, record: next } = decided.value
  const broken = await brokenInvariant(type, { before: record, after: next }, workspace)
  if (broken !== undefined) return err(broken)

  const entry = historyEntry(mutation, { decision: decided.value, before: record, actor, now })
  const changed = next !== record
  // Who decides a conflict for what is there anyway has decided it all the same.
  const isTold = conflicts.length > 0 || settled.value !== undefined || Object.keys(entry.set).length > 0
  let receiptNo = record?.receiptNo ?? null
  if (changed) receiptNo = (await workspace.store(next, entry)).receiptNo
  else if (isTold) await workspace.noteAttempt(next, entry)

  for (const conflict of conflicts) {
    const kept = await storeConflict(workspace, conflict, {
      mutation,
      actor,
      now,
      target: record ?? next,
      parent,
    })
    if (!changed) receiptNo = kept.receiptNo
  }
  const named = settled.value
  if (named !== undefined && !conflicts.some(({ field }) => field === textOf(named, 'field'))) {
    await closeConflict(workspace, named, { mutation, actor, now })
  }
  return ok({ outcome, rev: next.rev, receiptNo })
}

/** Applies server-made intentions atomically, by the same rules. The first rejection undoes all. */
export async function commitAs(
  deps: Deps,
  actor: Actor,
  intentions: readonly Intention[],
): Promise<Result<void, Rejection>> {
  return deps.storage.transact(async (tx) => {
    const workspace = new Workspace(tx, await readEpoch(tx))
    const now = deps.now()
    for (const [index, intention] of intentions.entries()) {
      const baseRev = (await workspace.record(intention.id))?.rev
      const mutation = { ...intention, mid: index + 1, base: { rev: baseRev ?? 0 } }
      const applied = await applyMutation(workspace, mutation, { actor, now, baseRev, report: deps.report })
      if (!applied.ok) return applied
    }
    workspace.flush()
    return ok(undefined)
  })
}

/** A rule that throws is a bug of ours: the person's content is parked, not lost, and blocks nothing behind it [S12]. */
function decideSafely(
  type: RecordType,
  mutation: Mutation,
  context: DecideContext,
  report: Deps['report'],
): ReturnType<typeof decide> {
  try {
    return decide(type, mutation, context)
  } catch (error) {
    report(error)
    return err({ type: 'failed' })
  }
}

/**
 * What the record's history shows: values before and after. Fields that became conflicts are named only: their text may
 * have been written for a smaller audience [S17] and lives in the conflict record.
 */
function historyEntry(
  mutation: Mutation,
  context: { decision: Decision; before: StoredRecord | undefined; actor: Actor; now: IsoTime },
): HistoryEntry {
  const { decision, before, actor, now } = context
  const conflicted = decision.conflicts.map(({ field }) => field)
  const set: HistoryEntry['set'] = {}
  for (const [field, { to: mine }] of Object.entries(mutation.set)) {
    if (conflicted.includes(field)) continue
    const [from, to] =
      field === 'stage'
        ? [before?.stage ?? null, decision.record.stage]
        : [before?.fields[field] ?? null, fieldOf(decision.record, field)]
    if (jsonEqual(from, to) && jsonEqual(mine, to)) continue
    set[field] = jsonEqual(mine, to) ? { from, to } : { from, to, mine }
  }
  return {
    rev: decision.record.rev,
    by: actor.uid,
    op: mutation.op,
    outcome: decision.outcome,
    at: mutation.at,
    acceptedAt: now,
    set,
    conflicted,
  }
}
