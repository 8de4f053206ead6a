/**
 * The storage port: documents by key in a few collections, one transaction at a time from the caller's view.
 * Inside `transact` all reads come before all writes (Firestore asks for it; commit.ts buffers its writes).
 * tests/unit/functions/storageContract.ts is the one suite every adapter passes.
 */
import type { Checksum } from '../../../src/domain/checksum.ts'
import type { Json } from '../../../src/domain/json.ts'
import type { Trail } from '../../../src/domain/patch.ts'
import type { Feed, StoredRecord } from '../../../src/domain/record.ts'
import type { HistoryEntry, PurgeMark, Receipt } from '../../../src/domain/wire.ts'

/** Head of a stream [S19]. Key: stream name. */
export interface HeadDoc {
  readonly epoch: string
  readonly seq: number
  /** Cursors below it cannot be continued. */
  readonly floor: number
  readonly count: number
  readonly sum: Checksum
  /** seq of the last row that left the stream; absent where none has since this was first noted. */
  readonly lastGoneSeq?: number
}

/** A record's last change in one stream. Key: `${stream}|${id}`. `record: null` is a tombstone. */
export interface RowDoc {
  readonly stream: string
  readonly id: string
  readonly seq: number
  readonly rev: number
  readonly record: StoredRecord | null
  /** As its record says it [S18]. */
  readonly purged?: PurgeMark
  /** Absent on a tombstone, and where an earlier version wrote the row. */
  readonly trail?: Trail
}

/** The record itself. Key: record id. `parent` and `type` are there for the indexes; '' = no parent. */
export interface RecordDoc {
  readonly record: StoredRecord
  readonly type: string
  readonly parent: string
  /** History entries so far. */
  readonly changes: number
  /** What was destroyed of its values [S18]. */
  readonly purged?: PurgeMark
  /** By stream, the trails of its rows; they hold while its parent has moved as often as then. */
  readonly trails?: { readonly moves: number; readonly of: Readonly<Record<string, Trail>> }
  /** How often what hangs on it was fed anew; absent = never. */
  readonly moves?: number
}

/** One accepted change. Key: `${recordId}|${order}`. `order` counts within the record; `feeds` is who could see it then. */
export interface HistoryDoc {
  readonly recordId: string
  readonly order: number
  /** Of the record; with `acceptedAtMs`, the entry's in Unix ms, its place among all changes. */
  readonly type: string
  readonly acceptedAtMs: number
  readonly feeds: readonly Feed[]
  readonly entry: HistoryEntry
}

/** One outbox database as the server knows it [S9]. Key: clientId. */
export interface ClientDoc {
  readonly uid: string
  readonly deviceId: string
  readonly lmid: number
}

/** Receipt kept for replay [S10]. Key: `${clientId}|${mid}`. */
export interface ReceiptDoc {
  readonly receipt: Receipt
  readonly recordId: string
  readonly acceptedAt: string
  /** How it came through quarantine [S26]. */
  readonly imported?: Approval | undefined
  readonly adopted?: Approval | undefined
}

/** A mutation kept aside with its full content [S12]. Key: `${clientId}|${mid}`. */
export interface ParkedDoc {
  readonly uid: string
  readonly deviceId: string
  readonly clientId: string
  readonly mid: number
  readonly mutation: Json
  /** The record it is about, and the one that hangs on; '' = not known. */
  readonly recordId: string
  readonly parentId: string
  readonly reason: Receipt['reason'] | null
  readonly parkedAt: string
  /** Record id it waits for [S11]; '' when it does not wait. */
  readonly waitingFor: string
  /** Waits for headquarters' decision, or was set aside by it [S26]; '' or absent (earlier versions) = neither. */
  readonly held?: '' | 'quarantine' | 'setAside'
  /** It came in a file that headquarters took in [S27]. */
  readonly imported?: Approval | undefined
  /** Headquarters has it decided for its author; here it still waits, or was refused. */
  readonly adopted?: Approval | undefined
  readonly setAside?: Approval | undefined
}

/** Who at headquarters said so, and when: kept for audit. */
export interface Approval {
  readonly by: string
  readonly at: string
}

/** A single server-wide value. Keys: 'epoch', 'tokenSecret', 'demoLoaded' … */
export interface MetaDoc {
  readonly value: string
}

/** Embedded identity: one account. Key: uid. Unused where Firebase Auth signs people in. */
export interface AccountDoc {
  /** Lower case. */
  readonly email: string
  /** `scrypt$N$r$p$salt$hash`, base64url parts. */
  readonly password: string
  /** It is a one-time password: the person is asked for one of their own. */
  readonly mustChange?: boolean
}

