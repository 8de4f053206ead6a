/** The photos of a row, read again whenever one of them changes. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { RecordId } from '../../domain/ids.ts'
import { type PhotoItem, usePhotos } from '../../stores/photos.ts'
import { useRecords } from '../../stores/records.ts'

export function useRowPhotos(id: MaybeRefOrGetter<RecordId>) {
  const records = useRecords()
  const store = usePhotos()
  const photos = shallowRef<readonly PhotoItem[]>([])

  async function load(): Promise<void> {
    const row = toValue(id)
    const found = await store.ofRow(row)
    if (toValue(id) === row) photos.value = found
  }
  watch(() => [toValue(id), records.loaded] as const, load, { immediate: true })
  watch(
    () => records.lastChange,
    (changed) => {
      const known = new Set<string>(photos.value.map((photo) => photo.id))
      const own = records.ofType('photo').filter(({ facets }) => facets['initiative'] === toValue(id))
      for (const photo of own) known.add(photo.id)
      if ([...changed].some((one) => known.has(one))) void load()
    },
  )

  return {
    photos: shallowReadonly(photos),
    ofRow: computed(() => photos.value.filter(({ note }) => note === '')),
    ofNote: (noteId: string): readonly PhotoItem[] => photos.value.filter(({ note }) => note === noteId),
  }
}
