/** What the sync engine asks of the tablet and of the network. db/ and transport/ implement these; tests use them too. */
import type { Stream } from '../domain/actor.ts'
import type { Rejection } from '../domain/decide.ts'
import type { ClientId, IsoTime, RecordId } from '../domain/ids.ts'
import type { Intention, Mutation } from '../domain/mutation.ts'
import type { Pulled, Since } from '../domain/patch.ts'
import type { Facets, StoredRecord } from '../domain/record.ts'
import type { Result } from '../domain/result.ts'
import type { SnapshotLine, SnapshotRequest } from '../domain/snapshot.ts'
import type {
  Cursor,
  HistoryEntry,
  PullRequest,
  PushRequest,
  PushResponse,
  Receipt,
  Refusal,
  Row,
} from '../domain/wire.ts'
import type { StopSignal } from './stop.ts'

/**
 * One mutation on its way: `queued` → receipt → `settled` → out of the outbox once a complete pull covers it [S13]; or
 * `parked` [S12]. What has left is kept aside for 30 days: a server restored from a backup may not know it any more [S22].
 */
export interface OutboxEntry {
  /** Order of saving on this tablet. */
  readonly n: number
  readonly clientId: ClientId
  readonly mid: number
  readonly recordId: RecordId
  readonly mutation: Mutation
  readonly hash: string
  readonly sizeBytes: number
  readonly state: 'queued' | 'settled' | 'parked'
  readonly receipt: Receipt | null
  /** Number of the last pull begun when the receipt came. */
  readonly settledAtPull: number
  /** The person gave it up after it was parked: should it be sent again, its receipt is nobody's business. */
  readonly givenUp: boolean
}

/** Light entry of the one generic index: what lists and counts need of a record. */
export interface IndexEntry {
  readonly id: RecordId
  readonly type: string
  readonly rev: number
  readonly stage: string
  readonly facets: Facets
  readonly updatedAt: IsoTime
  readonly updatedBy: string
  readonly receiptNo: string | null
  /** Mutations queued or parked on this tablet. */
  readonly queued: number
  readonly parked: number
}

/** Light entries; undefined where there is nothing to show any more. */
export type EntriesById = ReadonlyMap<RecordId, IndexEntry | undefined>

/** A record as the person sees it: the server's version with their pending mutations replayed [S4]. */
export interface Shown {
  readonly record: StoredRecord
  readonly parent: StoredRecord | undefined
  readonly queued: readonly OutboxEntry[]
  readonly parked: readonly OutboxEntry[]
}

/** Why a save was refused; nothing was written. `notLoaded`: the app's code is not all here yet. */
export type SaveError =
  | Rejection
  | { readonly type: 'tooLarge'; readonly sizeBytes: number }
  | { readonly type: 'storageFull' }
  /** The database is gone until the page is loaded again [S7]. */
  | { readonly type: 'storageDead' }
  | { readonly type: 'notLoaded' }

/** Why saves made together were refused: the first that was, by its place, and the reason. Nothing of them was written. */
export interface SaveRefusal {
  readonly index: number
  readonly error: SaveError
}

export interface Unasked {
  readonly after: number
  readonly upTo: number
}

export interface Outbox {
  /** Writes the entry and the shown row in one durable transaction [S1]. */
  save(intention: Intention): Promise<Result<OutboxEntry, SaveError>>
  /** Many saves in one such transaction: in order, each on what the ones before leave behind, all of them or none. */
  saveAll(intentions: readonly Intention[]): Promise<Result<readonly OutboxEntry[], SaveRefusal>>
  /** Queued entries of one clientId with successive mids, at most `mutations` many and `bytes` large (but at least one). */
  nextBatch(limit: { readonly mutations: number; readonly bytes: number }): Promise<readonly OutboxEntry[]>
  /** Notes receipts; an entry settles only on a receipt with its own content hash [S13]. */
  settle(clientId: ClientId, receipts: readonly Receipt[]): Promise<void>
  /** ClientIds of which this tablet holds mutations that a server has answered. */
  answeredClients(): Promise<readonly ClientId[]>
  /**
   * Queues everything held of `clientId` again: the server answers what it knows, and names the first that differs. Beyond
   * `lmid`, the last it knows, it is renumbered under a new clientId when `lmid + 1` itself is no longer held [S11], [S22].
   */
  sendAgain(clientId: ClientId, lmid: number): Promise<void>
  /**
   * Mints a clientId and renumbers queued entries of `clientId` from `mid` on [S10], but those that were not asked about and
   * that the server may have: with a mid beyond `after`, and not beyond `upTo`.
   */
  renumberFrom(clientId: ClientId, mid: number, unasked?: Unasked): Promise<void>
  /** Of each clientId the last mutation that a server has answered, as far as it is still held. */
  lastAnswered(): Promise<readonly OutboxEntry[]>
  queuedCount(): Promise<number>
  /** Queued and parked entries in order of saving: all, or those of these records. */
  unsettled(ids?: readonly RecordId[]): Promise<readonly OutboxEntry[]>
  /** Gives up a parked entry; the server keeps its content. */
  discardParked(n: number): Promise<void>
}

