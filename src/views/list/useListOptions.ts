/** Choices of the list's filters, with the rows each would leave where those are counted. */
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { fiscalYearLabel } from '../../domain/fiscal.ts'
import type { Facet, FacetCounts, InitiativeFilter } from '../../domain/initiativeFilter.ts'
import { progressLabel } from '../../domain/progress.ts'
import { STAGE_IDS, stageLabel } from '../../domain/stage.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { useUnits } from '../../stores/units.ts'
import { filterText } from '../../text/listFilter.ts'
import { PROGRESS_CHOICES } from './listQuery.ts'

interface Option {
  readonly value: string
  readonly label: string
}

export function useListOptions(
  filter: MaybeRefOrGetter<InitiativeFilter>,
  counts: MaybeRefOrGetter<FacetCounts | undefined> = undefined,
) {
  const initiatives = useInitiatives()
  const units = useUnits()

  const counted = (facet: Facet, options: readonly Option[]): Option[] => {
    const known = toValue(counts)?.[facet]
    if (known === undefined) return [...options]
    return options.map(({ value, label }) => ({
      value,
      label: filterText.counted(label, known.get(value) ?? 0),
    }))
  }

  const years = computed<readonly Option[]>(() => {
    // A link may name a year of which nothing is here yet; the choice still says what is asked for.
    const asked = toValue(filter).fiscalYear
    const known = new Set([...initiatives.fiscalYears, ...(asked === null ? [] : [asked])])
    const newestFirst = [...known].sort((a, b) => b - a)
    return counted(
      'fiscalYear',
      newestFirst.map((year) => ({ value: String(year), label: fiscalYearLabel(year) })),
    )
  })

  const unitChoices = computed<readonly Option[]>(() => {
    const missing = toValue(filter).units.filter((id) => !units.isKnown(id))
    return counted('units', [
      ...units.units.map(({ id, shortName }) => ({ value: id, label: shortName })),
      ...missing.map((id) => ({ value: id, label: id })),
    ])
  })

  const parts = computed<readonly Option[]>(() => {
    const ids = [...new Set([...units.units.map(({ id }) => units.partOf(id)), toValue(filter).part])]
    const known = ids.filter((id) => id !== '').sort((a, b) => units.orderOf(a) - units.orderOf(b))
    return counted(
      'part',
      known.map((id) => ({ value: id, label: units.nameOf(id) || id })),
    )
  })

  const progresses = computed<readonly Option[]>(() =>
    counted(
      'progress',
      PROGRESS_CHOICES.map((id) => ({ value: id, label: progressLabel(id === 'unset' ? null : id) })),
    ),
  )

  const stages = computed<readonly Option[]>(() =>
    counted(
      'stages',
      STAGE_IDS.map((id) => ({ value: id, label: stageLabel(id) })),
    ),
  )

  const themes = computed<readonly Option[]>(() => {
    const { theme } = toValue(filter)
    const named = [...new Set([...initiatives.themes, ...(theme === '' || theme === 'none' ? [] : [theme])])]
    return counted('theme', [
      ...named.map((name) => ({ value: name, label: name })),
      { value: 'none', label: filterText.noTheme },
    ])
  })

  return { years, units: unitChoices, parts, progresses, stages, themes }
}
