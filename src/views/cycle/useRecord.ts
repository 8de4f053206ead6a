/** One record as the tablet shows it, read again whenever it changes. */
import { type MaybeRefOrGetter, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import * as v from 'valibot'
import { recordIdSchema } from '../../domain/ids.ts'
import type { Shown } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'

/** `state` is `missing` when there is none, or it was removed. */
export function useRecord(id: MaybeRefOrGetter<string>) {
  const records = useRecords()
  const shown = shallowRef<Shown>()
  const state = shallowRef<'loading' | 'found' | 'missing'>('loading')

  async function load(): Promise<void> {
    const wanted = toValue(id)
    const parsed = v.safeParse(recordIdSchema, wanted)
    const found = parsed.success ? await records.read(parsed.output) : undefined
    if (toValue(id) !== wanted) return
    shown.value = found?.record.removed === true ? undefined : found
    state.value = shown.value === undefined ? 'missing' : 'found'
  }

  watch(
    () => [toValue(id), records.loaded] as const,
    ([, loaded]) => {
      state.value = 'loading'
      if (loaded) void load()
    },
    { immediate: true },
  )
  watch(
    () => records.lastChange,
    (changed) => {
      if ([...changed].some((each) => each === toValue(id))) void load()
    },
  )
  return { shown: shallowReadonly(shown), state: shallowReadonly(state) }
}
