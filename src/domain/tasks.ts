/** いま必要なこと (4-ux, ホーム): what waits for this person, from the light entries the tablet holds. */
import { type Actor, hasRole } from './actor.ts'
import { isAsking, openChecks } from './checks.ts'
import type { RecordId } from './ids.ts'
import type { Facets } from './record.ts'
import { openReminders } from './reminders.ts'

/**
 * In the order of ホーム: a refused save, two versions of a text, a returned row, feedback to reply to, a reminder to register
 * rows or to bring them up to date, a 点検 to submit, a 対応事項 of a meeting; then headquarters' own: a reply to read, a reply that did not come in time.
 */
export const TASK_KINDS = [
  'parked',
  'conflict',
  'returned',
  'reply',
  'register',
  'update',
  'check',
  'action',
  'confirm',
  'awaited',
] as const
export type TaskKind = (typeof TASK_KINDS)[number]

/** What the rule looks at of a record: the light entry every list has (sync/ports IndexEntry). */
export interface TaskEntry {
  readonly id: RecordId
  readonly type: string
  readonly stage: string
  readonly facets: Facets
  readonly updatedAt: string
}

/** A deadline as seen today. */
export type Urgency = 'overdue' | 'soon' | 'none'

/** One thing to do on one row. */
export interface Task {
  readonly kind: TaskKind
  /** The 取組 to open; null when what waits belongs to none that is here. */
  readonly initiative: RecordId | null
  /** The 点検, or the 対応事項, it is about instead of a 取組. */
  readonly about?: RecordId
  /** How many records of that kind wait there. */
  readonly count: number
  /** The earliest deadline as `YYYY-MM-DD`, '' when there is none. */
  readonly dueDate: string
  readonly urgency: Urgency
}

interface TaskContext {
  readonly actor: Actor
  /** `YYYY-MM-DD` in Tokyo. */
  readonly today: string
  /** Records of which this tablet has a parked save [S12]. */
  readonly parked: readonly RecordId[]
}

/** A deadline is near from this many days before. */
export const SOON_DAYS = 7

/** What waits for the actor: overdue first, then by kind, then the nearest deadline. */
export function tasksOf(entries: Iterable<TaskEntry>, { actor, today, parked }: TaskContext): Task[] {
  const byId = new Map<string, TaskEntry>()
  for (const entry of entries) byId.set(entry.id, entry)
  const reminded = hasRole(actor, 'lead') ? openReminders(byId.values()) : []
  const found = [...byId.values()].flatMap((entry) => {
    if (besideRow(entry, byId) !== undefined) return []
    const kind =
      entry.type === 'reminder'
        ? reminded.includes(entry)
          ? reminderKind(entry, actor)
          : undefined
        : kindOf(entry, { actor, today, row: rowOf(entry, byId) })
    return kind === undefined ? [] : [{ kind, entry }]
  })
  const waiting = [
    ...[...new Set(parked)].map((id) => ({
      kind: 'parked' as const,
      initiative: rowOf(byId.get(id), byId)?.id ?? null,
      dueDate: '',
    })),
    ...found.map(({ kind, entry }) => ({
      kind,
      initiative: rowOf(entry, byId)?.id ?? null,
      dueDate: String(entry.facets['dueDate'] ?? ''),
    })),
  ]
  const byRow = [...Map.groupBy(waiting, ({ kind, initiative }) => `${kind} ${initiative}`).values()]
  return [...byRow.map((same) => together(same, today)), ...tasksBesideRows(byId, { actor, today })].sort(
    byUrgency,
  )
}

/** The cycle or meeting that a conflict is about, whatever row it names. */
export function besideRow<T extends TaskEntry>(
  { type, facets }: TaskEntry,
  byId: ReadonlyMap<string, T>,
): T | undefined {
  const target = type === 'conflict' ? byId.get(String(facets['target'] ?? '')) : undefined
  const meeting = target?.facets['meeting']
  const home = meeting === undefined ? target : byId.get(String(meeting))
  return home?.type === 'cycle' || home?.type === 'meeting' ? home : undefined
}

/** What the cycles of 点検 and the actions of meetings ask of the actor's unit, and 要確認 of both. */
function tasksBesideRows(
  byId: ReadonlyMap<string, TaskEntry>,
  { actor, today }: { actor: Actor; today: string },
): Task[] {
  const all = [...byId.values()].flatMap((entry): Task[] => {
    const dueDate = String(entry.facets['dueDate'] ?? '')
    const task = { initiative: null, about: entry.id, dueDate, urgency: urgencyOf(dueDate, today) }
    if (isActionOf(entry, actor)) return [{ kind: 'action', count: 1, ...task }]
    const home = entry.stage === 'open' ? besideRow(entry, byId) : undefined
    if (home !== undefined)
      return [{ kind: 'conflict', initiative: null, about: home.id, count: 1, dueDate: '', urgency: 'none' }]
    const count = isAsking(entry, today) ? openChecks(entry, actor, byId) : 0
    return count === 0 ? [] : [{ kind: 'check', count, ...task }]
  })
  // Several conflicts of one meeting are one task.
  return [...Map.groupBy(all, ({ kind, about }) => `${kind} ${about}`).values()].flatMap((same) =>
    same.slice(0, 1).map((task) => ({ ...task, count: Math.max(task.count, same.length) })),
  )
}

