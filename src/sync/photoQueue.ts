/**
 * Photos on their way [S24]: own ones to the server in chunks, one after another, then the unit's thumbnails to the tablet.
 * Text goes first: while any is queued nothing is sent here. No DOM; it drives ports and never throws at its caller.
 */
import { BLOB_CHUNK_BYTES } from '../domain/blobs.ts'
import { type RecordId, asClientId } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { BlobPlace, BlobRoute, BlobTransport, PhotoShelf, Upload } from './photoPorts.ts'
import type { Clock, TransportError } from './ports.ts'
import { Rounds } from './rounds.ts'
import { Schedule } from './schedule.ts'

export interface PhotoQueuePorts {
  readonly shelf: PhotoShelf
  readonly transport: BlobTransport
  readonly clock: Clock
  /** Runs the work if no other tab sends photos. */
  readonly tryRun: (work: () => Promise<void>) => Promise<boolean>
  /** Whether text waits to be sent. */
  readonly textWaits: () => Promise<boolean>
}

/** Where the photos of this tablet are. */
export interface PhotoProgress {
  /** Saved here, not yet on the server. */
  readonly waiting: readonly RecordId[]
  /** The server does not take them. */
  readonly refused: readonly RecordId[]
  /** On its way now, with its share from 0 to 1. */
  readonly sending: { readonly id: RecordId; readonly share: number } | undefined
}

/** A thumbnail that has not reached the server is asked for again after this time. */
const ABSENT_MS = 5 * 60_000
/** A server that asks for the same chunk more often than this does not get on. */
const MAX_REPEATS = 5

/** `later`, and `unknown` to the server: not now, but the next one may go; `stopped`: nothing goes now. */
type Sent = 'done' | 'gone' | 'refused' | 'later' | 'unknown' | 'stopped' | 'textFirst'

export class PhotoQueue {
  private readonly ports: PhotoQueuePorts
  private readonly schedule: Schedule
  private readonly listeners = new Set<(progress: PhotoProgress) => void>()
  /** When a thumbnail was last asked for and not there. */
  private readonly absent = new Map<RecordId, number>()
  private readonly rounds = new Rounds(() => this.runOnce(), { open: true })
  /** The grant was over when somebody last asked: by the tablet's own key [S26]. */
  private handsOver = false
  /** Photos of records that the server has not and will not have: their bytes are nobody's. */
  private readonly unclaimed = new Set<RecordId>()
  private current: PhotoProgress = { waiting: [], refused: [], sending: undefined }

  constructor(ports: PhotoQueuePorts) {
    this.ports = ports
    this.schedule = new Schedule(ports.clock, () => void this.rounds.run())
  }

  get progress(): PhotoProgress {
    return this.current
  }

