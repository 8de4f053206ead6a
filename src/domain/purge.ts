/** Destroying personal data stored by mistake [S18]: what is asked for, what becomes of a history, what may not come back. Pure. */
import * as v from 'valibot'
import { recordIdSchema } from './ids.ts'
import { type Json, jsonEqual } from './json.ts'
import type { Mutation } from './mutation.ts'
import { type RecordType, type StoredRecord, fieldOf } from './record.ts'
import { actionType } from './types/action.ts'
import { checkType } from './types/check.ts'
import { conflictType } from './types/conflict.ts'
import { cycleType } from './types/cycle.ts'
import { feedbackType } from './types/feedback.ts'
import { typeOf } from './types/index.ts'
import { initiativeType } from './types/initiative.ts'
import { meetingType } from './types/meeting.ts'
import { minuteType } from './types/minute.ts'
import { noteType } from './types/note.ts'
import { photoType } from './types/photo.ts'
import { EVERY_FIELD, PURGED_VALUE, isPurged } from './purgeMark.ts'
import type { HistoryEntry, PurgeMark } from './wire.ts'

/** Longest reason in UTF-16 units. It is kept for ever, and never holds what was destroyed. */
export const MAX_PURGE_REASON = 200

/** Types of which a whole record is destroyed; what hangs on it goes with it. */
const WHOLE: readonly string[] = [
  initiativeType.name,
  noteType.name,
  feedbackType.name,
  photoType.name,
  meetingType.name,
  minuteType.name,
  actionType.name,
]
/** Ids of these follow from what they are about: one that were destroyed could never be written again. Earlier values alone go. */
const BY_FIELDS: readonly string[] = [checkType.name, cycleType.name]

/** Whether a purge of this scope can be asked for of a record of the type. */
export function mayPurge(type: RecordType, scope: PurgeScope): boolean {
  if (scope === 'record') return WHOLE.includes(type.name)
  const fields = purgeableFields(type)
  return scope.every((field) => fields.includes(field))
}

/** Whether a purge is asked for of records of the type at all. */
export function isPurgeable({ name }: RecordType): boolean {
  return WHOLE.includes(name) || BY_FIELDS.includes(name)
}

/** What is to be destroyed: the earlier values of some fields, the present ones stay; or all of the record. */
export const purgeScopeSchema = v.union([
  v.literal('record'),
  v.pipe(v.array(v.pipe(v.string(), v.maxLength(40))), v.minLength(1), v.maxLength(40)),
])
export type PurgeScope = v.InferOutput<typeof purgeScopeSchema>

export const purgeExtentRequestSchema = v.strictObject({ id: recordIdSchema, scope: purgeScopeSchema })

export type PurgeExtentRequest = v.InferOutput<typeof purgeExtentRequestSchema>

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const purgeRequestSchema = v.strictObject({
  ...purgeExtentRequestSchema.entries,
  reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_PURGE_REASON)),
  /** Revision of the values that are to stay: nobody may have changed them since. */
  rev: v.optional(count),
})
export type PurgeRequest = v.InferOutput<typeof purgeRequestSchema>

/** How much a purge destroys, or did. */
export const purgeExtentSchema = v.object({
  /** Entries of histories that lose values. */
  history: count,
  /** 要確認, decided ones included, and how many of them wait for a decision. */
  conflicts: count,
  openConflicts: count,
  /** Mutations kept aside: parked and held ones. */
  parked: count,
  /** Records that go altogether, by type: the one asked for and what hangs on it. */
  records: v.record(v.string(), count),
})
export type PurgeExtent = v.InferOutput<typeof purgeExtentSchema>

/** Fields whose earlier values can be destroyed by themselves: those in which people write freely. */
export function purgeableFields(type: RecordType): string[] {
  return Object.entries(type.fields).flatMap(([name, { freeText }]) => (freeText === true ? [name] : []))
}

/** Ids that say where a record belongs; they stay when its other fields are emptied. */
function structural(type: RecordType): readonly string[] {
  if (type === conflictType) return ['target', 'targetType', 'field', 'by', 'unit']
  return [...(type.parent === undefined ? [] : [type.parent.field]), ...(type.standingUnits ?? [])]
}

/** The fields of a record of which everything was destroyed. */
export function emptied({ type, fields }: StoredRecord): StoredRecord['fields'] {
  const definition = typeOf(type)
  const kept = definition === undefined ? [] : structural(definition)
  return Object.fromEntries(Object.entries(fields).filter(([name]) => kept.includes(name)))
}

