/** The rows that are counted, now or as of a day, and the tables made of them. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import { endOfDay } from '../../domain/days.ts'
import { countLedger } from '../../domain/ledger.ts'
import type { Ledger } from '../../domain/ledgerTables.ts'
import { useClock } from '../../stores/clock.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { type ListRow, usePast } from '../../stores/past.ts'
import { useUnits } from '../../stores/units.ts'
import { pastProblem } from '../../text/past.ts'
import type { FiguresQuery } from './figuresQuery.ts'

interface Conditions {
  readonly query: FiguresQuery
  readonly fiscalYear: number | null
}

export function useFigures(conditions: MaybeRefOrGetter<Conditions>) {
  const clock = useClock()
  const initiatives = useInitiatives()
  const past = usePast()
  const units = useUnits()

  const loading = shallowRef(false)
  const problem = shallowRef('')

  const isFuture = computed(() => toValue(conditions).query.asOf > clock.today)
  /** The moment looked back to; '' = the list as it is. Today is not over yet. */
  const moment = computed(() => {
    const { asOf } = toValue(conditions).query
    return asOf === '' || asOf >= clock.today ? '' : endOfDay(asOf)
  })
  const loaded = computed(() => (moment.value === '' ? undefined : past.lists.get(moment.value)))

  async function load(): Promise<void> {
    const asked = moment.value
    if (asked === '' || loading.value) return
    loading.value = true
    const answer = await past.loadList(asked)
    loading.value = false
    problem.value = answer.ok ? '' : pastProblem(answer.error.type)
    // Another day was chosen meanwhile.
    if (moment.value !== asked) void look()
  }
  function look(): void {
    problem.value = ''
    if (loaded.value === undefined) void load()
  }
  watch(moment, look, { immediate: true })

  /** Units of the 区分 asked for. */
  const counted = computed(() => {
    const { kind } = toValue(conditions).query
    return units.units.filter((unit) => kind === '' || unit.kind === kind)
  })
  /** undefined while the rows of a past day are not here. */
  const rows = computed<readonly ListRow[] | undefined>(() => {
    const { query, fiscalYear } = toValue(conditions)
    const ids = new Set(counted.value.map(({ id }) => id))
    const all = moment.value === '' ? initiatives.items : loaded.value?.rows
    return all?.filter(
      (row) =>
        (fiscalYear === null || row.fiscalYear === fiscalYear) &&
        (query.kind === '' || ids.has(row.leadUnit)),
    )
  })
  const ledger = computed<Ledger | undefined>(() =>
    rows.value === undefined
      ? undefined
      : countLedger(rows.value, { units: counted.value, themes: initiatives.themes }),
  )

  return {
    moment,
    isFuture,
    loaded,
    loading: shallowReadonly(loading),
    problem: shallowReadonly(problem),
    load,
    rows,
    ledger,
  }
}
