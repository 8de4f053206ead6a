/** Photos on Dexie [S24]: bytes by their hash in chunks, own ones on their way to the server, others as a cache. */
import { BLOB_CHUNK_BYTES } from '../domain/blobs.ts'
import { type RecordId, asRecordId } from '../domain/ids.ts'
import { textOf } from '../domain/record.ts'
import { photoType } from '../domain/types/photo.ts'
import type { OwnPhoto, PhotoFacts, PhotoShelf, ShrunkPhoto, Upload } from '../sync/photoPorts.ts'
import { type DbContext, lightTables, serverNowMs } from './context.ts'
import type { TabletDatabase, UploadRecord } from './schema.ts'
import { idsOfType } from './facets.ts'
import { someEntries } from './light.ts'
import { highestRev, rowsOf } from './held.ts'

/** Pictures that can be fetched again are kept up to this many bytes; thumbnails besides. */
const CACHE_BYTES = 150 * 1024 * 1024
/** A photo nobody holds any more is let go after this time: a form that was thrown away may be taken back. */
const ORPHAN_MS = 24 * 60 * 60 * 1000
/** As long as acknowledged mutations: a server that is restored may lack the bytes too [S22]. */
const KEEP_SENT_MS = 30 * 24 * 60 * 60 * 1000

export function createPhotoShelf(context: DbContext): PhotoShelf {
  const { db, actor, nowMs, changed } = context
  const bytesTables = [db.blobs, db.chunks, db.uploads]

  return {
    async hold(holder, photo) {
      const facts = factsOf(photo)
      return db.transaction('rw', [...bytesTables, db.outbox, ...lightTables(db)], async () => {
        const known = (await heldBy(db, holder)).find(({ sha256 }) => sha256 === photo.sha256)
        if (known !== undefined) return known
        const id = asRecordId(context.newId())
        await putBytes(db, {
          sha256: photo.thumbSha256,
          bytes: photo.thumb,
          thumb: true,
          usedAtMs: nowMs(),
        })
        await putBytes(db, { sha256: photo.sha256, bytes: photo.picture, thumb: false, usedAtMs: nowMs() })
        await db.uploads.add({ id, holder, photo: facts, addedAtMs: nowMs(), state: 'unsent', sentAtMs: 0 })
        return { id, ...facts }
      })
    },

    heldBy: (holder) => heldBy(db, holder),

    async setAside(id, aside) {
      await db.uploads.update(id, { asideAtMs: aside ? nowMs() : undefined })
    },

    async release(id) {
      await db.transaction('rw', [db.uploads, db.outbox, ...lightTables(db)], async () => {
        const upload = await db.uploads.get(id)
        if (upload === undefined || (await savedAmong(db, [upload])).has(id)) return
        await db.uploads.delete(id)
      })
    },

    async read(sha256) {
      const blob = await db.blobs.get(sha256)
      if (blob === undefined) return undefined
      const bytes = await readRange(db, sha256, { offset: 0, length: blob.sizeBytes })
      // A tablet that has no room for the note shows the picture all the same.
      if (bytes !== undefined) await db.blobs.update(sha256, { usedAtMs: nowMs() }).catch(() => undefined)
      return bytes
    },

    readRange: (sha256, range) => readRange(db, sha256, range),

    async cache({ sha256, field }, bytes) {
      try {
        await db.transaction('rw', bytesTables, async () => {
          await putBytes(db, { sha256, bytes, thumb: field === 'thumbSha256', usedAtMs: nowMs() })
          const pictures = (await evictable(db)).filter(({ thumb }) => !thumb)
          const over = pictures.reduce((sum, { sizeBytes }) => sum + sizeBytes, -CACHE_BYTES)
          if (over > 0) await evict(db, over)
        })
      } catch (error) {
        // It is shown all the same, and fetched again another time.
        if (!isFull(error)) throw error
      }
    },

    evict: (sizeBytes) => evict(db, sizeBytes),

    async nextUpload(except, { stopped }) {
      for (const upload of await pending(db)) {
        if (except.has(upload.id)) continue
        const ready = await readiness(db, upload.id)
        if (ready.isThere || (stopped && ready.isParked))
          return { ...photoOf(upload), savedAs: ready.savedAs }
      }
      return undefined
    },

    async uploaded(id) {
      await db.uploads.update(id, { state: 'sent', sentAtMs: await serverNowMs(context) })
      changed([id])
    },

    async refused(id) {
      await db.uploads.update(id, { state: 'refused' })
      changed([id])
    },

    async giveUp(id) {
      await db.uploads.delete(id)
      changed([id])
    },

    async waiting() {
      const uploads = await pending(db)
      const saved = await savedAmong(db, uploads)
      return uploads.map(({ id }) => id).filter((id) => saved.has(id))
    },

    refusedOnes: () => db.uploads.where('state').equals('refused').primaryKeys(),

    async missingThumbs() {
      const found = await someEntries(db, await idsOfType(db, photoType.name))
      const photos = found.filter((entry) => entry !== undefined)
      const rows = await someEntries(
        db,
        photos.map(({ facets }) => asRecordId(String(facets['initiative']))),
      )
      const held = new Set(await db.blobs.toCollection().primaryKeys())
      return photos
        .filter((_photo, index) => {
          const { leadUnit, jointUnits = [] } = rows[index]?.facets ?? {}
          return [leadUnit, ...(Array.isArray(jointUnits) ? jointUnits : [])].includes(actor.unit)
        })
        .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
        .map(
          ({ id, facets }) => ({ id, field: 'thumbSha256', sha256: String(facets['thumbSha256']) }) as const,
        )
        .filter(({ sha256 }) => !held.has(sha256))
    },

    async collect() {
      if ((await db.uploads.count()) === 0) return
      const serverMs = await serverNowMs(context)
      await db.transaction('rw', [db.uploads, db.outbox, ...lightTables(db), db.forms], async () => {
        const uploads = await db.uploads.toArray()
        const saved = await savedAmong(db, uploads)
        const forms = new Set(await db.forms.toCollection().primaryKeys())
        const gone = uploads.filter(({ id, holder, addedAtMs, asideAtMs, state, sentAtMs }) =>
          state === 'sent'
            ? serverMs - sentAtMs > KEEP_SENT_MS
            : !saved.has(id) &&
              (asideAtMs !== undefined || !forms.has(holder)) &&
              nowMs() - (asideAtMs ?? addedAtMs) > ORPHAN_MS,
        )
        await db.uploads.bulkDelete(gone.map(({ id }) => id))
      })
    },
  }
}

