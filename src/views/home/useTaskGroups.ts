/** いま必要なこと of the person, in groups, each item with the place where it is done. */
import { type MaybeRefOrGetter, computed, shallowRef, toValue, watch } from 'vue'
import type { TaskGroup, TaskItem } from '../../components/home/taskGroup.ts'
import type { RecordId } from '../../domain/ids.ts'
import { textOf } from '../../domain/record.ts'
import { TASK_KINDS, type Task, type TaskKind, daysUntil, tasksOf } from '../../domain/tasks.ts'
import { useClock } from '../../stores/clock.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useUnsent } from '../../stores/unsent.ts'
import { homeText } from '../../text/home.ts'
import { initiativeText } from '../../text/initiative.ts'
import { aboutPlace } from './aboutPlace.ts'
import { reminderPlace } from './reminderPlace.ts'
import { type KeptForm, editFormId } from '../log/useLogForm.ts'

/** Where a task is done; what concerns feedback far down on the row's page. */
function placeOf(initiative: RecordId, kind: TaskKind): string {
  const isFeedback = kind === 'reply' || kind === 'confirm' || kind === 'awaited'
  return `/initiatives/${initiative}${isFeedback ? '#feedback' : ''}`
}

/** `begun`: 経過 being written, by row. */
export function useTaskGroups({
  unfinished,
  begun,
}: {
  readonly unfinished: MaybeRefOrGetter<readonly KeptForm[]>
  readonly begun: MaybeRefOrGetter<ReadonlyMap<RecordId, string>>
}) {
  const session = useSession()
  const records = useRecords()
  const clock = useClock()
  const unsent = useUnsent()

  const tasks = computed<readonly Task[]>(() => {
    const actor = session.workplace?.actor
    if (actor === undefined) return []
    return tasksOf(records.all, {
      actor,
      today: clock.today,
      parked: unsent.parked.map(({ recordId }) => recordId),
    })
  })

  /** 差戻しの理由, by row: read from the whole record, as lists do not carry it. */
  const reasons = shallowRef<ReadonlyMap<RecordId, string>>(new Map())
  const returned = computed(() =>
    tasks.value.flatMap(({ kind, initiative }) =>
      kind === 'returned' && initiative !== null ? [initiative] : [],
    ),
  )
  watch(
    [returned, () => records.lastChange],
    async ([ids]) => {
      const shown = await Promise.all(ids.map((id) => records.read(id)))
      if (ids !== returned.value) return
      reasons.value = new Map(
        shown.flatMap((one) =>
          one === undefined ? [] : [[one.record.id, textOf(one.record, 'returnReason')] as const],
        ),
      )
    },
    { immediate: true },
  )

  const titles = computed(
    () => new Map(records.ofType('initiative').map(({ id, facets }) => [id, String(facets['title'] ?? '')])),
  )

  function itemOf({ kind, initiative, about, count, dueDate, urgency }: Task): TaskItem {
    const reminded = reminderPlace(kind, session.profile?.unit ?? '')
    if (reminded !== undefined)
      return { key: kind, to: reminded, title: homeText.reminded, urgency, note: dueNote(dueDate) }
    const entry = about === undefined ? undefined : records.entryOf(about)
    if (entry !== undefined) {
      const due = dueNote(dueDate)
      const note = kind === 'check' ? homeText.checksLeft(count, due) : due
      return { key: entry.id, ...aboutPlace(entry), urgency, note }
    }
    const title = initiative === null ? homeText.elsewhere : (titles.value.get(initiative) ?? '')
    const reason = initiative === null ? '' : (reasons.value.get(initiative) ?? '')
    return {
      key: String(initiative),
      to: kind === 'parked' || initiative === null ? '/parked' : placeOf(initiative, kind),
      title: title === '' ? initiativeText.noTitle : title,
      urgency,
      note: kind === 'returned' && reason !== '' ? homeText.reason(reason) : dueNote(dueDate),
    }
  }

  function dueNote(dueDate: string): string {
    const days = daysUntil(dueDate, clock.today)
    if (days === undefined) return ''
    if (days < 0) return homeText.overdueBy(-days, dueDate)
    return days === 0 ? homeText.dueToday : homeText.dueIn(days, dueDate)
  }

  const forms = computed<readonly TaskItem[]>(() => [
    ...toValue(unfinished).map(({ recordId, started, draft }) => ({
      key: editFormId(recordId) + String(started === null),
      to: started === null ? `/log?form=${recordId}` : `/log?id=${recordId}`,
      title: homeText.draftTitle(draft.title),
      urgency: 'none' as const,
      note: '',
    })),
    ...[...toValue(begun)].map(([row, text]) => ({
      key: `note:${row}`,
      to: `/initiatives/${row}`,
      title: titles.value.get(row) || initiativeText.noTitle,
      urgency: 'none' as const,
      note: homeText.unfinishedNote(text),
    })),
  ])

  /** Kinds that hold something overdue come first, as in `tasksOf`. */
  const groups = computed<readonly TaskGroup[]>(() => {
    const order = [...new Set([...tasks.value.map(({ kind }) => kind), ...TASK_KINDS])]
    const byKind = order.map((kind) => ({
      kind,
      items: tasks.value.filter((task) => task.kind === kind).map(itemOf),
    }))
    return [...byKind, { kind: 'unfinished' as const, items: forms.value }].filter(
      ({ items }) => items.length > 0,
    )
  })

  return { groups }
}
