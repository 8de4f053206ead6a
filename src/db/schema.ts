/** The tablet's database: one per person [S26], opened durable. Versions are only ever added. */
import { Dexie, type DexieOptions, type EntityTable, type Table } from 'dexie'
import type { ClientId, RecordId } from '../domain/ids.ts'
import type { StoredRecord } from '../domain/record.ts'
import type { PhotoFacts } from '../sync/photoPorts.ts'
import type { IndexEntry, OutboxEntry, PackHead } from '../sync/ports.ts'
import { Directory } from './directory.ts'
import { Unpacked } from './unpacked.ts'

/** Server version of a record as one stream carries it [S20]. */
export interface RowRecord {
  readonly stream: string
  readonly id: RecordId
  readonly seq: number
  readonly rev: number
  readonly record: StoredRecord
}

/** A row as it is kept by itself, over what a pack says of it; null = it has left the stream since. Key: stream + id. */
export interface StoredRow extends Omit<RowRecord, 'record'> {
  readonly record: StoredRecord | null
}

/**
 * Many rows of one stream that came together, as text: written at once, and read by the block [S23]. Key: stream + n, which is
 * the pack's number for its first block, and one less for each that follows.
 */
export interface BlockRecord {
  readonly stream: string
  readonly n: number
  /** The records' JSON, one after another. */
  readonly text: string
}

/** As releases before schema 8 have made them; their packs count in bytes. */
export interface FormerBlock extends Pick<BlockRecord, 'stream' | 'n'> {
  /** UTF-8. */
  readonly bytes: ArrayBuffer
}

/** What lists need of a pack's rows, and where each begins in it. Key: stream + n. */
export interface HeadRecord extends Omit<PackHead, 'ids'> {
  readonly stream: string
  readonly n: number
  /** null where a record has left the pack: what is said at its place is no longer so. */
  readonly ids: readonly (RecordId | null)[]
  /** Records that have left it, of which the JSON still lies in it. */
  readonly left?: readonly RecordId[]
  /** Number under which its blocks and its search text lie, where records have left it since; else `n`. */
  readonly at?: number
}

/** Search text of a pack's rows, in the same order. Key: stream + n of the pack when it was made. */
export interface TextRecord {
  readonly stream: string
  readonly n: number
  readonly texts: readonly string[]
}

/** What is held of a stream: cursor, and count and sum kept in step with its rows [S22]. */
export interface StreamState {
  readonly stream: string
  readonly epoch: string
  readonly seq: number
  readonly count: number
  readonly sum: string
  /** What is held did not add up at the last complete page, or a patch did not fit. */
  readonly wrong: boolean
  /** Cursor of the last complete page; absent = none since the stream was begun. Rows held are those of then, or later ones. */
  readonly whole?: number
}

/** The identity of this database [S2]; key 'me'. Beside it lie the heartbeat [S5] and what was destroyed [S18]. */
export interface ClientState {
  readonly key: 'me'
  readonly clientId: ClientId
  readonly nextMid: number
  /** Number of the last pull begun. */
  readonly pull: number
  /** Epochs of the server under which it was asked what it knows of this tablet [S22]. */
  readonly epochs: readonly string[]
  /** A pull was once complete: the replica has started [S23]. */
  readonly started?: boolean
  /** Release of the app that wrote the index; absent before releases were noted. */
  readonly release?: string
  /** The server's time at the last page applied. */
  readonly serverTimeMs?: number
}

/** A mutation the server has and a complete pull has shown, kept for a server that is restored from a backup [S22]. */
export interface AckedEntry {
  readonly entry: OutboxEntry
  /** By the server's clock. */
  readonly ackedAtMs: number
}

/** When a stream was last started over [S22]. */
export interface RestartState {
  readonly stream: string
  readonly atMs: number
}

/** Bytes kept by their SHA-256 [S24]: own ones on their way, others as a cache. */
export interface BlobRecord {
  readonly sha256: string
  readonly sizeBytes: number
  /** Thumbnails stay when room is made. */
  readonly thumb: boolean
  /** When they were last looked at; the least recent go first. */
  readonly usedAtMs: number
}

/** One piece of a blob, of BLOB_CHUNK_BYTES but the last. IndexedDB of some browsers loses Blobs; it keeps buffers. */
export interface ChunkRecord {
  readonly sha256: string
  readonly index: number
  readonly bytes: ArrayBuffer
}

