/** The rows of a filter in the order asked for. Ordered first, so that typing only filters what stands in order already. */
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import type { InitiativeFilter } from '../../domain/initiativeFilter.ts'
import { type SortStep, keepOrder, orderBy } from '../../domain/initiativeOrder.ts'
import { type InitiativeItem, useInitiatives } from '../../stores/initiatives.ts'
import { useSearch } from '../../stores/search.ts'
import { useUnits } from '../../stores/units.ts'

interface Ordered {
  readonly compare: ReturnType<typeof orderBy>
  readonly rows: readonly InitiativeItem[]
}

export function useListRows(
  filter: MaybeRefOrGetter<InitiativeFilter>,
  sort: MaybeRefOrGetter<readonly SortStep[]>,
) {
  const initiatives = useInitiatives()
  const units = useUnits()

  /** Another one when the bureau's order of units changes. */
  const compare = computed(() => {
    const places = new Map(units.units.map(({ id }, place) => [id, place]))
    return orderBy(toValue(sort), {
      orderOfUnit: (unit) => places.get(unit) ?? Number.MAX_SAFE_INTEGER,
    })
  })
  const ordered = computed<Ordered>((before) => ({
    compare: compare.value,
    rows: keepOrder(before?.compare === compare.value ? before.rows : [], initiatives.items, compare.value),
  }))
  const hits = useSearch(() => toValue(filter).query)
  const survey = computed(() =>
    initiatives.surveyOf(
      toValue(filter),
      hits.value,
      toValue(sort).length === 0 ? initiatives.items : ordered.value.rows,
    ),
  )

  return { rows: computed(() => survey.value.rows), counts: computed(() => survey.value.counts) }
}
