/** Conditions that live in the URL, so that a link shows the same. */
import { type ComputedRef, computed } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { fiscalYearLabel } from '../../domain/fiscal.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { figuresText } from '../../text/figures.ts'

type Conditions = Readonly<Record<string, string>>

/** Reads a parameter of the URL; '' when it is not there once. */
export type ReadText = (name: string) => string

export function usePageQuery<T extends Conditions>(parse: (text: ReadText) => T) {
  const route = useRoute()
  const router = useRouter()
  const { path } = route
  const textOf =
    (query: LocationQuery): ReadText =>
    (name) => {
      const value = query[name]
      return typeof value === 'string' ? value : ''
    }
  const query = computed(() => parse(textOf(route.query)))

  function apply(change: Partial<T>): void {
    const filled = Object.entries({ ...query.value, ...change }).filter(([, value]) => value !== '')
    void router.replace({ path, query: Object.fromEntries(filled) })
  }

  return { query, apply }
}

const ALL_YEARS = 'all'

/** 'all', a year, or '' = the newest of which there are rows. */
export const parseYear = (text: string): string => (text === ALL_YEARS || /^\d{4}$/.test(text) ? text : '')

/** The year a page is about; null = every year. */
export function useFiscalYear(query: ComputedRef<{ readonly year: string }>) {
  const initiatives = useInitiatives()
  const fiscalYear = computed(() => {
    const { year } = query.value
    if (year === '') return initiatives.newestYear
    return year === ALL_YEARS ? null : Number(year)
  })
  const chosen = computed(() => (fiscalYear.value === null ? ALL_YEARS : String(fiscalYear.value)))
  const years = computed(() => {
    const asked = fiscalYear.value === null ? [] : [fiscalYear.value]
    return [
      { value: ALL_YEARS, label: figuresText.allYears },
      ...[...new Set([...initiatives.fiscalYears, ...asked])]
        .sort((a, b) => b - a)
        .map((year) => ({ value: String(year), label: fiscalYearLabel(year) })),
    ]
  })
  return { fiscalYear, chosen, years }
}
