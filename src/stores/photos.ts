/** 写真 for the views: what a row has, where each is on its way, and adding and removing them [S24]. */
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import type { RecordId } from '../domain/ids.ts'
import { type StoredRecord, textOf } from '../domain/record.ts'
import { type Result, err } from '../domain/result.ts'
import { photoType } from '../domain/types/photo.ts'
import type { BlobField, OwnPhoto, PhotoProblem } from '../sync/photoPorts.ts'
import type { PhotoProgress } from '../sync/photoQueue.ts'
import type { OutboxEntry, SaveError, Shown } from '../sync/ports.ts'
import { changesBetween } from './changes.ts'
import type { Photos } from './ports.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'

/** A photo of a row. */
export interface PhotoItem {
  readonly id: RecordId
  readonly record: StoredRecord
  /** Of the note it was taken for; '' = of the row itself. */
  readonly note: string
  readonly caption: string
  readonly sha256: string
  readonly thumbSha256: string
  readonly queued: boolean
  readonly parked: boolean
  readonly canRemove: boolean
}

/** Where a photo is; `share` from 0 to 1. */
export type PhotoState =
  | { readonly type: 'local' | 'waiting' | 'parked' | 'refused' | 'received' }
  | { readonly type: 'sending'; readonly share: number }

/** Most photos of one row. */
export const MAX_PHOTOS = photoType.maxPerParent ?? Infinity

const NO_PROGRESS: PhotoProgress = { waiting: [], refused: [], sending: undefined }

export const usePhotos = defineStore('photos', () => {
  const session = useSession()
  const records = useRecords()
  const progress = shallowRef<PhotoProgress>(NO_PROGRESS)
  let stop: (() => void) | undefined

  watch(
    () => session.workplace,
    async (workplace) => {
      stop?.()
      stop = undefined
      progress.value = NO_PROGRESS
      const photos = await workplace?.photos()
      if (session.workplace === workplace)
        stop = photos?.onProgress((next) => {
          progress.value = next
        })
    },
    { immediate: true },
  )

  async function port(): Promise<Photos | undefined> {
    return session.workplace?.photos()
  }

  /** Photos by row. */
  const counts = computed(() => countByRow(records.ofType(photoType.name).map(({ id }) => id)))
  /** Of these, those saved here that the server has not got. */
  const waitingCounts = computed(() => countByRow(progress.value.waiting))

  function countByRow(ids: readonly RecordId[]): ReadonlyMap<string, number> {
    const wanted = new Set(ids)
    const found = records.ofType(photoType.name).filter(({ id }) => wanted.has(id))
    const rows = Map.groupBy(found, ({ facets }) => String(facets['initiative'] ?? ''))
    return new Map([...rows].map(([row, photos]) => [row, photos.length]))
  }

  /** A row's photos, oldest first. */
  async function ofRow(initiative: RecordId): Promise<PhotoItem[]> {
    const found = await records.where(photoType.name, 'initiative', initiative)
    return found
      .filter(({ record }) => !record.removed)
      .map(itemOf)
      .sort((a, b) => (a.record.createdAt + a.id < b.record.createdAt + b.id ? -1 : 1))
  }

  function itemOf({ record, parent, queued, parked }: Shown): PhotoItem {
    const actor = session.workplace?.actor
    return {
      id: record.id,
      record,
      note: textOf(record, 'note'),
      caption: textOf(record, 'caption'),
      sha256: textOf(record, 'sha256'),
      thumbSha256: textOf(record, 'thumbSha256'),
      queued: queued.length > 0,
      parked: parked.length > 0,
      canRemove: actor !== undefined && photoType.remove?.({ actor, record, parent }) === true,
    }
  }

  function stateOf({ id, queued, parked }: Pick<PhotoItem, 'id' | 'queued' | 'parked'>): PhotoState {
    const { sending, waiting, refused } = progress.value
    if (parked) return { type: 'parked' }
    if (queued) return { type: 'local' }
    if (sending?.id === id) return { type: 'sending', share: sending.share }
    if (refused.includes(id)) return { type: 'refused' }
    return { type: waiting.includes(id) ? 'waiting' : 'received' }
  }

  /** Makes a file ready and keeps it for a form. */
  async function add(holder: string, file: Blob): Promise<Result<OwnPhoto, { readonly type: PhotoProblem }>> {
    return (await (await port())?.add(holder, file)) ?? err({ type: 'failed' })
  }

  async function heldBy(holder: string): Promise<readonly OwnPhoto[]> {
    return (await (await port())?.heldBy(holder)) ?? []
  }

  /** Takes a held photo out of its form, or puts it back. */
  async function setAside(id: RecordId, aside: boolean): Promise<void> {
    await (await port())?.setAside(id, aside)
  }

  async function release(id: RecordId): Promise<void> {
    await (await port())?.release(id)
  }

  /** Saves what the form holds as photos of the row, or of one of its notes. The first refusal ends it; the rest stays held. */
  async function saveHeld(
    holder: string,
    { initiative, note = null }: { readonly initiative: RecordId; readonly note?: RecordId | null },
  ): Promise<Result<OutboxEntry, SaveError> | undefined> {
    let saved: Result<OutboxEntry, SaveError> | undefined
    for (const { id, ...facts } of await heldBy(holder)) {
      const set = changesBetween({}, { stage: 'posted', initiative, note, ...facts })
      saved = await records.save({ type: photoType.name, op: 'create', id, stage: null, set })
      if (!saved.ok) return saved
    }
    return saved
  }

  async function remove({ record }: PhotoItem): Promise<Result<OutboxEntry, SaveError>> {
    return records.save({
      type: photoType.name,
      op: 'remove',
      id: record.id,
      stage: record.stage,
      set: {},
    })
  }

  /** The picture or its thumbnail, from the tablet or the server. `absent`: it has not left its author's tablet. */
  async function load(
    { id, ...photo }: Pick<OwnPhoto, 'id' | BlobField>,
    field: BlobField,
  ): Promise<Result<Blob, { readonly type: 'absent' | 'offline' }>> {
    return (await (await port())?.load({ id, field, sha256: photo[field] })) ?? err({ type: 'offline' })
  }

  return {
    progress: shallowReadonly(progress),
    counts,
    waitingCounts,
    ofRow,
    stateOf,
    add,
    heldBy,
    setAside,
    release,
    saveHeld,
    remove,
    load,
  }
})
