/** What the stores are given by main.ts; they never import db or transport themselves. */
import type { InjectionKey } from 'vue'
import type { Actor } from '../domain/actor.ts'
import type { ChangesSince } from '../domain/changes.ts'
import type { DeviceId, RecordId } from '../domain/ids.ts'
import type { Lease } from '../domain/lease.ts'
import type { Result } from '../domain/result.ts'
import type { TableRow } from '../domain/csv.ts'
import type { TableFile, TableProblem } from '../domain/table.ts'
import type { HistoryEntry } from '../domain/wire.ts'
import type { Accounts, Auth, HeldDesk, People, Profile, PurgeDesk } from '../sync/peoplePorts.ts'
import type { Forms, Outbox, Records, Seen, TransportError } from '../sync/ports.ts'
import type { BlobPlace, OwnPhoto, PhotoProblem } from '../sync/photoPorts.ts'
import type { PhotoProgress } from '../sync/photoQueue.ts'
import type { SyncStatus } from '../sync/status.ts'

/** What views need of the ports. */
export type { OwnPhoto, PhotoProblem } from '../sync/photoPorts.ts'
export type {
  AccountError,
  HeldDesk,
  PasswordError,
  PersonHere,
  PinRefusal,
  PinStanding,
  PurgeDesk,
} from '../sync/peoplePorts.ts'
export type { Forms, IndexEntry, Shown } from '../sync/ports.ts'

/** One signed-in person's place on this tablet: their database and its sync. */
export interface Workplace {
  readonly profile: Profile
  readonly actor: Actor
  readonly records: Records
  readonly outbox: Outbox
  readonly forms: Forms
  readonly seen: Seen
  readonly sync: SyncControl
  /** Loads when it is first asked for; undefined while it cannot. */
  photos(): Promise<Photos | undefined>
  readonly accounts: Accounts
  history(id: RecordId): Promise<Result<readonly HistoryEntry[], TransportError>>
  /** What the server accepted about 取組 after a moment; with `fields` of these alone. */
  changes(since: string, fields?: readonly string[]): Promise<Result<ChangesSince, TransportError>>
  /** Headquarters' desk for 預かった記録; undefined while its code cannot be loaded. */
  held(): Promise<HeldDesk | undefined>
  /** Where headquarters destroys personal data; undefined while its code cannot be loaded. */
  purges(): Promise<PurgeDesk | undefined>
  /** The device record of this tablet and person; undefined when they are not enrolled. */
  deviceId(): Promise<DeviceId | undefined>
  newId(): RecordId
  now(): string
  /** Calls back with the offline lease [S26], at once and whenever it was looked at. */
  onLease(listener: (lease: Lease) => void): void
  /** Calls back when the person's access is gone and everything unsent is with headquarters [S26]; maybe more than once. */
  onEnded(listener: () => void): void
  /** Ends syncing and closes the database. */
  close(): Promise<void>
  /** Closes and deletes the database. */
  destroy(): Promise<void>
}

/** Photos as the stores use them [S24]. */
export interface Photos {
  /** Makes a picture ready and keeps it, durably, for a form. */
  add(holder: string, file: Blob): Promise<Result<OwnPhoto, { readonly type: PhotoProblem }>>
  /** What a form holds and has not saved. */
  heldBy(holder: string): Promise<readonly OwnPhoto[]>
  /** Takes a held photo out of its form, or puts it back. It is let go with `release`, or after a day. */
  setAside(id: RecordId, aside: boolean): Promise<void>
  release(id: RecordId): Promise<void>
  /** Bytes from the tablet, else from the server. `absent`: nobody has sent them yet. */
  load(place: BlobPlace): Promise<Result<Blob, { readonly type: 'absent' | 'offline' }>>
  /** Saved here, not yet on the server. */
  waiting(): Promise<readonly RecordId[]>
  /** Calls back at once and with every change; the answer unsubscribes. */
  onProgress(listener: (progress: PhotoProgress) => void): () => void
  /** Sends what can go now; resolves when that has ended one way or the other. */
  send(): Promise<void>
}

/** The sync engine as views see it; it may still be loading. */
export interface SyncControl {
  onStatus(listener: (status: SyncStatus) => void): () => void
  /** Syncs now; resolves when that has ended one way or the other. */
  now(): Promise<void>
  saved(): void
  /** Server clock minus tablet clock in ms, undefined before the first answer. */
  clockSkewMs(): number | undefined
}

export interface StorageState {
  readonly usedBytes: number | null
  readonly quotaBytes: number | null
  /** Whether the browser promised not to evict; null = it does not say. */
  readonly persisted: boolean | null
}

/** Reads and writes files beside the page; what is given up is undefined. */
export interface FileDesk {
  read(file: Blob, signal: AbortSignal): Promise<Result<readonly TableRow[], TableProblem> | undefined>
  write(table: TableFile, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined>
}

/** `left`: gave the tablet to someone else, or signed out; `ended`: may not use it any more. */
export interface Departure {
  readonly uid: string
  readonly how: 'left' | 'ended'
}

export interface AppPorts {
  readonly auth: Auth
  openWorkplace(profile: Profile): Promise<Workplace>
  /** Loads what a workplace works with, as far as it can. */
  loadAhead(): void
  /** Tells the other tabs that a person has gone from this tablet, and is told. */
  readonly otherTabs: {
    announce(departure: Departure): void
    onDeparture(listener: (departure: Departure) => void): void
  }
  /** Nobody is in any more; sessions stay. */
  leave(): Promise<void>
  people(): Promise<People>
  files(): Promise<FileDesk>
  /** Takes everything of an ended person off the tablet; false when it is not time yet. */
  wipe(workplace: Workplace): Promise<boolean>
  readonly storage: {
    state(): Promise<StorageState>
    /** Asks the browser not to evict; answers what it said. */
    persist(): Promise<boolean | null>
  }
  readonly updates: {
    /** Calls back when a new version waits; `apply` switches to it and reloads. */
    watch(listener: (apply: () => void) => void): void
    /** Looks for a new version, switches to it and reloads. */
    now(): Promise<void>
  }
}

export const PORTS: InjectionKey<AppPorts> = Symbol('ports')