/** An open 対応事項 of the actor's unit. */
export function isActionOf(
  { type, stage, facets }: Omit<TaskEntry, 'id' | 'updatedAt'>,
  actor: Actor,
): boolean {
  return (
    type === 'action' && stage === 'open' && facets['owner'] === actor.unit && hasRole(actor, 'staff', 'lead')
  )
}

/** What a reminder asks of the lead of its unit. */
export function reminderKind(
  { facets }: Pick<TaskEntry, 'facets'>,
  actor: Actor,
): 'register' | 'update' | 'check' | undefined {
  if (!hasRole(actor, 'lead') || facets['unit'] !== actor.unit) return undefined
  if (facets['reason'] === 'interim' || facets['reason'] === 'result') return 'check'
  return facets['reason'] === 'unregistered' ? 'register' : 'update'
}

/** What the entry alone asks of the actor. */
function kindOf(
  { type, stage, facets }: TaskEntry,
  { actor, today, row }: { actor: Actor; today: string; row: TaskEntry | undefined },
): TaskKind | undefined {
  // Conflicts come only to those who may resolve them [S16].
  if (type === 'conflict') return stage === 'open' ? 'conflict' : undefined
  if (type === 'initiative') return stage === 'returned' && leads(actor, row) ? 'returned' : undefined
  if (type !== 'feedback' || row === undefined) return undefined
  if (stage === 'answered') return hasRole(actor, 'hq') ? 'confirm' : undefined
  if (stage !== 'open' || facets['kind'] === 'praise') return undefined
  if (leads(actor, row)) return 'reply'
  const late = urgencyOf(String(facets['dueDate'] ?? ''), today) === 'overdue'
  return late && hasRole(actor, 'hq') ? 'awaited' : undefined
}

/** The lead unit's lead submits and replies (1-product, acts on an initiative). */
const leads = (actor: Actor, row: TaskEntry | undefined): boolean =>
  hasRole(actor, 'lead') && row?.facets['leadUnit'] === actor.unit

/** The 取組 an entry belongs to: itself, what it hangs on, or what the target of a conflict hangs on. */
export function rowOf<T extends TaskEntry>(
  entry: T | undefined,
  byId: ReadonlyMap<string, T>,
): T | undefined {
  let at = entry
  for (let step = 0; step < 2 && at !== undefined && at.type !== 'initiative'; step += 1) {
    at = byId.get(String(at.facets['target'] ?? at.facets['initiative'] ?? ''))
  }
  return at?.type === 'initiative' ? at : undefined
}

function together(same: readonly Pick<Task, 'kind' | 'initiative' | 'dueDate'>[], today: string): Task {
  const [first] = same
  if (first === undefined) throw new Error('A group has at least one member.')
  const dueDate = same
    .map((one) => one.dueDate)
    .filter((date) => date !== '')
    .reduce((earliest, date) => (earliest === '' || date < earliest ? date : earliest), '')
  const { kind, initiative } = first
  return { kind, initiative, count: same.length, dueDate, urgency: urgencyOf(dueDate, today) }
}

/** Where a deadline stands today, both `YYYY-MM-DD`; '' has none. The day itself is still in time. */
export function urgencyOf(dueDate: string, today: string): Urgency {
  const days = daysUntil(dueDate, today)
  if (days === undefined) return 'none'
  return days < 0 ? 'overdue' : days <= SOON_DAYS ? 'soon' : 'none'
}

/** Days from today to a deadline, negative when it is past; undefined when there is none. */
export function daysUntil(dueDate: string, today: string): number | undefined {
  const days = (Date.parse(dueDate) - Date.parse(today)) / 86_400_000
  return Number.isNaN(days) ? undefined : Math.round(days)
}

/** Overdue first, then TASK_KINDS, then the nearest deadline (none comes last). */
function byUrgency(a: Task, b: Task): number {
  const late = Number(b.urgency === 'overdue') - Number(a.urgency === 'overdue')
  if (late !== 0) return late
  const kind = TASK_KINDS.indexOf(a.kind) - TASK_KINDS.indexOf(b.kind)
  if (kind !== 0) return kind
  const [dueA, dueB] = [a.dueDate || '9999', b.dueDate || '9999']
  if (dueA !== dueB) return dueA < dueB ? -1 : 1
  return String(a.initiative) < String(b.initiative) ? -1 : 1
}