/** A server that was restored from a backup is offered everything anew [S22]. Runs in the caller's transaction. */
export async function offerPhotosAgain(db: TabletDatabase): Promise<void> {
  await db.uploads.where('state').equals('sent').modify({ state: 'unsent' })
}

/** Gives up bytes the server has: pictures before thumbnails, least recently used first. Answers how many bytes. */
export async function evict(db: TabletDatabase, sizeBytes: number): Promise<number> {
  return db.transaction('rw', [db.blobs, db.chunks, db.uploads], async () => {
    let freed = 0
    for (const { sha256, sizeBytes: size } of await evictable(db)) {
      if (freed >= sizeBytes) break
      await db.chunks.where('[sha256+index]').between([sha256, 0], [sha256, Infinity]).delete()
      await db.blobs.delete(sha256)
      freed += size
    }
    return freed
  })
}

/**
 * Destroys the bytes that no photo here names any more and none on its way needs [S18]; `gone` are those that name nothing any
 * more. Runs in the caller's transaction.
 */
export async function dropUnnamed(db: TabletDatabase, gone: ReadonlySet<RecordId>): Promise<void> {
  const held = await db.blobs.toCollection().primaryKeys()
  if (held.length === 0) return
  const ids = (await idsOfType(db, photoType.name)).filter((id) => !gone.has(id))
  const rows = await rowsOf(db, ids)
  // A stream that is being read anew holds no rows for a while: thumbnails, which stay at hand, go by the index.
  const entries = await someEntries(db, ids)
  const uploads = await db.uploads.toArray()
  const named = new Set([
    ...uploads.flatMap(({ photo }) => [photo.sha256, photo.thumbSha256]),
    ...rows.flatMap(({ record }) => [textOf(record, 'sha256'), textOf(record, 'thumbSha256')]),
    ...entries.map((entry) => String(entry?.facets['thumbSha256'])),
  ])
  for (const sha256 of held.filter((hash) => !named.has(hash))) {
    await db.chunks.where('[sha256+index]').between([sha256, 0], [sha256, Infinity]).delete()
    await db.blobs.delete(sha256)
  }
}