/** How far a tablet is: its cursors, and streams of which it does not hold all that they say. */
export interface Place {
  readonly cursors: Readonly<Record<string, Cursor>>
  readonly since: Since
}

/** A pull's number, and how far the tablet is. */
export interface BegunPull extends Place {
  readonly pull: number
}

/** What an answer leaves. */
export type Applied =
  | { readonly type: 'more' }
  /** Streams known to be wrong; of one where a patch does not fit nothing is taken [S22]. */
  | { readonly type: 'wrong'; readonly streams: readonly Stream[] }
  /** `newEpoch`: one of the server under which it was not yet asked what it knows of this tablet [S22]. */
  | { readonly type: 'whole'; readonly newEpoch: string | undefined; readonly queued: number }

export interface Replica {
  place(): Promise<Place>
  /** Marks the start of a pull. */
  beginPull(): Promise<BegunPull>
  /** The same where nothing comes before it; undefined, with nothing marked, while entries wait or the replica has not started. */
  beginPullIfIdle(): Promise<BegunPull | undefined>
  /**
   * Applies rows, cursors and lost streams in one transaction [S21]. Entries parked for want of a record that has come now are
   * asked about again [S11]. After the last page of the pull of that number, settled entries that it covers leave the outbox.
   */
  apply(answer: Pulled, pull: number): Promise<Applied>
  /** Whether a pull was ever complete: until then the tablet may start from a snapshot [S23]. */
  isStarted(): Promise<boolean>
  /**
   * Applies a snapshot's pages and their cursors in one transaction, where a page takes its stream on from where it is here;
   * answers how many did, and how many rows are held now over all streams [S21], [S23].
   */
  applySnapshot(pages: readonly SnapshotPage[]): Promise<{ readonly applied: number; readonly rows: number }>
  /** Notes that the server was asked under this epoch what it knows of this tablet [S22]. */
  noteEpoch(epoch: string): Promise<void>
  /** Empties a stream so that the next pull starts it over; false when it was done within the last hour [S22]. */
  restart(stream: Stream): Promise<boolean>
  /** Notes that a tab syncs and is at work; `atMs` is the tablet's time [S5]. */
  beat(atMs: number): Promise<void>
  /** The last such note, from whichever tab. */
  lastBeat(): Promise<number | undefined>
}

/** What lists need of rows that are kept together, and where each begins: one place in each of the first lists for each row. */
export interface PackHead {
  readonly ids: readonly RecordId[]
  readonly seqs: readonly number[]
  readonly revs: readonly number[]
  /** Offsets behind each record in the text of all, in UTF-16 units; in packs of former releases in their bytes. */
  readonly ends: readonly number[]
  /** Offsets behind each block that it is cut into; absent in packs of former releases, of which all is in one. */
  readonly blocks?: readonly number[]
  /** Names of the types in it, and ids of the records that some hang on. */
  readonly types: readonly string[]
  readonly parents: readonly string[]
  /** The light entries, none for types this release does not know (db/headEntries.ts). */
  readonly entries: string
}

/** A page of a snapshot, made ready beside the page the person looks at: it is written as it is [S23]. */
export interface SnapshotPage {
  readonly after: number
  readonly stream: Stream
  readonly cursor: Cursor
  readonly rows: readonly Omit<Row, 'record'>[]
  /**
   * The rows' records as JSON (null for one that has left), one after another, cut between some; and the offsets behind each
   * record in all of them together.
   */
  readonly blocks: readonly string[]
  readonly ends: readonly number[]
  /** Undefined when some have left the stream, or something of them was destroyed [S18]. `texts`: what search scans. */
  readonly packed: { readonly head: PackHead; readonly texts: readonly string[] } | undefined
}

