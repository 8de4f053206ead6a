/** What a query finds, as it is typed. */
import {
  type MaybeRefOrGetter,
  type ShallowRef,
  computed,
  shallowReadonly,
  shallowRef,
  toValue,
  watch,
} from 'vue'
import type { RecordId } from '../domain/ids.ts'
import { queryKeys } from '../domain/search.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'

/** Ids of the records found; undefined while nothing is asked for, or nothing known yet. */
export type Hits = ReadonlySet<RecordId> | undefined

/** Follows the query and the records. What was found before stays until the tablet has looked. Call it in a component's setup. */
export function useSearch(query: MaybeRefOrGetter<string>): Readonly<ShallowRef<Hits>> {
  const session = useSession()
  const records = useRecords()
  const hits = shallowRef<Hits>()
  const keys = computed(() => queryKeys(toValue(query)))
  let [asking, again] = [false, false]

  /** One question at a time; what is asked meanwhile is the next. */
  async function ask(): Promise<void> {
    again = true
    if (asking) return
    asking = true
    while (again) {
      again = false
      // Where the database is gone, syncing says so; what was found stays.
      const found =
        keys.value.length === 0 ? undefined : await records.search(keys.value).catch(() => hits.value)
      hits.value = keys.value.length === 0 ? undefined : found
    }
    asking = false
  }
  watch(
    () => session.workplace,
    () => (hits.value = undefined),
  )
  watch(
    [() => keys.value.join(' '), () => records.lastChange, () => session.workplace],
    ([words]) => {
      if (words === '') hits.value = undefined
      else void ask()
    },
    // Before anything is drawn with words that are gone.
    { immediate: true, flush: 'sync' },
  )
  return shallowReadonly(hits)
}
