/** Units by what is missing in a fiscal year, and sending reminders to them. */
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import { isoDay, localDateOf } from '../../domain/fiscal.ts'
import {
  type ReminderGroup,
  type SeenTablet,
  type UnitFacts,
  reminderGroupOf,
  reminderId,
  startOfDayMs,
  unitFacts,
} from '../../domain/reminders.ts'
import { textOf } from '../../domain/record.ts'
import { deviceType } from '../../domain/types/device.ts'
import { type ReminderReason, reminderType } from '../../domain/types/reminder.ts'
import { changesBetween } from '../../stores/changes.ts'
import { useClock } from '../../stores/clock.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { useMembers } from '../../stores/members.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { reasonText } from '../../text/saveError.ts'
import { lastUseOf } from '../members/useTablets.ts'

export interface ReminderUnit {
  readonly id: string
  readonly name: string
  readonly facts: UnitFacts
  /** Mail addresses of its leads. */
  readonly leads: readonly string[]
  /** Day (`YYYY-MM-DD`) of the last reminder for the same, '' when there was none. */
  readonly remindedOn: string
}

const DAY_MS = 86_400_000
const UPDATED_DAYS = 30
const SEEN_DAYS = 14

export function useReminders() {
  const session = useSession()
  const records = useRecords()
  const units = useUnits()
  const members = useMembers()
  const clock = useClock()
  const initiatives = useInitiatives()

  const daysAgo = (days: number): string => isoDay(localDateOf(Date.parse(clock.today) - days * DAY_MS))
  const fiscalYear = shallowRef(initiatives.currentFiscalYear())
  const updatedSince = shallowRef(daysAgo(UPDATED_DAYS))
  const seenSince = shallowRef(daysAgo(SEEN_DAYS))
  const kind = shallowRef('')

  /** Undefined while they are read. */
  const tablets = shallowRef<readonly SeenTablet[]>()
  watch(
    () => [records.loaded, records.lastChange] as const,
    async ([loaded]) => {
      if (!loaded) return
      const found = await records.where(deviceType.name, 'stage', 'active')
      const unitOf = new Map(records.ofType('member').map(({ id, facets }) => [String(id), facets['unit']]))
      tablets.value = found.map(({ record }) => ({
        unit: String(unitOf.get(textOf(record, 'owner')) ?? ''),
        seenAt: lastUseOf(record),
      }))
    },
    { immediate: true },
  )

  type Changes = Parameters<typeof unitFacts>[1]['changes']
  const changes = shallowRef<{ readonly since: string; readonly all: Changes }>()
  const isAsking = shallowRef(false)
  /** The server knows who changed a row before its last change; without it the rows alone speak. */
  async function ask(): Promise<void> {
    const since = updatedSince.value
    const sinceMs = startOfDayMs(since)
    if (Number.isNaN(sinceMs)) return
    isAsking.value = true
    const answer = await session.workplace?.changes(new Date(sinceMs - 1).toISOString())
    isAsking.value = false
    if (updatedSince.value !== since || answer?.ok !== true) return
    const all = answer.value.changes.map(({ id, entry }) => ({ id, by: entry.by, at: entry.acceptedAt }))
    changes.value = { since, all }
  }
  watch(updatedSince, () => void ask(), { immediate: true })
  const known = computed(() => (changes.value?.since === updatedSince.value ? changes.value.all : undefined))

  const shown = computed(() => units.standing.filter((unit) => kind.value === '' || unit.kind === kind.value))
  const leads = computed(() =>
    Map.groupBy(
      members.items.filter(({ active, roles }) => active && roles.includes('lead')),
      ({ unit }) => unit,
    ),
  )
  const lastReminders = computed(() => {
    const last = new Map<string, string>()
    for (const { facets } of records.ofType(reminderType.name)) {
      const key = [facets['unit'], facets['fiscalYear'], facets['reason']].join(' ')
      const day = String(facets['sentOn'])
      if (day > (last.get(key) ?? '')) last.set(key, day)
    }
    return last
  })

  const groups = computed<ReadonlyMap<ReminderGroup, readonly ReminderUnit[]> | undefined>(() => {
    if (!records.loaded || !members.loaded || tablets.value === undefined) return undefined
    const facts = unitFacts(
      shown.value.map(({ id }) => id),
      {
        entries: records.all,
        fiscalYear: fiscalYear.value,
        tablets: tablets.value,
        changes: known.value ?? [],
      },
    )
    const days = { updatedSince: updatedSince.value, seenSince: seenSince.value }
    const found = shown.value.flatMap(({ id, shortName }) => {
      const own = facts.get(id)
      const group = own && reminderGroupOf(own, days)
      if (own === undefined || group === undefined) return []
      const unit = {
        id,
        name: shortName,
        facts: own,
        leads: (leads.value.get(id) ?? []).map(({ email }) => email),
        remindedOn: lastReminders.value.get([id, fiscalYear.value, group].join(' ')) ?? '',
      }
      return [{ group, unit }]
    })
    return new Map(
      [...Map.groupBy(found, ({ group }) => group)].map(([group, all]) => [
        group,
        all.map(({ unit }) => unit),
      ]),
    )
  })

  /** Sends one reminder to each unit; answers what went wrong in words, undefined when all are saved. */
  async function send(
    reason: ReminderReason,
    { to, dueDate }: { readonly to: readonly ReminderUnit[]; readonly dueDate: string },
  ): Promise<string | undefined> {
    for (const { id: unit } of to) {
      const reminder = { unit, fiscalYear: fiscalYear.value, reason, sentOn: clock.today, dueDate }
      const id = reminderId(reminder)
      if (records.ofType(reminderType.name).some((sent) => sent.id === id)) continue
      const values = { ...reminder, dueDate: dueDate === '' ? null : dueDate, stage: 'sent' }
      const set = changesBetween({}, values)
      const saved = await records.save({ type: reminderType.name, op: 'create', id, stage: null, set })
      if (!saved.ok) return reasonText(saved.error, reminderType.name)
    }
    return undefined
  }

  return {
    fiscalYear,
    updatedSince,
    seenSince,
    kind,
    /** Undefined while records are read. */
    groups,
    isAsking: shallowReadonly(isAsking),
    /** Counted from this tablet's records alone. */
    isLocal: computed(() => known.value === undefined && !isAsking.value),
    ask,
    send,
  }
}