/** Embedded identity: failed sign-ins of one e-mail, known or not. Key: see identity/lockout.ts. */
export interface SignInFailuresDoc {
  /** In a row. */
  readonly failures: number
  /** Unix ms until which sign-in is refused; 0 = open. */
  readonly lockedUntilMs: number
}

/** Embedded identity: one person signed in on one tablet. Key: session id, the first part of its refresh tokens. */
export interface SessionDoc {
  readonly uid: string
  readonly deviceId: string
  /** The device's public key (JWK, JSON text): refreshing asks for its signature. */
  readonly publicKey: string
  /** SHA-256 (hex) of the current refresh token, and of the one before; '' = there was none. */
  readonly currentHash: string
  readonly previousHash: string
  /** Unix ms at which the previous token was exchanged. A lost answer may repeat it for a short while. */
  readonly rotatedAtMs: number
  readonly expiresAtMs: number
}

export interface Docs {
  readonly heads: HeadDoc
  readonly rows: RowDoc
  readonly records: RecordDoc
  readonly history: HistoryDoc
  readonly clients: ClientDoc
  readonly receipts: ReceiptDoc
  readonly parked: ParkedDoc
  readonly meta: MetaDoc
  readonly accounts: AccountDoc
  readonly signInFailures: SignInFailuresDoc
  readonly sessions: SessionDoc
}

export type Collection = keyof Docs

/** Indexes: equality on `equals`, ascending by the number in `order` where given, by key otherwise. */
export const INDEXES = {
  rowsByStream: { collection: 'rows', equals: 'stream', order: 'seq' },
  recordsByType: { collection: 'records', equals: 'type' },
  recordsByParent: { collection: 'records', equals: 'parent' },
  historyByRecord: { collection: 'history', equals: 'recordId', order: 'order' },
  historyByTime: { collection: 'history', equals: 'type', order: 'acceptedAtMs' },
  parkedByWaitingFor: { collection: 'parked', equals: 'waitingFor' },
  parkedByRecord: { collection: 'parked', equals: 'recordId' },
  parkedByParent: { collection: 'parked', equals: 'parentId' },
  /** By mid, so that the first of them are the first of every outbox. */
  parkedByHeld: { collection: 'parked', equals: 'held', order: 'mid' },
  accountsByEmail: { collection: 'accounts', equals: 'email' },
  sessionsByDevice: { collection: 'sessions', equals: 'deviceId' },
  sessionsByUid: { collection: 'sessions', equals: 'uid' },
} as const satisfies Record<string, { collection: Collection; equals: string; order?: string }>

export type IndexName = keyof typeof INDEXES
export type IndexCollection<I extends IndexName> = (typeof INDEXES)[I]['collection']

export interface Found<T> {
  readonly key: string
  readonly doc: T
}

export interface ReadTx {
  get<C extends Collection>(collection: C, key: string): Promise<Docs[C] | undefined>
  /** In the order of `keys`. */
  getAll<C extends Collection>(collection: C, keys: readonly string[]): Promise<(Docs[C] | undefined)[]>
  /** Documents whose indexed field equals `value`; with an ordered index only those beyond `after`. */
  find<I extends IndexName>(
    index: I,
    query: { readonly value: string; readonly after?: number; readonly limit?: number },
  ): Promise<Found<Docs[IndexCollection<I>]>[]>
}

export interface Tx extends ReadTx {
  put<C extends Collection>(collection: C, key: string, doc: Docs[C]): void
  remove(collection: Collection, key: string): void
}

export interface Storage {
  /** All or nothing, durable when it resolves; isolated from every other transaction. `work` may run more than once. */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Reads at one snapshot. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>
  /**
   * Leaves nothing of what was overwritten or removed where the store itself keeps it [S18]. Rare: it may take seconds, and
   * room for a second copy. Throws StorageBusyError while somebody else reads.
   */
  scrub(): Promise<void>
  close(): Promise<void>
}

/** The store is busy (contention did not resolve within the retries); the caller may send the identical request again. */
export class StorageBusyError extends Error {
  override readonly name = 'StorageBusyError'
}

/**
 * A transaction that this store can never take, however often it is sent: too many writes, a document or all of them
 * together too large, a key that cannot be stored. Nothing of it was written.
 */
export class StorageLimitError extends Error {
  override readonly name = 'StorageLimitError'
  readonly limit: 'writes' | 'documentBytes' | 'commitBytes' | 'key'

  constructor(limit: StorageLimitError['limit'], message: string) {
    super(message)
    this.limit = limit
  }
}
