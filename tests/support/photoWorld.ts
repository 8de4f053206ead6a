/** A bureau whose people send photos' bytes and ask for them as raw requests. */
import { expect } from 'vitest'
import { BLOB_CHUNK_BYTES } from '../../src/domain/blobs.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import type { Receipt } from '../../src/domain/wire.ts'
import { makeJpeg } from './jpeg.ts'
import { listen } from './listening.ts'
import { memoryBlobs } from './memoryBlobs.ts'
import { callerOf, openOutboxes } from './outboxes.ts'
import { sha256 } from './photoStation.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from './world.ts'

/** Status and body. */
type Answered = [number, unknown]

export interface PhotoWorld extends World {
  readonly url: string
  /** What the server keeps, by key. */
  readonly objects: Map<string, Uint8Array>
  /** Pushes one mutation from the person's own outbox and answers its receipt. */
  send(uid: string, what: Intention): Promise<Receipt>
  makeRow(stage?: 'draft' | 'submitted'): Promise<string>
  /** A photo's record on a draft; its bytes are still to come. */
  makePhoto(bytes: Uint8Array, row?: string): Promise<string>
  bearer(uid: string): Promise<{ authorization: string }>
  request(uid: string, path: string, init?: RequestInit): Promise<Response>
  put(
    uid: string,
    path: string,
    chunk: { readonly offset: number; readonly size: number; readonly bytes: Uint8Array },
  ): Promise<Answered>
  /** Sends everything in chunks and answers what the last one came to. */
  upload(uid: string, path: string, bytes: Uint8Array): Promise<Answered>
  state(uid: string, path: string): Promise<Answered>
}

export async function openPhotoWorld(): Promise<PhotoWorld> {
  const world = await openWorld()
  await enrol(world, 'staff', 'kameido', ['staff'])
  await enrol(world, 'mate', 'kameido', ['staff'])
  await enrol(world, 'lead', 'kameido', ['lead'])
  await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  await enrol(world, 'hq', 'somu', ['hq'])
  const objects = new Map<string, Uint8Array>()
  const server = await listen(world.deps, memoryBlobs(objects))
  const { url } = server
  const push = openOutboxes(world.deps)
  const photos: PhotoWorld = {
    ...world,
    url,
    objects,
    send: (uid, what) => push(uid, what, { rev: what.op === 'create' ? 0 : 1 }),
    async makeRow(stage = 'draft') {
      const id = newId()
      await photos.send(
        'lead',
        intention('initiative', 'create', { id, set: { ...draftValues('kameido', '棚'), stage } }),
      )
      return id
    },
    async makePhoto(bytes, row) {
      const id = newId()
      const made = await photos.send('staff', photoOf(row ?? (await photos.makeRow()), bytes, id))
      expect(made).toMatchObject({ outcome: 'accepted' })
      return id
    },
    async bearer(uid) {
      const { authorization = '' } = await server.headersOf(callerOf(uid))
      return { authorization }
    },
    async request(uid, path, init = {}) {
      return fetch(`${url}/api/blobs/${path}`, {
        ...init,
        headers: { ...(await photos.bearer(uid)), ...Object.fromEntries(new Headers(init.headers)) },
      })
    },
    put: async (uid, path, { offset, size, bytes }) =>
      answered(
        await photos.request(uid, `${path}?offset=${offset}&size=${size}`, {
          method: 'PUT',
          headers: { 'content-type': 'application/octet-stream' },
          body: Uint8Array.from(bytes),
        }),
      ),
    async upload(uid, path, bytes) {
      let last: Answered = [0, undefined]
      for (let offset = 0; offset < bytes.length; offset += BLOB_CHUNK_BYTES) {
        const chunk = bytes.subarray(offset, offset + BLOB_CHUNK_BYTES)
        last = await photos.put(uid, path, { offset, size: bytes.length, bytes: chunk })
      }
      return last
    },
    state: async (uid, path) => answered(await photos.request(uid, `${path}/state`)),
    async close() {
      server.close()
      await world.close()
    },
  }
  return photos
}

export const answered = async (response: Response): Promise<Answered> => [
  response.status,
  await response.json(),
]

export const photoOf = (initiative: string, bytes: Uint8Array, id = newId()): Intention =>
  intention('photo', 'create', {
    id,
    set: {
      stage: 'posted',
      initiative,
      sha256: sha256(bytes),
      thumbSha256: sha256(makeJpeg({ seed: 200 })),
      width: 640,
      height: 480,
      bytes: bytes.length,
    },
  })

export const COMPLETE = [200, { type: 'complete' }]
export const NOT_FOUND = [404, { type: 'notFound' }]
/** Of three chunks. */
export const LARGE = makeJpeg({ length: 2 * BLOB_CHUNK_BYTES + 1000 })
