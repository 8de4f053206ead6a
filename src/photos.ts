/** One person's photos on this tablet [S24]: shelf, queue and network joined. Loads with the engine, or with the first photo. */
import type { Tablet } from './db/tablet.ts'
import type { Vault } from './db/vault.ts'
import { err, ok } from './domain/result.ts'
import { photoType } from './domain/types/photo.ts'
import { shrinkPhoto } from './media/shrinkPhoto.ts'
import type { Photos } from './stores/ports.ts'
import { PhotoQueue } from './sync/photoQueue.ts'
import type { Auth } from './sync/peoplePorts.ts'
import { StorageFullError } from './sync/storageErrors.ts'
import { createBlobTransport } from './transport/blobs.ts'
import { browserClock } from './transport/browserClock.ts'

/** Photos as the workplace drives them. */
export interface RunningPhotos extends Photos {
  /** Sends everything by the tablet's own key [S26]; answers whether nothing is left. */
  handOver(): Promise<boolean>
  stop(): Promise<void>
}

export async function createPhotos({
  auth,
  vault,
  tablet,
}: {
  readonly auth: Auth
  readonly vault: Vault
  readonly tablet: Tablet
}): Promise<RunningPhotos> {
  const shelf = await tablet.photos()
  const queue = new PhotoQueue({
    shelf,
    transport: createBlobTransport(auth, vault, tablet.owner),
    clock: browserClock,
    tryRun: (work) =>
      navigator.locks.request(`kaizencho-photos-${tablet.owner}`, { ifAvailable: true }, async (lock) => {
        if (lock !== null) await work()
        return lock !== null
      }),
    textWaits: async () => (await tablet.outbox.queuedCount()) > 0,
  })
  // Another tab may have saved, sent or fetched.
  tablet.records.onChange((_, written) => {
    const types = [...(written?.values() ?? [undefined])].map((entry) => entry?.type)
    if (types.some((type) => type === undefined || type === photoType.name))
      void queue.refresh().catch(() => undefined)
  })
  void queue.refresh().catch(() => undefined)

  return {
    async add(holder, file) {
      const shrunk = await shrinkPhoto(file)
      if (!shrunk.ok) return shrunk
      try {
        return ok(await shelf.hold(holder, shrunk.value))
      } catch (error) {
        if (error instanceof StorageFullError) return err({ type: 'storageFull' })
        throw error
      }
    },
    heldBy: (holder) => shelf.heldBy(holder),
    setAside: (id, aside) => shelf.setAside(id, aside),
    release: (id) => shelf.release(id),
    async load(place) {
      const got = await queue.fetch(place)
      if (got.ok) return ok(new Blob([got.value], { type: 'image/jpeg' }))
      const absent = got.error.type === 'refused' && got.error.refusal.type === 'notFound'
      return err({ type: absent ? 'absent' : 'offline' })
    },
    waiting: () => shelf.waiting(),
    onProgress(listener) {
      listener(queue.progress)
      return queue.onProgress(listener)
    },
    send: () => queue.run(),
    handOver: () => queue.handOver(),
    stop: () => queue.stop(),
  }
}
