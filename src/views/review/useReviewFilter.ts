/** The queue's filters, in the URL. Whatever a link says, what comes out is a valid filter. */
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { fiscalYearLabel } from '../../domain/fiscal.ts'
import { REVIEW_REASONS } from '../../domain/reviewQueue.ts'
import type { ReviewRow } from '../../stores/review.ts'
import { useUnits } from '../../stores/units.ts'
import { reviewText } from '../../text/review.ts'

interface Option {
  readonly value: string
  readonly label: string
}

export type ReviewFilter = ReturnType<typeof useReviewFilter>

export function useReviewFilter(queue: MaybeRefOrGetter<readonly ReviewRow[]>) {
  const route = useRoute()
  const router = useRouter()
  const units = useUnits()

  const asked = (name: string): string => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
  const year = computed(() => asked('year'))
  const unit = computed(() => asked('unit'))
  const reason = computed(() => REVIEW_REASONS.find((known) => known === asked('reason')) ?? '')
  const isSet = computed(() => year.value !== '' || unit.value !== '' || reason.value !== '')

  const rows = computed(() =>
    toValue(queue).filter(
      (item) =>
        (year.value === '' || String(item.row.fiscalYear) === year.value) &&
        (unit.value === '' || item.row.leadUnit === unit.value) &&
        (reason.value === '' || item.reasons.includes(reason.value)),
    ),
  )

  /** What waits, by value; what the address asks for is always among them. */
  function optionsOf(valueOf: (item: ReviewRow) => string, asks: string): Map<string, number> {
    const counts = new Map<string, number>(asks === '' ? [] : [[asks, 0]])
    for (const item of toValue(queue)) counts.set(valueOf(item), (counts.get(valueOf(item)) ?? 0) + 1)
    return counts
  }
  const counted = (label: string, count: number): string => `${label}（${count}）`

  const years = computed<readonly Option[]>(() => [
    { value: '', label: reviewText.allYears },
    ...[...optionsOf(({ row }) => String(row.fiscalYear), year.value)]
      .sort(([a], [b]) => Number(b) - Number(a))
      .map(([value, count]) => ({ value, label: counted(fiscalYearLabel(Number(value)), count) })),
  ])
  const unitOptions = computed<readonly Option[]>(() => [
    { value: '', label: reviewText.allUnits },
    ...[...optionsOf(({ row }) => row.leadUnit, unit.value)]
      .sort(([a], [b]) => units.orderOf(a) - units.orderOf(b))
      .map(([value, count]) => ({ value, label: counted(units.nameOf(value) || value, count) })),
  ])
  const reasons = computed<readonly Option[]>(() => [
    { value: '', label: reviewText.all },
    ...REVIEW_REASONS.map((value) => ({
      value,
      label: counted(
        reviewText.reasons[value],
        toValue(queue).filter((item) => item.reasons.includes(value)).length,
      ),
    })),
  ])

  function apply(change: { year?: string; unit?: string; reason?: string }): void {
    const query = { year: year.value, unit: unit.value, reason: reason.value, ...change }
    void router.replace({
      path: route.path,
      query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')),
    })
  }
  const clear = (): void => apply({ year: '', unit: '', reason: '' })

  return { year, unit, reason, years, units: unitOptions, reasons, rows, isSet, apply, clear }
}