/** What a snapshot's part consists of. */
export type SnapshotPiece =
  Exclude<SnapshotLine, { readonly type: 'page' }> | { readonly type: 'page'; readonly page: SnapshotPage }

/** Why the network or server did not answer with what was asked. */
export type TransportError =
  | { readonly type: 'offline' }
  /** The network is there, but too slow for this much at once. */
  | { readonly type: 'timeout' }
  | { readonly type: 'signInNeeded' }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'malformed' }

export interface Transport {
  /** `stop` gives a request up; what it then answers is of no interest. */
  push(request: PushRequest, stop?: StopSignal): Promise<Result<PushResponse, TransportError>>
  /** In patches; the rows of another server may be whole. */
  pull(request: PullRequest & Place, stop?: StopSignal): Promise<Result<Pulled, TransportError>>
  /** Push of a tablet that may no longer sync, signed by its own key; refused as `forbidden` while it may [S26]. */
  quarantine(request: PushRequest, stop?: StopSignal): Promise<Result<PushResponse, TransportError>>
  history(id: RecordId): Promise<Result<readonly HistoryEntry[], TransportError>>
}

/** Where a snapshot comes from [S23]. */
export interface SnapshotSource {
  /** Hands over the next part, whatever has come when what came before is dealt with. A piece it throws at ends the part. */
  read(
    request: SnapshotRequest,
    take: (pieces: readonly SnapshotPiece[]) => Promise<void>,
    stop?: StopSignal,
  ): Promise<Result<void, TransportError>>
}

/** A person's standing with the server, as the engine learns it [S26]. */
export interface Grant {
  /** The server has answered them; its clock says `serverTime`. */
  met(serverTime: IsoTime): void
  /** Whether what travels beside the outbox (photos) has reached the server too. */
  drained(): Promise<boolean>
  /** Their access is gone and everything unsent is in quarantine: the tablet may be wiped. Told again at every sync. */
  ended(): void
}

export interface Clock {
  now(): IsoTime
  nowMs(): number
  /** Calls back once after `delayMs`; the answer cancels. */
  after(delayMs: number, callback: () => void): () => void
  /** 0 ≤ x < 1, for jitter. */
  random(): number
}

export interface Lock {
  /** Runs `work` if no other tab syncs [S5]; answers whether it ran. `lost` says that another tab has taken over. */
  tryRun(work: (lost?: StopSignal) => Promise<void>): Promise<boolean>
}

/** The tablet's records, read by views through the stores. */
export interface Records {
  /** Light entries that were kept to be shown first; none where any has changed since. */
  front(): Promise<readonly IndexEntry[]>
  keepFront(ids: readonly RecordId[]): Promise<void>
  /** The whole light index. */
  all(): Promise<readonly IndexEntry[]>
  /** Light entries by id; undefined where there is none. */
  some(ids: readonly RecordId[]): Promise<readonly (IndexEntry | undefined)[]>
  read(id: RecordId): Promise<Shown | undefined>
  /** Several in one transaction, in no order; those with nothing to show are left out. */
  readAll(ids: readonly RecordId[]): Promise<readonly Shown[]>
  /** Records of a type whose facet has the value, e.g. notes of an initiative. */
  where(type: string, facet: string, value: string): Promise<readonly Shown[]>
  /** Records whose search text holds all keys (queryKeys), of whatever type, in no order. */
  search(keys: readonly string[]): Promise<readonly RecordId[]>
  /**
   * Calls back with ids that look different now, whichever tab or sync changed them, and with their light entries where this
   * tab has just written them, of some or all; the answer unsubscribes.
   */
  onChange(listener: (ids: readonly RecordId[], entries?: EntriesById) => void): () => void
}

/**
 * Forms being typed into, kept so that a killed tab loses at most the last keystroke [S3]. An id that begins with a dot is
 * no form of a person's, and is not listed.
 */
export interface Forms {
  load(id: string): Promise<unknown>
  keep(id: string, value: unknown): Promise<void>
  drop(id: string): Promise<void>
  /** Ids of kept forms, newest first. */
  list(): Promise<readonly string[]>
}

/** What the person has seen on this tablet (notices, the first explanation), by ids of the views' making. */
export interface Seen {
  load(): Promise<readonly string[]>
  /** Adds ids, also to what another tab has added; the oldest are forgotten beyond some thousand. */
  add(ids: readonly string[]): Promise<readonly string[]>
}
