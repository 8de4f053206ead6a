/**
 * The one decision about a mutation, the same on the tablet (optimistic) and on the server (authoritative) [S4].
 * Values in, value out: no clock, no store, no random.
 */
import * as v from 'valibot'
import type { Actor } from './actor.ts'
import type { IsoTime } from './ids.ts'
import { type Json, jsonEqual } from './json.ts'
import { mergeField } from './merge.ts'
import type { Change, Mutation } from './mutation.ts'
import {
  type FieldSpec,
  type Fields,
  type RecordType,
  type StoredRecord,
  type Transition,
  fieldOf,
  mayRead,
} from './record.ts'

/** Names that are not fields but may stand in a conflict or in `set`. */
const STAGE_FIELD = 'stage'
const REMOVED_FIELD = 'removed'

/** Why a mutation cannot be applied; it is parked with this [S12]. `field` names the culprit where there is one. */
export type Rejection =
  | { readonly type: 'unknownType' }
  | { readonly type: 'unknownRecord' }
  | { readonly type: 'unknownParent' }
  | { readonly type: 'unknownField'; readonly field: string }
  | { readonly type: 'notAllowed'; readonly field: string | null }
  | { readonly type: 'invalidValue'; readonly field: string }
  | { readonly type: 'missingValue'; readonly field: string }
  | { readonly type: 'stageRefused'; readonly from: string | null; readonly to: string }
  /** The parent has as many of them as it may have. */
  | { readonly type: 'tooMany' }
  /** The field names a 部所 that has ended. */
  | { readonly type: 'endedUnit'; readonly field: string }
  /** There must always be one such record, and this is the last. */
  | { readonly type: 'lastOne' }
  | { readonly type: 'typeMismatch' }
  /** Headquarters has destroyed what it is about, or sets out from [S18]. */
  | { readonly type: 'purged' }
  | { readonly type: 'malformed' }
  | { readonly type: 'failed' }

/** Both sides of a field that could not be merged [S16]. The server's value (`theirs`) stays current. */
export interface FieldConflict {
  readonly field: string
  readonly base: Json
  readonly theirs: Json
  readonly mine: Json
}

export interface Decision {
  readonly outcome: 'accepted' | 'merged' | 'conflicted'
  /** The record afterwards; the same object as before when nothing changed. */
  readonly record: StoredRecord
  readonly conflicts: readonly FieldConflict[]
  /** Fields whose value came from both sides. */
  readonly merged: readonly string[]
}

export interface DecideContext {
  readonly actor: Actor
  readonly now: IsoTime
  readonly record: StoredRecord | undefined
  readonly parent: StoredRecord | undefined
  /** Revision the mutation was made on, with `base.mid` already looked up; undefined when not known. */
  readonly baseRev: number | undefined
  /** Records of the type that hang on the same parent already; matters for types with a limit. */
  readonly siblings?: number
  /** The actor's open conflicts on this record: field → every `mine` [S16]. */
  readonly openConflicts: Readonly<Record<string, readonly Json[]>>
}

type Verdict<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Rejection }
const reject = (error: Rejection): { readonly ok: false; readonly error: Rejection } => ({ ok: false, error })

/** Decides one mutation against the record as it stands. */
export function decide(type: RecordType, mutation: Mutation, context: DecideContext): Verdict<Decision> {
  const { record } = context
  if (type.parent !== undefined && context.parent === undefined) return reject({ type: 'unknownParent' })
  if (record !== undefined && record.type !== mutation.type) return reject({ type: 'typeMismatch' })
  if (record === undefined) {
    return mutation.op === 'create'
      ? decideCreate(type, mutation, context)
      : reject({ type: 'unknownRecord' })
  }
  if (!mayRead(type, { actor: context.actor, record, parent: context.parent }))
    return reject({ type: 'notAllowed', field: null })
  return mutation.op === 'remove'
    ? decideRemove(type, { ...context, record })
    : decideEdit(type, mutation, { ...context, record })
}

type ExistingContext = DecideContext & { readonly record: StoredRecord }

