/**
 * What a record and a record type are. A type is data (2-architecture): schema and merge per field, who may do what in
 * which stage, transitions, streams, facets. Everything generic reads these definitions.
 */
import type * as v from 'valibot'
import { type Actor, type Stream, hasRole, streamsOf } from './actor.ts'
import type { Json } from './json.ts'
import type { IsoTime, RecordId, Uid } from './ids.ts'
import type { MergeKind } from './merge.ts'
import type { Change } from './mutation.ts'

/** Field values by name; a missing name means null. */
export type Fields = Readonly<Record<string, Json>>

/** A record as the server keeps it and as streams carry it (there possibly with fields left out). */
export interface StoredRecord {
  readonly type: string
  readonly id: RecordId
  /** +1 per accepted mutation that changed something; 0 = only on the tablet so far. */
  readonly rev: number
  readonly stage: string
  readonly fields: Fields
  readonly removed: boolean
  readonly createdBy: Uid
  readonly createdAt: IsoTime
  readonly updatedBy: Uid
  /** Server time of acceptance; on the tablet, for pending rows, the tablet's. */
  readonly updatedAt: IsoTime
  /** Given by the server with each accepted change [S13]; null while it has none. */
  readonly receiptNo: string | null
}

/** Everything an authorisation rule may look at. `record` is the row as it stands (for a create: as it
 * would be, with rev 0). */
export interface RuleContext {
  readonly actor: Actor
  readonly record: StoredRecord
  readonly parent: StoredRecord | undefined
  /** The value about to be written, where the rule guards a field. */
  readonly value?: Json
}

export type Rule = (context: RuleContext) => boolean

export interface FieldSpec {
  /** 項目名, as shown. */
  readonly label: string
  readonly schema: v.GenericSchema<unknown, Json>
  readonly merge: MergeKind
  /** Who may change it. */
  readonly write: Rule
  /** Free text written by people: not published by a late edit when the audience has widened [S17]. */
  readonly freeText?: true
  /** Must hold a value whenever the record is saved. */
  readonly required?: true
}

export interface Transition {
  /** null = the stage in which a record may be created. */
  readonly from: string | null
  readonly to: string
  readonly by: Rule
  /** Fields that must hold a value once the transition is made. */
  readonly requires?: readonly string[]
}

/** What a mutation sets, by field. */
export type Changes = Readonly<Record<string, Change>>

/** One step between versions of a type: the changes as the next version makes them. Leaves alone what it does not know. */
export type Upcast = (changes: Changes) => Changes

/** A stream a record appears in, and the fields left out there. */
export interface Feed {
  readonly stream: Stream
  readonly omit?: readonly string[]
}

export type FacetValue = string | number | null | readonly string[]
export type Facets = Readonly<Record<string, FacetValue>>

export interface RecordType {
  readonly name: string
  /** Version of `fields`; raised with every change to them. Fields are added, never renamed [S25]. */
  readonly version: number
  /** Steps from version 1 to `version`, in order: what a tablet saved under an older one is decided as of today [S25]. */
  readonly upcasts?: readonly Upcast[]
  readonly label: string
  readonly fields: Readonly<Record<string, FieldSpec>>
  readonly transitions: readonly Transition[]
  /** Who may remove a record (tombstone); nobody when absent. */
  readonly remove?: Rule
  /** The record this one hangs on: the field that holds its id, and its type. */
  readonly parent?: { readonly field: string; readonly type: string }
  /** Fields that name a 部所: none is set to one that has ended (invariants.ts). */
  readonly standingUnits?: readonly string[]
  /** True of a record of which there must always be one: no change takes the last (invariants.ts). */
  readonly indispensable?: (record: StoredRecord) => boolean
  /** Most records of this type on one parent. Its facets name the parent by the parent's field. */
  readonly maxPerParent?: number
  /** Fields that hold the SHA-256 of bytes kept apart [S24]; read by whoever reads the record, written by its author. */
  readonly blobs?: readonly string[]
  /** The unit that answers for the record and resolves its conflicts [S16]; '' or absent = none. */
  readonly unitOf?: (record: StoredRecord, parent: StoredRecord | undefined) => string
  /** Higher = more people see it. A text edit made at a lower rank than now becomes a conflict [S17]. */
  readonly audienceRank: (stage: string) => number
  /** In which streams the record appears; `parent` is given for types that have one. */
  readonly feeds: (record: StoredRecord, parent: StoredRecord | undefined) => readonly Feed[]
  /** What the feeds of records hanging on this one depend on; they are fed anew when it changes. Absent = nothing does. */
  readonly audienceKey?: (record: StoredRecord) => string
  /** What lists and counts go by. */
  readonly facets: (record: StoredRecord) => Facets
  /** Facets that a tablet indexes, as records are looked up by them, beside that of the parent: each costs every save. */
  readonly keyed?: readonly string[]
  /** Texts found by search. */
  readonly searchText: (record: StoredRecord) => readonly string[]
}

/** Field value, null when not filled in. */
export function fieldOf(record: StoredRecord, name: string): Json {
  return record.fields[name] ?? null
}

/** Field value as text, '' when it is not one. */
export function textOf(record: StoredRecord, name: string): string {
  const value = fieldOf(record, name)
  return typeof value === 'string' ? value : ''
}

/** Field value as a list of texts, [] when it is not one. */
export function listOf(record: StoredRecord, name: string): string[] {
  const value = fieldOf(record, name)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** The record as one stream shows it. */
export function project(record: StoredRecord, omit: readonly string[] = []): StoredRecord {
  if (omit.length === 0) return record
  return {
    ...record,
    fields: Object.fromEntries(Object.entries(record.fields).filter(([name]) => !omit.includes(name))),
  }
}

/** In which streams the record belongs by its type: with a removed parent, in none. */
export function feedsByType(
  type: RecordType,
  record: StoredRecord,
  parent: StoredRecord | undefined,
): readonly Feed[] {
  return parent?.removed === true ? [] : type.feeds(record, parent)
}

/** The record as the actor may see it: the union of their streams' projections; undefined when none carries it. */
function projectFor(type: RecordType, { actor, record, parent }: RuleContext): StoredRecord | undefined {
  if (hasRole(actor, 'system')) return record
  const streams = streamsOf(actor)
  const feeds = feedsByType(type, record, parent).filter((feed) => streams.includes(feed.stream))
  if (feeds.length === 0) return undefined
  const hidden = Object.keys(record.fields).filter((name) => feeds.every((feed) => feed.omit?.includes(name)))
  return project(record, hidden)
}

/** True when one of the actor's streams carries the record. */
export function mayRead(type: RecordType, context: RuleContext): boolean {
  return projectFor(type, context) !== undefined
}