  /** Calls back with every change; the answer unsubscribes. */
  onProgress(listener: (progress: PhotoProgress) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** The grant stands: sends what can go now, or once more after the running round. Resolves when that is done. */
  run(): Promise<void> {
    this.handsOver = false
    this.unclaimed.clear()
    return this.rounds.run()
  }

  /** Looks again at what waits, without sending. */
  async refresh(): Promise<void> {
    const { shelf } = this.ports
    this.show({ waiting: await shelf.waiting(), refused: await shelf.refusedOnes() })
  }

  /**
   * Sends everything by the tablet's own key, also what belongs to parked records: headquarters may adopt them [S26]. Answers
   * whether nothing is left that the server would take.
   */
  async handOver(): Promise<boolean> {
    this.handsOver = true
    await this.rounds.run()
    await this.refresh()
    return this.current.waiting.every((id) => this.unclaimed.has(id))
  }

  /** Ends sending; resolves when the running round has come to rest. */
  async stop(): Promise<void> {
    this.schedule.cancel()
    await this.rounds.end()
  }

  private async runOnce(): Promise<void> {
    try {
      await this.ports.tryRun(() => this.round())
      await this.refresh()
    } catch {
      // The database: the engine tells the person; photos come after it [S7].
      this.schedule.next('failed')
    }
  }

  private async round(): Promise<void> {
    const { shelf, textWaits } = this.ports
    this.schedule.cancel()
    await shelf.collect()
    await this.refresh()
    const passed = new Set<RecordId>()
    for (;;) {
      if (this.rounds.isEnded || (await textWaits())) return
      const upload = await shelf.nextUpload(passed, { stopped: this.handsOver })
      if (upload === undefined) break
      passed.add(upload.id)
      const sent = await this.send(upload)
      await this.note(upload.id, sent)
      if (sent === 'textFirst') return
      if (sent === 'stopped') return this.schedule.next('failed')
      if (sent === 'unknown' && this.handsOver) this.unclaimed.add(upload.id)
      else if (sent === 'later' || sent === 'unknown') this.schedule.next('failed')
    }
    if (!this.handsOver) await this.fetchThumbs()
  }

  private async note(id: RecordId, sent: Sent): Promise<void> {
    const { shelf } = this.ports
    if (sent === 'done') await shelf.uploaded(id)
    if (sent === 'gone') await shelf.giveUp(id)
    if (sent === 'refused') await shelf.refused(id)
    this.show({ sending: undefined })
    await this.refresh()
  }

  /** The thumbnail first: others see something soon. */
  private async send(upload: Upload): Promise<Sent> {
    const { id, thumbSha256, sha256, bytes, savedAs } = upload
    const stopped = this.handsOver ? (savedAs ?? NOWHERE) : undefined
    this.show({ sending: { id, share: 0 } })
    const thumb = await this.sendBlob({ id, field: 'thumbSha256', sha256: thumbSha256, stopped })
    if (thumb !== 'done') return thumb
    return this.sendBlob({ id, field: 'sha256', sha256, stopped }, bytes)
  }

  /** Goes on where the server is, chunk by chunk. `sizeBytes` is given where it is known and worth showing. */
  private async sendBlob(route: BlobRoute, sizeBytes?: number): Promise<Sent> {
    const { shelf, transport, textWaits } = this.ports
    let answer = await transport.state(route)
    let repeats = 0
    let last = -1
    for (;;) {
      if (!answer.ok) return sentOf(answer.error, route)
      const state = answer.value
      if (state.type === 'complete') return 'done'
      if (state.type === 'refused') return 'refused'
      repeats = state.offset > last ? 0 : repeats + 1
      if (repeats > MAX_REPEATS) return 'later'
      last = state.offset
      if (this.rounds.isEnded || (await textWaits())) return 'textFirst'
      const size = sizeBytes ?? (await shelf.read(route.sha256))?.byteLength
      const range = { offset: state.offset, length: BLOB_CHUNK_BYTES }
      const bytes = size === undefined ? undefined : await shelf.readRange(route.sha256, range)
      if (size === undefined || bytes === undefined) return 'gone'
      if (sizeBytes !== undefined) this.show({ sending: { id: route.id, share: state.offset / sizeBytes } })
      answer = await transport.put(route, { offset: state.offset, sizeBytes: size, bytes })
    }
  }

  private async fetchThumbs(): Promise<void> {
    const { shelf, textWaits, clock } = this.ports
    for (const place of await shelf.missingThumbs()) {
      if (this.rounds.isEnded || (await textWaits())) return
      const askedMs = this.absent.get(place.id)
      const sinceMs = askedMs === undefined ? Infinity : clock.nowMs() - askedMs
      if (sinceMs >= 0 && sinceMs < ABSENT_MS) continue
      const got = await this.fetch(place)
      if (got.ok) continue
      if (got.error.type !== 'refused') return
      this.absent.set(place.id, clock.nowMs())
    }
  }

  /** Bytes from the tablet, else from the server, and then kept. */
  async fetch(place: BlobPlace): Promise<Result<ArrayBuffer, TransportError>> {
    const { shelf, transport } = this.ports
    const held = await shelf.read(place.sha256)
    if (held !== undefined) return { ok: true, value: held }
    const got = await transport.get(place)
    if (got.ok) await shelf.cache(place, got.value)
    return got
  }

  private show(change: Partial<PhotoProgress>): void {
    this.current = { ...this.current, ...change }
    for (const listener of this.listeners) listener(this.current)
  }
}

/** For a record the server took before the grant ended: it finds that by its id. */
const NOWHERE = { clientId: asClientId('none'), mid: 1 }

/** A record the server does not know may come; everything else stops the round. */
function sentOf(error: TransportError, { stopped }: BlobRoute): Sent {
  if (error.type !== 'refused') return 'stopped'
  const { type } = error.refusal
  // Not this person's record any more; a stopped tablet hears it when its grant stands after all.
  if (type === 'forbidden') return stopped === undefined ? 'unknown' : 'stopped'
  return type === 'notFound' || type === 'invalid' ? 'unknown' : 'stopped'
}
