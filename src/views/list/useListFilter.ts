/** The filter lives in the URL (shared links, back button); the search words follow the typing a moment later. */
import { computed, onBeforeUnmount, shallowReadonly, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { type InitiativeFilter, NO_FILTER } from '../../domain/initiativeFilter.ts'
import { listQueryOf, parseListQuery } from './listQuery.ts'

const TYPING_PAUSE_MS = 100

export function useListFilter() {
  const route = useRoute()
  const router = useRouter()
  const { path } = route
  const filter = shallowRef<InitiativeFilter>(parseListQuery(route.query))
  /** What stands in the search box. */
  const words = shallowRef(filter.value.query)
  let pause: ReturnType<typeof setTimeout> | undefined

  watch(
    () => route.query,
    (query) => {
      // On the way out the route is already another page's.
      if (route.path !== path) return
      const next = parseListQuery(query)
      // The box is left alone while its own words come back; a link or the back button sets it.
      if (pause === undefined && next.query !== filter.value.query) words.value = next.query
      filter.value = next
    },
  )

  function apply(change: Partial<InitiativeFilter>): void {
    clearTimeout(pause)
    pause = undefined
    filter.value = { ...filter.value, query: words.value, ...change }
    void router.replace({ path, query: listQueryOf(filter.value) })
  }

  function search(text: string): void {
    words.value = text
    clearTimeout(pause)
    pause = setTimeout(() => apply({ query: text }), TYPING_PAUSE_MS)
  }

  function clear(): void {
    words.value = ''
    apply(NO_FILTER)
  }

  onBeforeUnmount(() => clearTimeout(pause))

  const isSet = computed(() => Object.keys(listQueryOf(filter.value)).length > 0 || words.value !== '')
  return { filter: shallowReadonly(filter), words: shallowReadonly(words), isSet, apply, search, clear }
}
