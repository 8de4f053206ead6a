/** Addresses of pictures for `<img>`, read from the tablet or the server; given back when nobody shows them any more. */
import { type MaybeRefOrGetter, onBeforeUnmount, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { OwnPhoto } from '../../stores/ports.ts'
import { usePhotos } from '../../stores/photos.ts'

type Named = Pick<OwnPhoto, 'id' | 'sha256' | 'thumbSha256'>

export interface Picture {
  readonly src?: string
  /** Why there is none: not sent by its author yet, or no network. */
  readonly problem?: 'absent' | 'offline'
}

/** By id; a missing one is still being read. What could not be read is tried again when the photos change. */
export function usePictures(photos: MaybeRefOrGetter<readonly Named[]>, field: 'sha256' | 'thumbSha256') {
  const store = usePhotos()
  const pictures = shallowRef<ReadonlyMap<string, Picture>>(new Map())
  let gone = false

  watch(
    () => toValue(photos),
    async (wanted) => {
      forget(new Set(wanted.map(({ id }) => id)))
      for (const photo of wanted) if (pictures.value.get(photo.id)?.src === undefined) await read(photo)
    },
    { immediate: true },
  )

  async function read(photo: Named): Promise<void> {
    const loaded = await store.load(photo, field)
    const isWanted = toValue(photos).some(({ id }) => id === photo.id)
    if (gone || !isWanted || pictures.value.get(photo.id)?.src !== undefined) return
    const picture = loaded.ok ? { src: URL.createObjectURL(loaded.value) } : { problem: loaded.error.type }
    pictures.value = new Map(pictures.value).set(photo.id, picture)
  }

  function forget(kept: ReadonlySet<string>): void {
    const left = [...pictures.value].filter(([id]) => kept.has(id))
    for (const [id, { src }] of pictures.value)
      if (src !== undefined && !kept.has(id)) URL.revokeObjectURL(src)
    pictures.value = new Map(left)
  }

  onBeforeUnmount(() => {
    gone = true
    forget(new Set())
  })
  return shallowReadonly(pictures)
}
