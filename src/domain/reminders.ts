/** 督促 (M2-9): which units have nothing registered, nothing new, or tablets that were not there; and when a reminder is answered. */
import { type RecordId, asRecordId } from './ids.ts'
import type { Facets } from './record.ts'
import type { ReminderReason } from './types/reminder.ts'

/**
 * 未登録, 未更新: to be reminded. 未同期: a tablet may hold what the server does not know yet, so that the unit is shown and
 * not reminded.
 */
export type RowGroup = 'unregistered' | 'stale' | 'unseen'
/** And 点検 that is not submitted. */
export type ReminderGroup = ReminderReason | RowGroup

/** What is known of a unit in a fiscal year. Instants are ISO 8601 UTC. */
export interface UnitFacts {
  /** 取組 of the year on the list that it leads or joins in. */
  readonly rows: number
  /** Last change of one of them, or 経過 and 写真 on them, by people of the units that carry it; null when there is none. */
  readonly updatedAt: string | null
  /** Tablets in use of its people. */
  readonly tablets: number
  /** When one of them last received; null when none ever did. */
  readonly seenAt: string | null
}

/** Days in Tokyo, `YYYY-MM-DD`: from when on an update, and a tablet that was there, count. */
export interface ReminderDays {
  readonly updatedSince: string
  readonly seenSince: string
}

/** The one group a unit is in by its rows; undefined when nothing is missing. */
export function reminderGroupOf(facts: UnitFacts, days: ReminderDays): RowGroup | undefined {
  if (facts.tablets > 0 && !isSince(facts.seenAt, days.seenSince)) return 'unseen'
  if (facts.rows === 0) return 'unregistered'
  return isSince(facts.updatedAt, days.updatedSince) ? undefined : 'stale'
}

/** Whether an instant is on a day in Tokyo or later. */
function isSince(instant: string | null, day: string): boolean {
  return instant !== null && Date.parse(instant) >= startOfDayMs(day)
}

/** Unix ms at which a day begins in Tokyo (UTC+9, no summer time). */
export function startOfDayMs(day: string): number {
  return Date.parse(`${day}T00:00:00.000+09:00`)
}

/** What the rules read of a record (sync/ports IndexEntry). */
export interface ReminderEntry {
  readonly id: RecordId
  readonly type: string
  readonly stage: string
  readonly facets: Facets
  readonly updatedAt: string
  readonly updatedBy: string
}

/** A tablet in use: the unit of its person, and when it last received (ISO), '' when never. */
export interface SeenTablet {
  readonly unit: string
  readonly seenAt: string
}

interface FactsContext {
  readonly entries: Iterable<ReminderEntry>
  readonly fiscalYear: number
  readonly tablets: readonly SeenTablet[]
  /** Accepted changes of 取組 by row, where the server could be asked: a row shows who changed it last alone. */
  readonly changes: readonly { readonly id: string; readonly by: string; readonly at: string }[]
}

/** What is known of each of these units. */
export function unitFacts(
  units: readonly string[],
  { entries, fiscalYear, tablets, changes }: FactsContext,
): Map<string, UnitFacts> {
  const all = [...entries]
  const unitOf = new Map(
    all.filter(({ type }) => type === 'member').map(({ id, facets }) => [String(id), facets['unit']]),
  )
  const rows = new Map(all.filter((entry) => isListed(entry, fiscalYear)).map((row) => [String(row.id), row]))
  const updates = [
    ...all.map((entry) => ({ id: rowIdOf(entry), by: entry.updatedBy, at: entry.updatedAt })),
    ...changes,
  ]
  const updatedAt = new Map<string, string>()
  for (const { id, by, at } of updates) {
    const row = rows.get(id)
    if (row === undefined || !carriersOf(row).some((unit) => unit === unitOf.get(by))) continue
    for (const unit of carriersOf(row)) updatedAt.set(unit, later(updatedAt.get(unit), at))
  }
  const carried = [...rows.values()].flatMap(carriersOf)
  return new Map(
    units.map((unit) => {
      const own = tablets.filter((tablet) => tablet.unit === unit)
      const seen = own.map(({ seenAt }) => seenAt).filter((at) => at !== '')
      return [
        unit,
        {
          rows: carried.filter((carrier) => carrier === unit).length,
          updatedAt: updatedAt.get(unit) ?? null,
          tablets: own.length,
          seenAt: seen.length === 0 ? null : seen.reduce(later),
        },
      ]
    }),
  )
}

/** Both are ISO 8601 UTC with milliseconds. */
function later(a: string | undefined, b: string): string {
  return a === undefined || a < b ? b : a
}

/** The row a change counts for: its own, or the one that 経過 and 写真 hang on; '' for anything else. */
function rowIdOf({ type, id, facets }: Pick<ReminderEntry, 'type' | 'id' | 'facets'>): string {
  if (type === 'initiative') return id
  return type === 'note' || type === 'photo' ? String(facets['initiative'] ?? '') : ''
}

function isListed(
  { type, stage, facets }: Pick<ReminderEntry, 'type' | 'stage' | 'facets'>,
  fiscalYear: number,
): boolean {
  return (
    type === 'initiative' && stage !== 'draft' && stage !== 'withdrawn' && facets['fiscalYear'] === fiscalYear
  )
}

/** The lead unit and those that join in, each once. */
function carriersOf({ facets }: Pick<ReminderEntry, 'facets'>): string[] {
  const joint = facets['jointUnits']
  return [...new Set([String(facets['leadUnit'] ?? ''), ...(Array.isArray(joint) ? joint : [])])]
}

/** A reminder to be sent; days are `YYYY-MM-DD`, '' for no deadline. */
export interface ReminderToSend {
  readonly unit: string
  readonly fiscalYear: number
  readonly reason: ReminderReason
  readonly sentOn: string
  readonly dueDate: string
}

/** The same reminder of the same day is the same record, whoever sends it. */
export function reminderId({ unit, fiscalYear, reason, sentOn, dueDate }: ReminderToSend): RecordId {
  return asRecordId(['reminder', fiscalYear, reason, sentOn, dueDate || 'none', unit].join('.'))
}

/**
 * Reminders of rows among these entries that are still to be answered: what was asked for has not been saved since, by whomever.
 * Of several for the same only the latest stands. A 点検 asks by itself until it is submitted.
 */
export function openReminders<T extends Omit<ReminderEntry, 'updatedBy'>>(entries: Iterable<T>): T[] {
  const all = [...entries]
  const latest = new Map<string, T>()
  for (const entry of all) {
    if (entry.type !== 'reminder') continue
    const { unit, fiscalYear, reason } = entry.facets
    if (reason === 'interim' || reason === 'result') continue
    const key = [unit, fiscalYear, reason].join(' ')
    const known = latest.get(key)
    if (known === undefined || known.updatedAt < entry.updatedAt) latest.set(key, entry)
  }
  if (latest.size === 0) return []
  return [...latest.values()].filter(({ facets, updatedAt }) => {
    const ofUnit = all.filter(
      (entry) =>
        isListed(entry, Number(facets['fiscalYear'])) && carriersOf(entry).includes(String(facets['unit'])),
    )
    if (facets['reason'] === 'unregistered') return ofUnit.length === 0
    const rows = new Set(ofUnit.map(({ id }) => String(id)))
    return !all.some((entry) => rows.has(rowIdOf(entry)) && entry.updatedAt > updatedAt)
  })
}
