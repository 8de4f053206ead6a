/** Everything a meeting shows: the agenda with its rows, notes and actions, read again whenever one of them changes. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { RecordId } from '../../domain/ids.ts'
import { type StoredRecord, textOf } from '../../domain/record.ts'
import { parseProgress } from '../../domain/progress.ts'
import type { Shown } from '../../stores/ports.ts'
import { agendaOf } from '../../stores/meetings.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { localDateText } from '../../text/dates.ts'
import { initiativeText } from '../../text/initiative.ts'
import { meetingsText } from '../../text/meetings.ts'
import { useRecord } from '../cycle/useRecord.ts'

/** A note as it is shown. */
export interface MinuteItem {
  readonly record: StoredRecord
  /** The row it was written to; '' = the meeting as a whole. */
  readonly initiative: string
  readonly text: string
}

export interface ActionItem extends MinuteItem {
  readonly isDone: boolean
  /** Who and by when, in words. */
  readonly meta: string
  /** This person may say that it is done. */
  readonly maySettle: boolean
}

export function useMeeting(id: MaybeRefOrGetter<string>) {
  const records = useRecords()
  const session = useSession()
  const units = useUnits()
  const { shown, state } = useRecord(id)
  const meeting = computed(() => (shown.value?.record.type === 'meeting' ? shown.value.record : undefined))

  const written = shallowRef<{ readonly minutes: readonly Shown[]; readonly actions: readonly Shown[] }>({
    minutes: [],
    actions: [],
  })
  const byCreation = (a: Shown, b: Shown): number => (a.record.createdAt < b.record.createdAt ? -1 : 1)
  watch(
    () => [toValue(id), records.ofType('minute'), records.ofType('action')] as const,
    async ([wanted]) => {
      const [minutes, actions] = await Promise.all([
        records.where('minute', 'meeting', wanted),
        records.where('action', 'meeting', wanted),
      ])
      if (toValue(id) === wanted)
        written.value = { minutes: minutes.toSorted(byCreation), actions: actions.toSorted(byCreation) }
    },
    { immediate: true },
  )

  const isHq = computed(() => session.has('hq'))
  const rows = computed(() => new Map(records.ofType('initiative').map((entry) => [entry.id, entry])))
  const agenda = computed(() =>
    (meeting.value === undefined ? [] : agendaOf(meeting.value)).map((item) => {
      const facets = rows.value.get(item.initiative)?.facets
      const title = facets === undefined ? meetingsText.gonRow : String(facets['title'] ?? '')
      return {
        ...item,
        title: title || initiativeText.noTitle,
        unitName: units.nameOf(String(facets?.['leadUnit'] ?? '')),
        progress: parseProgress(facets?.['progress']),
      }
    }),
  )
  const minutes = computed<readonly MinuteItem[]>(() => written.value.minutes.map(minuteOf))
  const actions = computed<readonly ActionItem[]>(() =>
    written.value.actions.map((one) => {
      const owner = textOf(one.record, 'owner')
      const due = localDateText(textOf(one.record, 'dueDate'))
      return {
        ...minuteOf(one),
        isDone: one.record.stage === 'done',
        meta: meetingsText.actionMeta(units.nameOf(owner) || owner, due),
        maySettle: isHq.value || (session.has('staff', 'lead') && owner === session.profile?.unit),
      }
    }),
  )
  const isUnsent = computed(() =>
    [shown.value, ...written.value.minutes, ...written.value.actions].some(
      (one) => one !== undefined && one.queued.length > 0,
    ),
  )

  return { meeting, state, agenda, minutes, actions, isHq, isUnsent, written: shallowReadonly(written) }
}

function minuteOf({ record }: Shown): MinuteItem {
  return { record, initiative: textOf(record, 'initiative'), text: textOf(record, 'text') }
}

/** What was written to a row; '' = to the meeting as a whole. */
export function writtenTo<T extends MinuteItem>(items: readonly T[], initiative: RecordId | ''): T[] {
  return items.filter((item) => item.initiative === initiative)
}
