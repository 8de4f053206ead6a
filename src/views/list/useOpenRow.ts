/** The row that stands open beside the list, where there is room for both: it is in the address, as all that is shown. */
import { computed, watch } from 'vue'
import { type RouteLocationRaw, useRoute, useRouter } from 'vue-router'
import { useMediaQuery } from '../../composables/useMediaQuery.ts'

const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

export function useOpenRow() {
  const route = useRoute()
  const router = useRouter()
  const { path } = route
  const hasRoom = useMediaQuery('(width >= 73.75rem)')
  const asked = computed(() => {
    const { row } = route.query
    return route.path === path && typeof row === 'string' && RECORD_ID.test(row) ? row : ''
  })
  /** '' while none is open. */
  const openId = computed(() => (hasRoom.value ? asked.value : ''))
  // A link that was shared opens the row by itself on a smaller screen.
  watch(
    [asked, hasRoom],
    ([row, room]) => {
      if (row !== '' && !room) void router.replace(`/initiatives/${row}`)
    },
    { immediate: true },
  )

  /** Where a row of the list leads. */
  function placeOf(id: string): RouteLocationRaw {
    return hasRoom.value ? { path, query: { ...route.query, row: id } } : `/initiatives/${id}`
  }

  function close(): void {
    void router.replace({ path, query: { ...route.query, row: undefined } })
  }

  return { openId, placeOf, close }
}
