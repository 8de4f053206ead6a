/** The conditions of 集計 live in the URL, so that a link shows the same figures. */
import { computed } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { parseDay } from '../../domain/days.ts'
import { useInitiatives } from '../../stores/initiatives.ts'

/** 区分 of a 部所. */
export const KINDS = ['office', 'department', 'affiliate'] as const
export type Kind = (typeof KINDS)[number]

const ALL_YEARS = 'all'

export interface FiguresQuery {
  /** `all` or a year; '' = the newest of which there are rows. */
  readonly year: string
  readonly kind: Kind | ''
  /** Day in Tokyo, `YYYY-MM-DD`; '' = now. */
  readonly asOf: string
}

function parse(query: LocationQuery): FiguresQuery {
  const text = (name: string): string => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const [year, asOf] = [text('year'), text('asOf')]
  return {
    year: year === ALL_YEARS || /^\d{4}$/.test(year) ? year : '',
    kind: KINDS.find((kind) => kind === text('kind')) ?? '',
    asOf: parseDay(asOf) === undefined ? '' : asOf,
  }
}

export function useFiguresQuery() {
  const route = useRoute()
  const router = useRouter()
  const initiatives = useInitiatives()
  const query = computed(() => parse(route.query))
  /** null = every year. */
  const fiscalYear = computed(() => {
    const { year } = query.value
    if (year === '') return initiatives.newestYear
    return year === ALL_YEARS ? null : Number(year)
  })

  function apply(change: Partial<FiguresQuery>): void {
    const next = { ...query.value, ...change }
    const filled = Object.entries(next).filter(([, value]) => value !== '')
    void router.replace({ path: route.path, query: Object.fromEntries(filled) })
  }

  return { query, fiscalYear, apply, allYears: ALL_YEARS }
}
