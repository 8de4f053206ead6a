/** Filter and order live in the URL (shared links, back button); the search words follow the typing a moment later. */
import { computed, onBeforeUnmount, shallowReadonly, shallowRef, watch } from 'vue'
import { parseQuery, stringifyQuery, useRoute, useRouter } from 'vue-router'
import { type InitiativeFilter, NO_FILTER } from '../../domain/initiativeFilter.ts'
import type { SortStep } from '../../domain/initiativeOrder.ts'
import { listQueryOf, listSortOf, parseListQuery, parseListSort } from './listQuery.ts'

const TYPING_PAUSE_MS = 100

export function useListFilter() {
  const route = useRoute()
  const router = useRouter()
  const { path } = route
  const filter = shallowRef<InitiativeFilter>(parseListQuery(route.query))
  const sort = shallowRef<readonly SortStep[]>(parseListSort(route.query))
  /** What stands in the search box. */
  const words = shallowRef(filter.value.query)
  /** Filter and order as an address has them, without the question mark. */
  const address = computed(() => stringifyQuery({ ...listQueryOf(filter.value), ...listSortOf(sort.value) }))
  let pause: ReturnType<typeof setTimeout> | undefined

  watch(
    () => route.query,
    (query) => {
      // On the way out the route is already another page's.
      if (route.path !== path) return
      const next = parseListQuery(query)
      // What this page has put there itself is shown already.
      if (stringifyQuery({ ...listQueryOf(next), ...listSortOf(parseListSort(query)) }) === address.value)
        return
      // The box is left alone while its own words come back; a link or the back button sets it.
      if (pause === undefined && next.query !== filter.value.query) words.value = next.query
      filter.value = next
      sort.value = parseListSort(query)
    },
  )

  function show(): void {
    const { row } = route.query
    const open = row === undefined ? {} : { row }
    void router.replace({ path, query: { ...listQueryOf(filter.value), ...listSortOf(sort.value), ...open } })
  }

  function apply(change: Partial<InitiativeFilter>): void {
    clearTimeout(pause)
    pause = undefined
    if (change.query !== undefined) words.value = change.query
    filter.value = { ...filter.value, query: words.value, ...change }
    show()
  }

  function search(text: string): void {
    words.value = text
    clearTimeout(pause)
    pause = setTimeout(() => apply({ query: text }), TYPING_PAUSE_MS)
  }

  function clear(): void {
    apply(NO_FILTER)
  }

  function order(steps: readonly SortStep[]): void {
    sort.value = steps
    show()
  }

  function open(asked: string): void {
    const query = parseQuery(asked)
    sort.value = parseListSort(query)
    apply(parseListQuery(query))
  }

  onBeforeUnmount(() => clearTimeout(pause))

  const isSet = computed(() => Object.keys(listQueryOf(filter.value)).length > 0 || words.value !== '')
  return {
    filter: shallowReadonly(filter),
    sort: shallowReadonly(sort),
    words: shallowReadonly(words),
    isSet,
    apply,
    search,
    clear,
    order,
    open,
    address,
  }
}
