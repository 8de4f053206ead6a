/** Days from which changes are looked at: those of meetings, and the usual ones. */
import { computed } from 'vue'
import { fiscalYearOf, isoDay } from '../../domain/fiscal.ts'
import { parseDay } from '../../domain/days.ts'
import { useClock } from '../../stores/clock.ts'
import { useRecords } from '../../stores/records.ts'
import { localDateText } from '../../text/dates.ts'
import { listDiffText } from '../../text/listDiff.ts'

const MAX_MEETINGS = 5
const DAY_MS = 24 * 60 * 60 * 1000

export function useSinceOptions() {
  const clock = useClock()
  const records = useRecords()

  /** Meetings before today, newest first. */
  const meetings = computed(() =>
    records
      .ofType('meeting')
      .map(({ facets }) => ({ date: String(facets['date'] ?? ''), title: String(facets['title'] ?? '') }))
      .filter(({ date }) => parseDay(date) !== undefined && date < clock.today)
      .sort((a, b) => (a.date < b.date ? 1 : -1)),
  )
  const daysAgo = (days: number): string =>
    clock.today === '' ? '' : new Date(Date.parse(clock.today) - days * DAY_MS).toISOString().slice(0, 10)
  const yearStart = computed(() => {
    const today = parseDay(clock.today)
    return today === undefined ? '' : isoDay({ year: fiscalYearOf(today), month: 4, day: 1 })
  })
  /** Each day once. */
  const options = computed(() => {
    const all = [
      ...meetings.value
        .slice(0, MAX_MEETINGS)
        .map(({ date, title }) => ({ value: date, label: listDiffText.meeting(localDateText(date), title) })),
      { value: daysAgo(7), label: listDiffText.weekAgo },
      { value: daysAgo(30), label: listDiffText.monthAgo },
      { value: yearStart.value, label: listDiffText.yearStart },
    ]
    return all.filter(({ value }, index) => all.findIndex((other) => other.value === value) === index)
  })
  /** 前回会議; '' when there was none. */
  const lastMeeting = computed(() => meetings.value[0]?.date ?? '')
  return { options, lastMeeting }
}
