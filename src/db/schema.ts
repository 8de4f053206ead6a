/** The tablet's database: one per person [S26], opened durable. Versions are only ever added. */
import { Dexie, type DexieOptions, type EntityTable, type Table } from 'dexie'
import type { ClientId, RecordId } from '../domain/ids.ts'
import type { StoredRecord } from '../domain/record.ts'
import type { IndexEntry, OutboxEntry } from '../sync/ports.ts'

/** Server version of a record as one stream carries it. Key: stream + id [S20]. */
export interface RowRecord {
  readonly stream: string
  readonly id: RecordId
  readonly seq: number
  readonly rev: number
  readonly record: StoredRecord
}

/** What is held of a stream: cursor, and count and sum kept in step with its rows [S22]. */
export interface StreamState {
  readonly stream: string
  readonly epoch: string
  readonly seq: number
  readonly count: number
  readonly sum: string
}

/** The identity of this database [S2]; one row, key 'me'. */
export interface ClientState {
  readonly key: 'me'
  readonly clientId: ClientId
  readonly nextMid: number
  /** Number of the last pull begun. */
  readonly pull: number
}

/** When a stream was last started over [S22]. */
export interface RestartState {
  readonly stream: string
  readonly atMs: number
}

/** A form being typed into; never the outbox [S3]. */
export interface FormDraft {
  readonly id: string
  readonly value: unknown
  readonly savedAt: string
}

/** Stored index entry: the light entry plus its facet keys (`type|facet|value`), the one generic index. */
export interface StoredIndexEntry extends IndexEntry {
  readonly keys: readonly string[]
}

/** Stored outbox entry; `n` is given by the database. */
export type NewOutboxEntry = Omit<OutboxEntry, 'n'>

export class TabletDatabase extends Dexie {
  declare readonly client: EntityTable<ClientState, 'key'>
  declare readonly streams: EntityTable<StreamState, 'stream'>
  declare readonly restarts: EntityTable<RestartState, 'stream'>
  declare readonly rows: Table<RowRecord, [string, string]>
  declare readonly outbox: Table<OutboxEntry, number, NewOutboxEntry>
  declare readonly index: EntityTable<StoredIndexEntry, 'id'>
  declare readonly forms: EntityTable<FormDraft, 'id'>

  constructor(name: string, options: DexieOptions = {}) {
    super(name, { chromeTransactionDurability: 'strict', ...options })
    this.version(1).stores({
      client: 'key',
      streams: 'stream',
      restarts: 'stream',
      rows: '[stream+id], id',
      outbox: '++n, [clientId+mid], recordId, state',
      index: 'id, type, *keys',
      forms: 'id',
    })
  }
}

/** Name of a person's database. */
export function databaseName(uid: string): string {
  return `kaizencho-${uid}`
}
