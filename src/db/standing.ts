/**
 * What saves stand on: records read once, as shown, and carried on in memory from one save to the next, so that many are
 * decided in one transaction as if each had been written before the next. Runs inside the caller's transaction.
 */
import type { Actor } from '../domain/actor.ts'
import { type RecordId, asRecordId } from '../domain/ids.ts'
import type { LookUp } from '../domain/invariants.ts'
import type { Intention } from '../domain/mutation.ts'
import { type StoredRecord, fieldOf } from '../domain/record.ts'
import { parentIdOf as parentNamedIn, typeOf } from '../domain/types/index.ts'
import { replay } from '../sync/replay.ts'
import { idsOfType, idsWhere } from './facets.ts'
import { readEntries } from './light.ts'
import type { NewOutboxEntry, StoredIndexEntry, TabletDatabase } from './schema.ts'
import { type Sources, baseOf, indexEntryOf, parentIdOf, readSources } from './shown.ts'

/** A record and what it hangs on, as the saves so far leave them. */
export interface Stand extends Pick<Sources<NewOutboxEntry>, 'rows' | 'entries'> {
  readonly record: StoredRecord | undefined
  readonly parent: StoredRecord | undefined
}

interface State {
  readonly source: Sources<NewOutboxEntry>
  /** Worked out when it was first asked for: as shown with that parent, and as a parent of others. */
  shown?: Pick<Stand, 'record' | 'parent'>
  asParent?: Pick<Stand, 'record'>
}

export class Standing implements LookUp {
  readonly actor: Actor
  private readonly db: TabletDatabase
  private readonly states = new Map<RecordId, State>()
  private readonly stages = new Map<string, string>()
  /** As the last save that touched them left them. */
  private readonly touched = new Map<RecordId, StoredRecord | undefined>()

  constructor(db: TabletDatabase, actor: Actor) {
    this.db = db
    this.actor = actor
  }

  /** Reads what these saves are decided by, in as few turns as there can be. */
  async prepare(intentions: readonly Intention[]): Promise<void> {
    const units = [...new Set(intentions.flatMap(unitsIn))].map(asRecordId)
    const [entries] = await Promise.all([
      units.length === 0 ? [] : readEntries(this.db, units),
      this.read(intentions.flatMap(idsIn)),
    ])
    for (const entry of entries) if (entry !== undefined) this.stages.set(entry.id, entry.stage)
  }

  private async read(ids: readonly RecordId[]): Promise<void> {
    const sources = await this.fetch(ids)
    const parents = sources.map(parentIdOf).filter((id) => id !== undefined)
    // Where all are known, do not wait: a transaction does not outlive many waits without the database.
    if (parents.some((id) => !this.states.has(id))) await this.fetch(parents)
  }

  private async fetch(ids: readonly RecordId[]): Promise<Sources[]> {
    const missing = [...new Set(ids)].filter((id) => !this.states.has(id))
    if (missing.length === 0) return []
    const sources = await readSources(this.db, missing)
    for (const [id, source] of sources) this.states.set(id, { source })
    return [...sources.values()]
  }

  /** `named`: what it will hang on should it not exist yet. Record and parent must have been read. */
  standOf(id: RecordId, named?: RecordId): Stand {
    const state = this.stateOf(id)
    const { rows, entries } = state.source
    const parentId = parentIdOf(state.source) ?? named
    const parent = parentId === undefined ? undefined : this.asParent(parentId)
    if (state.shown === undefined || state.shown.parent !== parent)
      state.shown = { record: this.replay(state.source, parent), parent }
    return { rows, entries, ...state.shown }
  }

  private asParent(id: RecordId): StoredRecord | undefined {
    const state = this.stateOf(id)
    state.asParent ??= { record: this.replay(state.source, undefined) }
    return state.asParent.record
  }

  private replay(
    source: Sources<NewOutboxEntry>,
    parent: StoredRecord | undefined,
  ): StoredRecord | undefined {
    return replay({ base: baseOf(source), parent, entries: source.entries, actor: this.actor })
  }

  private stateOf(id: RecordId): State {
    const state = this.states.get(id)
    if (state === undefined) throw new Error(`${id} was not read.`)
    return state
  }

  /** Carries a save on, with the record that was decided. */
  take(
    entry: NewOutboxEntry,
    { record, parent }: { record: StoredRecord; parent: StoredRecord | undefined },
  ): void {
    const { recordId, mutation } = entry
    const { source } = this.stateOf(recordId)
    // Pending work does not raise the revision: that number is the server's.
    const shown = { record: { ...record, rev: baseOf(source)?.rev ?? 0 }, parent }
    this.states.set(recordId, { source: { ...source, entries: [...source.entries, entry] }, shown })
    this.touched.set(recordId, shown.record)
    const { resolves } = mutation
    if (resolves === undefined) return
    const conflict = this.stateOf(resolves).source
    this.states.set(resolves, { source: { ...conflict, resolved: true } })
    this.touched.set(resolves, this.standOf(resolves).record)
  }

  /** Stage of a 部所 that a save names. */
  stageOf(unit: string): string | undefined {
    const id = asRecordId(unit)
    return this.touched.has(id) ? this.touched.get(id)?.stage : this.stages.get(unit)
  }

  record(id: string): ReturnType<LookUp['record']> {
    const stage = this.stageOf(id)
    return Promise.resolve(stage === undefined ? undefined : { stage })
  }

  async ofType(name: string): Promise<StoredRecord[]> {
    const ids = this.amend(await idsOfType(this.db, name), ({ type }) => type === name)
    await this.read(ids)
    return ids.map((id) => this.standOf(id).record).filter((record) => record !== undefined)
  }

  /** How many other records of the type hang on the same parent. */
  async siblings({ id, type }: Pick<Intention, 'id' | 'type'>, parentId: RecordId): Promise<number> {
    const facet = typeOf(type)?.parent?.field
    if (facet === undefined) return 0
    const known = await idsWhere(this.db, { type, facet, value: parentId })
    const ids = this.amend(known, (record) => record.type === type && fieldOf(record, facet) === parentId)
    return ids.filter((sibling) => sibling !== id).length
  }

  /** What the database lists, as it will after the saves so far. */
  private amend(ids: readonly RecordId[], belongs: (record: StoredRecord) => boolean): RecordId[] {
    const amended = new Set(ids)
    for (const [id, record] of this.touched) {
      if (record !== undefined && !record.removed && belongs(record)) amended.add(id)
      else amended.delete(id)
    }
    return [...amended]
  }

  /** The light entries after all saves; undefined where there is nothing to show any more. */
  entries(): Map<RecordId, StoredIndexEntry | undefined> {
    return new Map(
      [...this.touched].map(([id, record]) => [id, indexEntryOf(record, this.stateOf(id).source.entries)]),
    )
  }
}

/** Records that a save is decided by. */
function idsIn(intention: Intention): RecordId[] {
  const ids = [intention.id, intention.resolves, parentNamedIn(intention)]
  return ids.filter((id) => id !== undefined).map(asRecordId)
}

/** 部所 that a save names. */
function unitsIn({ type, set }: Intention): string[] {
  const fields = typeOf(type)?.standingUnits ?? []
  return fields.map((field) => set[field]?.to).filter((unit) => typeof unit === 'string')
}
