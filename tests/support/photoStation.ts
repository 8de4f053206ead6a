/** A tablet with photos: the real shelf and queue against the real handlers, over a network that can be told to fail. */
import { createHash } from 'node:crypto'
import { IDBFactory } from 'fake-indexeddb'
import { putBlobChunk, readBlob, readBlobState } from '../../functions/src/handlers/blobs.ts'
import type { SigningTablet } from '../../functions/src/handlers/quarantine.ts'
import { putStoppedChunk } from '../../functions/src/handlers/stoppedBlobs.ts'
import { BLOB_CHUNK_BYTES } from '../../src/domain/blobs.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { type Result, err, ok } from '../../src/domain/result.ts'
import { quarantineProofText } from '../../src/domain/session.ts'
import type { Refusal } from '../../src/domain/wire.ts'
import type {
  BlobRoute,
  BlobTransport,
  OwnPhoto,
  PhotoShelf,
  ShrunkPhoto,
} from '../../src/sync/photoPorts.ts'
import { PhotoQueue } from '../../src/sync/photoQueue.ts'
import type { TransportError } from '../../src/sync/ports.ts'
import type { DeviceKey } from './deviceKey.ts'
import { makeJpeg } from './jpeg.ts'
import { memoryBlobs } from './memoryBlobs.ts'
import { type Station, type World, intention, openStation, save } from './world.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What the network does with the next requests for bytes. */
export interface PhotoFaults {
  /** Requests until it goes. */
  requestsLeft: number
  /** Coming answers to lose after the server has handled the request. */
  loseAnswers: number
  /** Sends every chunk twice. */
  duplicate: boolean
  /** Called once when the next chunk is on its way. */
  beforeChunk?: (() => void | Promise<void>) | undefined
}

/** The photos of one tablet. */
export interface TabletPhotos {
  readonly shelf: PhotoShelf
  readonly queue: PhotoQueue
  readonly faults: PhotoFaults
  /** Requests so far, e.g. `put sha256 0`. */
  readonly asked: string[]
  /** The tablet's clock. */
  readonly clock: { nowMs: number }
}

export interface PhotoStation extends Station, TabletPhotos {
  readonly disk: IDBFactory
}

/** Opens a tablet of the actor, or opens it again on its disk; bytes go to `objects`. */
export async function openPhotoStation(
  world: World,
  {
    actor,
    objects,
    disk = new IDBFactory(),
  }: {
    actor: Station['actor']
    objects: Map<string, Uint8Array>
    disk?: IDBFactory
  },
): Promise<PhotoStation> {
  const station = await openStation(world, actor, disk)
  return { ...station, ...(await openPhotos(world, { tablet: station.tablet, actor, objects })), disk }
}

/** Shelf and queue of an open tablet; with its `key` it can speak for itself. */
export async function openPhotos(world: World, where: Where): Promise<TabletPhotos> {
  const { tablet } = where
  const shelf = await tablet.photos()
  const faults: PhotoFaults = { requestsLeft: Infinity, loseAnswers: 0, duplicate: false }
  const asked: string[] = []
  const clock = { nowMs: 0 }
  const queue = new PhotoQueue({
    shelf,
    transport: transportOf(world, { ...where, faults, asked }),
    clock: {
      now: () => new Date(clock.nowMs).toISOString(),
      nowMs: () => clock.nowMs,
      after: () => () => undefined,
      random: () => 0.5,
    },
    async tryRun(work) {
      await work()
      return true
    },
    textWaits: async () => (await tablet.outbox.queuedCount()) > 0,
  })
  return { shelf, queue, faults, asked, clock }
}

interface Where extends Pick<Station, 'actor' | 'tablet'> {
  readonly objects: Map<string, Uint8Array>
  readonly key?: DeviceKey
}

function transportOf(
  world: World,
  { actor, objects, key, faults, asked }: Where & Pick<TabletPhotos, 'faults' | 'asked'>,
): BlobTransport {
  const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${actor.uid}`) }
  const deps = { ...world.deps, blobs: memoryBlobs(objects), hashBytes: sha256 }
  async function over<T>(
    what: string,
    handle: () => Promise<Result<T, Refusal>>,
  ): Promise<Result<T, TransportError>> {
    asked.push(what)
    faults.requestsLeft -= 1
    if (faults.requestsLeft < 0) return err({ type: 'offline' })
    const answer = await handle()
    if (faults.loseAnswers > 0) {
      faults.loseAnswers -= 1
      return err({ type: 'offline' })
    }
    return answer.ok ? answer : err({ type: 'refused', refusal: answer.error })
  }
  async function signed(bytes: Uint8Array): Promise<SigningTablet> {
    const text = quarantineProofText(caller.deviceId, sha256(bytes))
    return { deviceId: caller.deviceId, proof: { text, signature: (await key?.signText(text)) ?? '' } }
  }
  const stateOf = async ({ id, field, stopped }: BlobRoute): ReturnType<typeof readBlobState> =>
    stopped === undefined
      ? readBlobState(deps, caller, { id, field })
      : putStoppedChunk(deps, await signed(new Uint8Array()), { place: { id, field, ...stopped } })

  return {
    state: (route) => over(`state ${route.field}`, () => stateOf(route)),
    async put({ id, field, stopped }, { bytes, ...where }) {
      const { beforeChunk } = faults
      faults.beforeChunk = undefined
      await beforeChunk?.()
      const chunk = { ...where, bytes: new Uint8Array(bytes) }
      const send = async (): ReturnType<typeof putBlobChunk> =>
        stopped === undefined
          ? putBlobChunk(deps, caller, { place: { id, field }, chunk })
          : putStoppedChunk(deps, await signed(chunk.bytes), { place: { id, field, ...stopped }, chunk })
      if (faults.duplicate) await send()
      return over(`put ${field} ${where.offset}`, send)
    },
    async get({ id, field }) {
      const got = await over(`get ${field}`, () => readBlob(deps, caller, { id, field }))
      return got.ok ? ok(Uint8Array.from(got.value.bytes).buffer) : got
    },
  }
}

let made = 0

/** A picture of about so many chunks; no two are alike. */
export function picture(chunks = 2.5): ShrunkPhoto {
  made += 1
  const bytes = makeJpeg({ length: Math.round(chunks * BLOB_CHUNK_BYTES), seed: made })
  const thumb = makeJpeg({ width: 240, height: 180, length: 500, seed: made })
  return {
    picture: bytes.buffer,
    thumb: thumb.buffer,
    width: 640,
    height: 480,
    bytes: bytes.length,
    sha256: sha256(bytes),
    thumbSha256: sha256(thumb),
  }
}

/** Saves a held photo as one of the row. */
export async function savePhoto(
  station: Pick<Station, 'tablet'>,
  { id, ...facts }: OwnPhoto,
  initiative: string,
): Promise<void> {
  const set = { stage: 'posted', initiative, ...facts }
  const blobs = [facts.sha256, facts.thumbSha256]
  await save(station, { ...intention('photo', 'create', { id, set }), blobs })
}
