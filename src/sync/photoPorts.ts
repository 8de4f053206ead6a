/** What photos ask of the tablet and of the network [S24]; db/ and transport/ implement these. */
import type { BlobState } from '../domain/blobs.ts'
import type { ClientId, RecordId } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { TransportError } from './ports.ts'

/** What a photo's record says of its bytes. */
export interface PhotoFacts {
  readonly sha256: string
  readonly thumbSha256: string
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** The fields of a photo's record that name bytes. */
export type BlobField = 'sha256' | 'thumbSha256'

/** Bytes, reached through the record that names them. */
export interface BlobPlace {
  readonly id: RecordId
  readonly field: BlobField
  readonly sha256: string
}

/** A picture ready to be kept: re-encoded, without metadata, its thumbnail beside it. */
export interface ShrunkPhoto extends PhotoFacts {
  readonly picture: ArrayBuffer
  readonly thumb: ArrayBuffer
}

/**
 * Why a chosen file does not become a photo: too large to be decoded, in Apple's format that this browser cannot read, no
 * picture or a damaged one, no room on the tablet, or a failure of ours.
 */
export type PhotoProblem = 'tooLarge' | 'heic' | 'unreadable' | 'storageFull' | 'failed'

/** A photo of this tablet, saved or still with its form. */
export interface OwnPhoto extends PhotoFacts {
  /** Of its record, also before there is one. */
  readonly id: RecordId
}

/** Where a mutation stands in its outbox. */
export interface OutboxPlace {
  readonly clientId: ClientId
  readonly mid: number
}

/** A photo whose bytes the server is to have now. */
export interface Upload extends OwnPhoto {
  /** The mutation that names it, while it is in the outbox. */
  readonly savedAs: OutboxPlace | undefined
}

/** Photos on the tablet. */
export interface PhotoShelf {
  /** Keeps a picture for the form, durably; one that it holds already is not kept twice. Throws StorageFullError. */
  hold(holder: string, photo: ShrunkPhoto): Promise<OwnPhoto>
  /** What a form holds and has not saved, in the order it was added, without what is set aside. */
  heldBy(holder: string): Promise<readonly OwnPhoto[]>
  /** Takes a held photo out of its form, or puts it back. It is let go with `release`, or after a day. */
  setAside(id: RecordId, aside: boolean): Promise<void>
  /** Lets a held photo go; one whose record is saved stays. */
  release(id: RecordId): Promise<void>
  /** Bytes by their hash; undefined when the tablet has not got them. */
  read(sha256: string): Promise<ArrayBuffer | undefined>
  /** Bytes from `offset` on, at most `length`; undefined when the tablet has not got them. */
  readRange(
    sha256: string,
    range: { readonly offset: number; readonly length: number },
  ): Promise<ArrayBuffer | undefined>
  /** Keeps bytes that came from the server; others that were not looked at for long may go. No room is no harm. */
  cache(place: BlobPlace, bytes: ArrayBuffer): Promise<void>
  /** Makes room: gives up bytes the server has, least recently used first. Answers how many. */
  evict(sizeBytes: number): Promise<number>
  /**
   * The oldest photo whose record the server has and whose bytes it has not, but none of `except`. From a `stopped` tablet it
   * takes those of parked records too [S26].
   */
  nextUpload(
    except: ReadonlySet<RecordId>,
    tablet: { readonly stopped: boolean },
  ): Promise<Upload | undefined>
  /** The server has all of it. */
  uploaded(id: RecordId): Promise<void>
  /** The server does not take it, whatever is done. */
  refused(id: RecordId): Promise<void>
  /** Its bytes are not here: it cannot be sent. */
  giveUp(id: RecordId): Promise<void>
  /** Photos saved here that the server has not got yet. */
  waiting(): Promise<readonly RecordId[]>
  /** Photos saved here that the server does not take. */
  refusedOnes(): Promise<readonly RecordId[]>
  /** Thumbnails of the unit's rows that are not here, newest first. */
  missingThumbs(): Promise<readonly BlobPlace[]>
  /** Lets go of photos whose form and record are both gone, and of those set aside that nobody has released. */
  collect(): Promise<void>
}

/** `stopped`: by the tablet's own key, for a mutation that is in quarantine [S26]. */
export interface BlobRoute extends BlobPlace {
  readonly stopped?: OutboxPlace | undefined
}

export interface BlobTransport {
  /** How far the server is. */
  state(route: BlobRoute): Promise<Result<BlobState, TransportError>>
  /** Sends one chunk; answers how far the server is then. */
  put(
    route: BlobRoute,
    chunk: { readonly offset: number; readonly sizeBytes: number; readonly bytes: ArrayBuffer },
  ): Promise<Result<BlobState, TransportError>>
  /** The bytes, checked against their hash. */
  get(place: BlobPlace): Promise<Result<ArrayBuffer, TransportError>>
}