function decideCreate(type: RecordType, mutation: Mutation, context: DecideContext): Verdict<Decision> {
  const { actor, now, parent } = context
  const stage = mutation.set[STAGE_FIELD]?.to
  if (typeof stage !== 'string') return reject({ type: 'missingValue', field: STAGE_FIELD })
  const transition = type.transitions.find((candidate) => candidate.from === null && candidate.to === stage)
  if (transition === undefined) return reject({ type: 'stageRefused', from: null, to: stage })

  if ((context.siblings ?? 0) >= (type.maxPerParent ?? Infinity)) return reject({ type: 'tooMany' })

  const fields: Record<string, Json> = {}
  for (const [name, change] of fieldChanges(mutation)) {
    const checked = checkValue(type, name, change.to)
    if (!checked.ok) return checked
    if (change.to !== null) fields[name] = change.to
  }
  const created: StoredRecord = {
    type: type.name,
    id: mutation.id,
    rev: 0,
    stage,
    fields,
    removed: false,
    createdBy: actor.uid,
    createdAt: now,
    updatedBy: actor.uid,
    updatedAt: now,
    receiptNo: null,
  }
  const ruleContext = { actor, record: created, parent }
  if (!transition.by(ruleContext)) return reject({ type: 'notAllowed', field: null })
  for (const [name, change] of fieldChanges(mutation)) {
    if (change.to === null) continue
    if (!type.fields[name]?.write({ ...ruleContext, value: change.to }))
      return reject({ type: 'notAllowed', field: name })
  }
  const missing = missingField(type, created, transition)
  if (missing !== null) return reject({ type: 'missingValue', field: missing })
  return {
    ok: true,
    value: { outcome: 'accepted', record: { ...created, rev: 1 }, conflicts: [], merged: [] },
  }
}

/** Remove against a newer edit: the edit wins, as a conflict [S18]. */
function decideRemove(type: RecordType, context: ExistingContext): Verdict<Decision> {
  const { actor, now, record, parent, baseRev } = context
  if (type.remove === undefined || !type.remove({ actor, record, parent })) {
    return reject({ type: 'notAllowed', field: null })
  }
  if (record.removed) return { ok: true, value: { outcome: 'accepted', record, conflicts: [], merged: [] } }
  if (baseRev !== record.rev) {
    const conflict = { field: REMOVED_FIELD, base: false, theirs: false, mine: true }
    return { ok: true, value: { outcome: 'conflicted', record, conflicts: [conflict], merged: [] } }
  }
  const next = touched(record, { actor, now, fields: record.fields, stage: record.stage, removed: true })
  return { ok: true, value: { outcome: 'accepted', record: next, conflicts: [], merged: [] } }
}

function decideEdit(type: RecordType, mutation: Mutation, context: ExistingContext): Verdict<Decision> {
  const { actor, now, record, parent, openConflicts } = context
  const moved = decideStage(type, mutation, context)
  if (!moved.ok) return moved
  const madeAt: StoredRecord = { ...record, stage: mutation.stage ?? record.stage }
  const widened = type.audienceRank(record.stage) > type.audienceRank(madeAt.stage)
  // What belongs to a stage move that cannot be made waits with it for a person.
  const stalled = moved.value.type === 'conflict' ? (moved.value.transition.requires ?? []) : []
  const fields: Record<string, Json> = { ...record.fields }
  const conflicts: FieldConflict[] = []
  const merged: string[] = []

  for (const [name, change] of fieldChanges(mutation)) {
    const checked = checkValue(type, name, change.to)
    if (!checked.ok) return checked
    const spec = checked.value
    const current = fieldOf(record, name)
    if (jsonEqual(change.from, change.to) || jsonEqual(current, change.to)) continue
    const value = change.to
    const allowedNow = spec.write({ actor, record, parent, value })
    // A stage that moved on since the edit makes a conflict of it, not an error [S17].
    if (!allowedNow && !spec.write({ actor, record: madeAt, parent, value })) {
      return reject({ type: 'notAllowed', field: name })
    }
    const held = !allowedNow || (widened && spec.freeText === true) || stalled.includes(name)
    const outcome = decideField(spec, { change, current, open: openConflicts[name] ?? [], held })
    if (outcome.type === 'conflict') {
      conflicts.push({ field: name, base: change.from, theirs: current, mine: change.to })
    }
    if (outcome.type === 'merged') merged.push(name)
    if (outcome.type === 'set' || outcome.type === 'merged') fields[name] = outcome.value
  }

  if (moved.value.type === 'conflict') {
    conflicts.push({
      field: STAGE_FIELD,
      base: moved.value.base,
      theirs: record.stage,
      mine: moved.value.mine,
    })
  }
  const stage = moved.value.type === 'moved' ? moved.value.to : record.stage
  const filled = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  const changes = touched(record, { actor, now, fields: filled, stage, removed: record.removed }) !== record
  // Edit against remove: the edit wins, as a conflict [S18]; the row stands again. An edit of nothing wins nothing.
  const revives = record.removed && (changes || conflicts.length > 0)
  if (revives) conflicts.push({ field: REMOVED_FIELD, base: false, theirs: true, mine: false })
  const next = touched(record, { actor, now, fields: filled, stage, removed: record.removed && !revives })
  const missing = missingField(type, next, moved.value.type === 'moved' ? moved.value.transition : undefined)
  if (missing !== null) return reject({ type: 'missingValue', field: missing })
  const outcome = conflicts.length > 0 ? 'conflicted' : merged.length > 0 ? 'merged' : 'accepted'
  return { ok: true, value: { outcome, record: next, conflicts, merged } }
}