/** Fields of a history of which nothing is destroyed. */
const keptInHistory = (type: string): readonly string[] => {
  const definition = typeOf(type)
  return ['stage', 'removed', ...(definition === undefined ? [] : structural(definition))]
}

/** The mark of a purge of a record that is at this revision. */
export function markOf(scope: PurgeScope, rev: number): PurgeMark {
  return Object.fromEntries((scope === 'record' ? [EVERY_FIELD] : scope).map((field) => [field, rev]))
}

/** Revision below which values of the field are destroyed; 0 = none. */
const purgedUpTo = (mark: PurgeMark, field: string): number =>
  Math.max(mark[field] ?? 0, mark[EVERY_FIELD] ?? 0)

type Side = 'from' | 'to' | 'mine'
/** Values of one history entry that are to go, by field. */
export type Doomed = ReadonlyMap<string, readonly Side[]>

/**
 * What of each entry is to go, by place; undefined = nothing. Of a field's entries up to the mark all values but the last
 * one's `to`, which is the value that stays; where everything goes, that one too. What was null says nothing and stays null.
 */
export function doomedIn(
  type: string,
  entries: readonly HistoryEntry[],
  mark: PurgeMark,
): (Doomed | undefined)[] {
  const kept = keptInHistory(type)
  const seen = new Set<string>()
  const doomed: (Doomed | undefined)[] = entries.map(() => undefined)
  for (const [place, entry] of [...entries.entries()].toReversed()) {
    const sides = new Map<string, readonly Side[]>()
    for (const [field, change] of Object.entries(entry.set)) {
      if (kept.includes(field) || entry.rev > purgedUpTo(mark, field)) continue
      const stays = !seen.has(field) && entry.rev > (mark[EVERY_FIELD] ?? 0)
      seen.add(field)
      const going = (['from', 'to', 'mine'] as const).filter((side) => {
        const value = change[side] ?? null
        return value !== null && !isPurged(value) && !(stays && side === 'to')
      })
      if (going.length > 0) sides.set(field, going)
    }
    if (sides.size > 0) doomed[place] = sides
  }
  return doomed
}

/** The entry with these values destroyed. */
export function withoutDoomed(entry: HistoryEntry, doomed: Doomed): HistoryEntry {
  const set = Object.entries(entry.set).map(([field, change]): [string, typeof change] => {
    const gone = (doomed.get(field) ?? []).map((side) => [side, PURGED_VALUE] as const)
    return [field, { ...change, ...Object.fromEntries(gone) }]
  })
  return { ...entry, set: Object.fromEntries(set) }
}

/**
 * Fields in which a mutation may set out from what was destroyed: marked ones whose present value it does not set out from,
 * with the value that has to be found elsewhere. A create of a record that is there sets out from what it says itself.
 */
export function inDoubt(
  { op, set }: Pick<Mutation, 'op' | 'set'>,
  { record, mark }: { readonly record: StoredRecord | undefined; readonly mark: PurgeMark },
): [field: string, value: Json][] {
  return Object.entries(set)
    .filter(([field]) => mark[field] !== undefined)
    .map(([field, { from, to }]): [string, Json] => [field, op === 'create' ? to : from])
    .filter(([field, value]) => record === undefined || !jsonEqual(value, fieldOf(record, field)))
}

/** Whether a history still holds the value as one of the field. */
export function holdsValue(entries: readonly HistoryEntry[], field: string, value: Json): boolean {
  if (isPurged(value)) return false
  return entries.some(({ set }) => {
    const change = set[field]
    return change !== undefined && Object.values(change).some((side) => jsonEqual(side ?? null, value))
  })
}

/** Whether one of the fields was changed after the revision. */
export function isChangedSince(
  entries: readonly HistoryEntry[],
  { fields, rev }: { readonly fields: readonly string[]; readonly rev: number },
): boolean {
  return entries.some(
    (entry) =>
      entry.rev > rev &&
      fields.some((field) => {
        const change = entry.set[field]
        return change !== undefined && !jsonEqual(change.from, change.to)
      }),
  )
}

/** True of a record that was destroyed as a whole. */
export function isDestroyed(record: StoredRecord | undefined, mark: PurgeMark | undefined): boolean {
  return mark?.[EVERY_FIELD] !== undefined && record?.removed !== false
}
