/** Units by what is missing in a fiscal year, and sending reminders to them. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import { isoDay, localDateOf } from '../../domain/fiscal.ts'
import {
  type ReminderGroup,
  type RowGroup,
  type SeenTablet,
  type UnitFacts,
  reminderGroupOf,
  reminderId,
  startOfDayMs,
  unitFacts,
} from '../../domain/reminders.ts'
import { textOf } from '../../domain/record.ts'
import { type CycleKind, parseCycleKind } from '../../domain/types/cycle.ts'
import { deviceType } from '../../domain/types/device.ts'
import { type ReminderReason, reminderType } from '../../domain/types/reminder.ts'
import { createWish } from '../../stores/changes.ts'
import { useClock } from '../../stores/clock.ts'
import { useCycles } from '../../stores/cycles.ts'
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
  /** Rows of its that a 点検 still waits for; 0 where it is not about that. */
  readonly unsubmitted: number
}

const DAY_MS = 86_400_000
const UPDATED_DAYS = 30
const SEEN_DAYS = 14

/** Units that a 点検 still waits for. */
interface Unsubmitted {
  readonly group: CycleKind
  readonly fiscalYear: number
  /** `YYYY-MM-DD`. */
  readonly dueDate: string
  readonly units: readonly ReminderUnit[]
}

/** `cycleId`: the 点検 whose units are to be reminded as well; '' = none. */
export function useReminders(cycleId: MaybeRefOrGetter<string>) {
  const session = useSession()
  const records = useRecords()
  const units = useUnits()
  const members = useMembers()
  const clock = useClock()
  const initiatives = useInitiatives()
  const cycles = useCycles()

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

  const facts = computed(() => {
    if (!records.loaded || !members.loaded || tablets.value === undefined) return undefined
    return unitFacts(
      shown.value.map(({ id }) => id),
      {
        entries: records.all,
        fiscalYear: fiscalYear.value,
        tablets: tablets.value,
        changes: known.value ?? [],
      },
    )
  })
  const groupOf = (own: UnitFacts) =>
    reminderGroupOf(own, { updatedSince: updatedSince.value, seenSince: seenSince.value })

  function reminderUnit(
    { id, shortName }: { readonly id: string; readonly shortName: string },
    own: UnitFacts,
    about: { readonly group: ReminderGroup; readonly year: number; readonly unsubmitted: number },
  ): ReminderUnit {
    return {
      id,
      name: shortName,
      facts: own,
      leads: (leads.value.get(id) ?? []).map(({ email }) => email),
      remindedOn: lastReminders.value.get([id, about.year, about.group].join(' ')) ?? '',
      unsubmitted: about.unsubmitted,
    }
  }

  const groups = computed<ReadonlyMap<RowGroup, readonly ReminderUnit[]> | undefined>(() => {
    if (facts.value === undefined) return undefined
    const year = fiscalYear.value
    const found = shown.value.flatMap((unit) => {
      const own = facts.value?.get(unit.id)
      const group = own && groupOf(own)
      if (own === undefined || group === undefined) return []
      return [{ group, unit: reminderUnit(unit, own, { group, year, unsubmitted: 0 }) }]
    })
    return new Map(
      [...Map.groupBy(found, ({ group }) => group)].map(([group, all]) => [
        group,
        all.map(({ unit }) => unit),
      ]),
    )
  })

  /** The 点検 whose units are to be reminded as well, while it takes checks. */
  const cycle = computed(() =>
    cycles.cycles.find(({ id, stage }) => stage === 'open' && id === toValue(cycleId)),
  )
  const unsubmitted = computed<Unsubmitted | undefined>(() => {
    if (cycle.value === undefined) return undefined
    const { facets } = cycle.value
    const [group, year] = [parseCycleKind(facets['kind']), Number(facets['fiscalYear'])]
    const open = Map.groupBy(
      cycles.linesOf(cycle.value).filter(({ state }) => state !== 'submitted'),
      ({ unit }) => unit,
    )
    const found = shown.value.flatMap((unit) => {
      const own = facts.value?.get(unit.id)
      const count = open.get(unit.id)?.length ?? 0
      if (own === undefined || count === 0 || groupOf(own) === 'unseen') return []
      return [reminderUnit(unit, own, { group, year, unsubmitted: count })]
    })
    return { group, fiscalYear: year, dueDate: String(facets['dueDate'] ?? ''), units: found }
  })

  /** Sends one reminder to each unit, or none; answers what went wrong in words, undefined when all are saved. */
  async function send(
    reason: ReminderReason,
    {
      to,
      ...about
    }: { readonly to: readonly ReminderUnit[]; readonly fiscalYear: number; readonly dueDate: string },
  ): Promise<string | undefined> {
    const sent = new Set(records.ofType(reminderType.name).map(({ id }) => id))
    const wishes = to.map(({ id: unit }) => {
      const reminder = { unit, ...about, reason, sentOn: clock.today }
      const values = { ...reminder, dueDate: about.dueDate === '' ? null : about.dueDate, stage: 'sent' }
      return createWish(reminderType.name, reminderId(reminder), values)
    })
    const saved = await records.saveAll(wishes.filter(({ id }) => !sent.has(id)))
    return saved.ok ? undefined : reasonText(saved.error.error, reminderType.name)
  }

  return {
    fiscalYear,
    updatedSince,
    seenSince,
    kind,
    /** Undefined while records are read. */
    groups,
    unsubmitted,
    isAsking: shallowReadonly(isAsking),
    /** Counted from this tablet's records alone. */
    isLocal: computed(() => known.value === undefined && !isAsking.value),
    ask,
    send,
  }
}
