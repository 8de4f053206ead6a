/** 要確認: conflict records, written by the server with the mutation that caused or settles them [S16]. */
import type { Actor } from '../../src/domain/actor.ts'
import type { FieldConflict, Rejection } from '../../src/domain/decide.ts'
import type { IsoTime } from '../../src/domain/ids.ts'
import { type Json, jsonEqual } from '../../src/domain/json.ts'
import type { Mutation } from '../../src/domain/mutation.ts'
import { type StoredRecord, fieldOf, textOf } from '../../src/domain/record.ts'
import { type Result, err, ok } from '../../src/domain/result.ts'
import { conflictIdOf, conflictType, mayResolve } from '../../src/domain/types/conflict.ts'
import { typeOf } from '../../src/domain/types/index.ts'
import type { HistoryEntry } from '../../src/domain/wire.ts'
import type { Workspace } from './workspace.ts'

export interface Circumstances {
  readonly mutation: Mutation
  readonly actor: Actor
  readonly now: IsoTime
}

/**
 * The open conflict a resolve names: on this record, and the actor's to resolve. Undefined when it was resolved already, or
 * was lost with a restore and has not come up again [S22]: the mutation then counts as an ordinary edit, which merges or
 * opens a conflict of its own.
 */
export async function conflictToResolve(
  workspace: Workspace,
  mutation: Mutation,
  actor: Actor,
): Promise<Result<StoredRecord | undefined, Rejection>> {
  if (mutation.op !== 'resolve') return ok(undefined)
  const conflict = mutation.resolves === undefined ? undefined : await workspace.record(mutation.resolves)
  if (conflict === undefined) return ok(undefined)
  const names = conflict.type === conflictType.name && textOf(conflict, 'target') === mutation.id
  if (!names || !mayResolve(conflict, actor)) return err({ type: 'notAllowed', field: null })
  return ok(conflict.stage === 'open' ? conflict : undefined)
}

/** Every version of the actor's that waits for a decision, by field; the one being resolved is not among them. */
export async function openConflictsOf(
  workspace: Workspace,
  mutation: Mutation,
  actor: Actor,
): Promise<Record<string, Json[]>> {
  const open: Record<string, Json[]> = {}
  const fields = Object.keys(mutation.set)
  await workspace.prefetch(fields.map((field) => conflictIdOf({ target: mutation.id, field, by: actor.uid })))
  for (const field of fields) {
    const versions = await conflictsAbout(workspace, { target: mutation.id, field, by: actor.uid })
    open[field] = versions
      .filter(({ id, stage }) => stage === 'open' && id !== mutation.resolves)
      .map((conflict) => fieldOf(conflict, 'mine'))
  }
  return open
}

/** Every conflict of a person about a field, decided ones included, by slot. */
export async function conflictsAbout(
  workspace: Workspace,
  about: Parameters<typeof conflictIdOf>[0],
): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  for (let slot = 1; ; slot += 1) {
    const conflict = await workspace.record(conflictIdOf(about, slot))
    if (conflict === undefined) return found
    found.push(conflict)
  }
}

/** Keeps the version that could not be merged: in the open conflict it goes on from, or in the first free slot. */
export async function storeConflict(
  workspace: Workspace,
  conflict: FieldConflict,
  {
    mutation,
    actor,
    now,
    target,
    parent,
  }: Circumstances & { target: StoredRecord; parent: StoredRecord | undefined },
): Promise<StoredRecord> {
  const { id, before } = await slotFor(workspace, conflict, { target, actor })
  const goesOn = before?.stage === 'open'
  const next: StoredRecord = {
    type: conflictType.name,
    id,
    rev: (before?.rev ?? 0) + 1,
    stage: 'open',
    fields: {
      target: target.id,
      targetType: target.type,
      field: conflict.field,
      base: goesOn ? fieldOf(before, 'base') : conflict.base,
      theirs: conflict.theirs,
      mine: conflict.mine,
      by: actor.uid,
      theirsBy: target.updatedBy,
      theirsAt: target.updatedAt,
      unit: typeOf(target.type)?.unitOf?.(target, parent) ?? '',
      at: mutation.at,
    },
    removed: false,
    createdBy: before?.createdBy ?? actor.uid,
    createdAt: before?.createdAt ?? now,
    updatedBy: actor.uid,
    updatedAt: now,
    receiptNo: null,
  }
  return workspace.store(next, wholeEntry(next, before, { mutation, actor, now }))
}

/** Where a version goes: an open conflict whose `mine` it started from or repeats, else the first free slot. */
async function slotFor(
  workspace: Workspace,
  conflict: FieldConflict,
  { target, actor }: { target: StoredRecord; actor: Actor },
): Promise<Pick<StoredRecord, 'id'> & { before: StoredRecord | undefined }> {
  let free: (Pick<StoredRecord, 'id'> & { before: StoredRecord | undefined }) | undefined
  for (let slot = 1; ; slot += 1) {
    const id = conflictIdOf({ target: target.id, field: conflict.field, by: actor.uid }, slot)
    const before = await workspace.record(id)
    const waits = before?.stage === 'open'
    const mine = before === undefined ? null : fieldOf(before, 'mine')
    if (waits && (jsonEqual(mine, conflict.base) || jsonEqual(mine, conflict.mine))) return { id, before }
    // In the slot of a destroyed one nothing opens again: who decides that one late must not decide another.
    if (!waits && (await workspace.purgeMark(id)) === undefined) free ??= { id, before }
    if (before === undefined) return free ?? { id, before }
  }
}

/** Closes a conflict by the person who decided it. */
export async function closeConflict(
  workspace: Workspace,
  conflict: StoredRecord,
  circumstances: Circumstances,
): Promise<void> {
  const next: StoredRecord = {
    ...conflict,
    rev: conflict.rev + 1,
    stage: 'resolved',
    fields: { ...conflict.fields, resolvedBy: circumstances.actor.uid },
    updatedBy: circumstances.actor.uid,
    updatedAt: circumstances.now,
  }
  await workspace.store(next, wholeEntry(next, conflict, circumstances))
}

/** History of a server-written record: every field that differs. */
function wholeEntry(
  next: StoredRecord,
  before: StoredRecord | undefined,
  circumstances: Circumstances,
): HistoryEntry {
  const { mutation, actor, now } = circumstances
  const changed = Object.entries(next.fields).filter(
    ([name, to]) => !jsonEqual(to, before?.fields[name] ?? null),
  )
  return {
    rev: next.rev,
    by: actor.uid,
    op: mutation.op,
    outcome: 'accepted',
    at: mutation.at,
    acceptedAt: now,
    set: Object.fromEntries(changed.map(([name, to]) => [name, { from: before?.fields[name] ?? null, to }])),
    conflicted: [],
  }
}
