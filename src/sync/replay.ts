/** What a person sees: the server's version with pending mutations replayed by the server's own function [S4]. */
import type { Actor } from '../domain/actor.ts'
import { decide } from '../domain/decide.ts'
import type { Mutation } from '../domain/mutation.ts'
import type { Json } from '../domain/json.ts'
import type { StoredRecord } from '../domain/record.ts'
import { typeOf } from '../domain/types/index.ts'
import { upcast } from '../domain/versions.ts'
import type { OutboxEntry } from './ports.ts'

interface ReplayInput {
  readonly base: StoredRecord | undefined
  readonly parent: StoredRecord | undefined
  /** Entries of this record in order of saving; parked ones do not count, save where nothing else is there to show. */
  readonly entries: readonly Pick<OutboxEntry, 'mutation' | 'state'>[]
  readonly actor: Actor
}

/** The record as shown; undefined when there is nothing to show. Mutations that no longer apply are passed over. */
export function replay({ base, parent, entries, actor }: ReplayInput): StoredRecord | undefined {
  let record = base
  for (const { mutation, state } of entries) {
    if (state === 'parked') continue
    const type = typeOf(mutation.type)
    if (type === undefined) continue
    const context = { actor, now: mutation.at, record, parent, baseRev: record?.rev, openConflicts: {} }
    const decided = decide(type, upcast(type, mutation), context)
    // Pending work does not raise the revision: that number is the server's.
    if (decided.ok) record = { ...decided.value.record, rev: base?.rev ?? 0 }
  }
  return record ?? shownParked(entries, actor)
}

/** A create the server refused is still shown as the person wrote it [S12]. */
function shownParked(entries: ReplayInput['entries'], actor: Actor): StoredRecord | undefined {
  const create = entries.find(({ state, mutation }) => state === 'parked' && mutation.op === 'create')
  if (create === undefined) return undefined
  const { mutation } = create
  return {
    type: mutation.type,
    id: mutation.id,
    rev: 0,
    stage: typeof mutation.set['stage']?.to === 'string' ? mutation.set['stage'].to : 'draft',
    fields: valuesOf(mutation),
    removed: false,
    createdBy: actor.uid,
    createdAt: mutation.at,
    updatedBy: actor.uid,
    updatedAt: mutation.at,
    receiptNo: null,
  }
}

/** Field values a mutation sets, without its stage. */
export function valuesOf(mutation: Pick<Mutation, 'set'>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(mutation.set).flatMap(([field, { to }]) =>
      field === 'stage' || to === null ? [] : [[field, to] as const],
    ),
  )
}