function decideField(
  spec: FieldSpec,
  { change, current, open, held }: { change: Change; current: Json; open: readonly Json[]; held: boolean },
): ReturnType<typeof mergeField> {
  // The person went on from their own side of an open conflict: it is that side that changes [S16].
  if (open.some((mine) => jsonEqual(mine, change.from)) && !jsonEqual(current, change.from))
    return { type: 'conflict' }
  if (held) return { type: 'conflict' }
  return mergeField(spec.merge, { from: change.from, current, mine: change.to })
}

type StageMove =
  | { readonly type: 'none' }
  | { readonly type: 'moved'; readonly to: string; readonly transition: Transition }
  | { readonly type: 'conflict'; readonly base: Json; readonly mine: Json; readonly transition: Transition }

function decideStage(
  type: RecordType,
  mutation: Mutation,
  { actor, record, parent }: ExistingContext,
): Verdict<StageMove> {
  const change = mutation.set[STAGE_FIELD]
  // A create of an existing id is an edit from empty [S10]: its first stage asks for nothing.
  if (change === undefined || change.from === null || change.to === record.stage)
    return { ok: true, value: { type: 'none' } }
  const { from, to } = change
  if (typeof from !== 'string' || typeof to !== 'string')
    return reject({ type: 'invalidValue', field: STAGE_FIELD })
  const asked = type.transitions.find((candidate) => candidate.from === from && candidate.to === to)
  if (asked === undefined) return reject({ type: 'stageRefused', from, to })
  if (!asked.by({ actor, record: { ...record, stage: from }, parent }))
    return reject({ type: 'notAllowed', field: STAGE_FIELD })
  if (from !== record.stage)
    return { ok: true, value: { type: 'conflict', base: from, mine: to, transition: asked } }
  return { ok: true, value: { type: 'moved', to, transition: asked } }
}

function fieldChanges(mutation: Mutation): [string, Change][] {
  return Object.entries(mutation.set).filter(([name]) => name !== STAGE_FIELD)
}

function checkValue(type: RecordType, name: string, value: Json): Verdict<FieldSpec> {
  const spec = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
  if (spec === undefined) return reject({ type: 'unknownField', field: name })
  if (value !== null && !v.is(spec.schema, value)) return reject({ type: 'invalidValue', field: name })
  return { ok: true, value: spec }
}

function missingField(type: RecordType, record: StoredRecord, transition?: Transition): string | null {
  const required = Object.entries(type.fields).filter(([, spec]) => spec.required === true)
  const names = [...required.map(([name]) => name), ...(transition?.requires ?? [])]
  return names.find((name) => isEmpty(fieldOf(record, name))) ?? null
}

/** Null, blank text or an empty list. */
function isEmpty(value: Json): boolean {
  if (value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  return Array.isArray(value) && value.length === 0
}

function touched(
  record: StoredRecord,
  next: { actor: Actor; now: IsoTime; fields: Fields; stage: string; removed: boolean },
): StoredRecord {
  const same =
    record.stage === next.stage &&
    record.removed === next.removed &&
    jsonEqual({ ...record.fields }, { ...next.fields })
  if (same) return record
  return {
    ...record,
    rev: record.rev + 1,
    stage: next.stage,
    fields: next.fields,
    removed: next.removed,
    updatedBy: next.actor.uid,
    updatedAt: next.now,
  }
}