/** A photo of this tablet whose bytes the server is to have; it is sent once its record is there. Key: the record's id. */
export interface UploadRecord {
  readonly id: RecordId
  /** Id of the form that holds the photo until it is saved. */
  readonly holder: string
  /** What its record says, or will say. */
  readonly photo: PhotoFacts
  readonly addedAtMs: number
  /** `sent` ones are kept for a server that is restored from a backup [S22]; `refused` ones the server does not take. */
  readonly state: 'unsent' | 'sent' | 'refused'
  readonly sentAtMs: number
  /** When it was taken out of its form; it may be put back. */
  readonly asideAtMs?: number | undefined
}

/** A form being typed into; never the outbox [S3]. */
export interface FormDraft {
  readonly id: string
  readonly value: unknown
  readonly savedAt: string
}

/** Stored index entry: the light entry plus its facet keys (`type|facet|value`), the one generic index. */
export interface StoredIndexEntry extends IndexEntry {
  /** Normalised text that search scans (domain/search.ts). */
  readonly search: string
  readonly keys: readonly string[]
  /** There is nothing to show any more of what a pack still holds. */
  readonly gone?: true
}

/** The entries that the list shows first (front.ts). */
export interface FrontRecord {
  readonly key: 'list'
  readonly entries: readonly IndexEntry[]
}

/** Stored outbox entry; `n` is given by the database. */
export type NewOutboxEntry = Omit<OutboxEntry, 'n'>

export class TabletDatabase extends Dexie {
  declare readonly client: EntityTable<ClientState, 'key'>
  declare readonly streams: EntityTable<StreamState, 'stream'>
  declare readonly restarts: EntityTable<RestartState, 'stream'>
  declare readonly rows: Table<StoredRow, [string, string]>
  declare readonly packs: Table<BlockRecord | FormerBlock, [string, number], BlockRecord>
  declare readonly heads: Table<HeadRecord, [string, number]>
  declare readonly texts: Table<TextRecord, [string, number]>
  declare readonly outbox: Table<OutboxEntry, number, NewOutboxEntry>
  declare readonly acked: Table<AckedEntry, [string, number]>
  declare readonly index: EntityTable<StoredIndexEntry, 'id'>
  declare readonly fronts: EntityTable<FrontRecord, 'key'>
  declare readonly forms: EntityTable<FormDraft, 'id'>
  declare readonly blobs: EntityTable<BlobRecord, 'sha256'>
  declare readonly chunks: Table<ChunkRecord, [string, number]>
  declare readonly uploads: EntityTable<UploadRecord, 'id'>

  readonly directory = new Directory()
  readonly unpacked = new Unpacked()

  /** Not to be opened anew: a tab whose person signed out elsewhere must not make the database again. */
  isClosedForGood = false

  constructor(name: string, options: DexieOptions = {}) {
    super(name, { chromeTransactionDurability: 'strict', autoOpen: false, ...options })
    // What live queries need: each write would be described, kept and told to every other tab. There are none (DbContext.changed).
    for (const name of ['Observability', 'Cache']) this.unuse({ stack: 'dbcore', name })
    // A newer release in another tab may change the database meanwhile; one that is deleted stays so.
    this.on('versionchange', ({ newVersion }) => {
      if (newVersion === null) this.closeForGood()
    })
    // Dexie compares this with what is there: tables and indexes that a former release lacked are made, whatever it was. Versions 2–4
    // brought some. From 5 on the entries of a head are columns (headEntries.ts), from 6 on the bytes of a pack are in blocks (packs.ts),
    // from 7 on records leave packs of which the blocks stay (repacking.ts), and no release opens what a newer one has made (tablet.ts). One
    // before 7 does: it takes the blocks of packs that were left for strays. What it has taken, a start over brings again (renewal.ts).
    // From 8 on blocks are text (packs.ts).
    this.version(8).stores({
      client: 'key',
      streams: 'stream',
      restarts: 'stream',
      rows: '[stream+id], id',
      outbox: '++n, [clientId+mid], recordId, state, mutation.resolves, mutation.type',
      acked: '[entry.clientId+entry.mid], ackedAtMs',
      index: 'id, type, *keys',
      forms: 'id',
      blobs: 'sha256, usedAtMs',
      chunks: '[sha256+index]',
      uploads: 'id, holder, state',
      packs: '[stream+n]',
      heads: '[stream+n], *ids, *types, *parents',
      texts: '[stream+n]',
      fronts: 'key',
    })
  }

  closeForGood(): void {
    this.isClosedForGood = true
    this.close()
  }
}

/** Name of a person's database. */
export function databaseName(uid: string): string {
  return `kaizencho-${uid}`
}