/** In the order they would go. What is on its way to the server, or held by a form, is not among them. */
async function evictable(db: TabletDatabase) {
  const unsent = await db.uploads.where('state').notEqual('sent').toArray()
  const pinned = new Set(unsent.flatMap(({ photo }) => [photo.sha256, photo.thumbSha256]))
  const blobs = await db.blobs.orderBy('usedAtMs').toArray()
  return blobs
    .filter(({ sha256 }) => !pinned.has(sha256))
    .sort((a, b) => Number(a.thumb) - Number(b.thumb) || a.usedAtMs - b.usedAtMs)
}

async function putBytes(
  db: TabletDatabase,
  blob: { sha256: string; bytes: ArrayBuffer; thumb: boolean; usedAtMs: number },
): Promise<void> {
  const { bytes, ...kept } = blob
  const count = Math.ceil(bytes.byteLength / BLOB_CHUNK_BYTES)
  await db.chunks.bulkPut(
    Array.from({ length: count }, (_, index) => ({
      sha256: blob.sha256,
      index,
      bytes: bytes.slice(index * BLOB_CHUNK_BYTES, (index + 1) * BLOB_CHUNK_BYTES),
    })),
  )
  await db.blobs.put({ ...kept, sizeBytes: bytes.byteLength })
}

async function readRange(
  db: TabletDatabase,
  sha256: string,
  { offset, length }: { offset: number; length: number },
): Promise<ArrayBuffer | undefined> {
  const first = Math.floor(offset / BLOB_CHUNK_BYTES)
  const last = Math.floor((offset + length - 1) / BLOB_CHUNK_BYTES)
  const chunks = await db.chunks
    .where('[sha256+index]')
    .between([sha256, first], [sha256, last], true, true)
    .toArray()
  const whole = new Uint8Array(chunks.reduce((sum, { bytes }) => sum + bytes.byteLength, 0))
  let at = 0
  for (const { bytes } of chunks) {
    whole.set(new Uint8Array(bytes), at)
    at += bytes.byteLength
  }
  const from = offset - first * BLOB_CHUNK_BYTES
  return whole.length <= from ? undefined : whole.slice(from, from + length).buffer
}

async function heldBy(db: TabletDatabase, holder: string): Promise<OwnPhoto[]> {
  const held = await db.uploads.where('holder').equals(holder).sortBy('addedAtMs')
  const saved = await savedAmong(db, held)
  return held.filter(({ id, asideAtMs }) => asideAtMs === undefined && !saved.has(id)).map(photoOf)
}

/** Oldest first. */
function pending(db: TabletDatabase): Promise<UploadRecord[]> {
  return db.uploads.where('state').equals('unsent').sortBy('addedAtMs')
}

/** Those whose record is saved, here or on the server, and not removed since. */
async function savedAmong(db: TabletDatabase, uploads: readonly UploadRecord[]): Promise<Set<RecordId>> {
  if (uploads.length === 0) return new Set()
  const ids = uploads.map(({ id }) => id)
  const entries = await db.outbox.where('recordId').anyOf(ids).toArray()
  const known = (await someEntries(db, ids)).flatMap((entry) => (entry === undefined ? [] : [entry.id]))
  const of = (op: string) => entries.filter(({ mutation }) => mutation.op === op)
  const removed = new Set(
    of('remove').flatMap(({ state, recordId }) => (state === 'parked' ? [] : [recordId])),
  )
  const created = of('create').map(({ recordId }) => recordId)
  return new Set([...known, ...created.filter((id) => !removed.has(id))])
}

/** Whether the server has the record, or has it parked: before that nobody takes its bytes. */
async function readiness(
  db: TabletDatabase,
  id: RecordId,
): Promise<{ readonly isThere: boolean; readonly isParked: boolean; readonly savedAs: Upload['savedAs'] }> {
  const entries = await db.outbox.where('recordId').equals(id).toArray()
  const create = entries.find(({ mutation }) => mutation.op === 'create')
  const savedAs = create === undefined ? undefined : { clientId: create.clientId, mid: create.mid }
  const isThere = create?.state === 'settled' || (await highestRev(db, id)) > 0
  return { isThere, isParked: create?.state === 'parked', savedAs }
}

function photoOf({ id, photo }: UploadRecord): OwnPhoto {
  return { id, ...photo }
}

function factsOf({ sha256, thumbSha256, width, height, bytes }: ShrunkPhoto): PhotoFacts {
  return { sha256, thumbSha256, width, height, bytes }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /quota/i.test(`${error.name} ${error.message}`)
}
