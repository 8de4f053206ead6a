/** お知らせ (4-ux): what happened that concerns this person, told from the light entries the tablet holds, also offline. */
import { type Actor, hasRole } from './actor.ts'
import { isAsking, openChecks } from './checks.ts'
import { isoDay, localDateOf } from './fiscal.ts'
import type { RecordId } from './ids.ts'
import { CYCLE_KINDS, cycleIdOf } from './types/cycle.ts'
import { SOON_DAYS, type TaskEntry, besideRow, isActionOf, reminderKind, rowOf, urgencyOf } from './tasks.ts'

/**
 * A refused save, a conflict, a returned row, feedback, 好事例, a deadline near or past, a reply, a reply that did not come, a
 * reminder to register rows, to bring them up to date or to submit a 点検, a 点検 that began and whose deadline is near or past, a 対応事項.
 */
export const NOTICE_KINDS = [
  'parked',
  'conflict',
  'returned',
  'feedback',
  'praise',
  'dueSoon',
  'overdue',
  'reply',
  'awaited',
  'register',
  'update',
  'check',
  'cycle',
  'checkSoon',
  'checkLate',
  'action',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** What the rule looks at of a record (sync/ports IndexEntry). */
export interface NoticeEntry extends TaskEntry {
  readonly rev: number
  readonly updatedBy: string
}

export interface Notice {
  /** The same on every tablet and every time, and another when it happens anew: what is read is remembered by it. */
  readonly id: string
  readonly kind: NoticeKind
  /** The 取組 to open; null when it is not here. */
  readonly initiative: RecordId | null
  /** The 点検, or the 対応事項, it is about instead of a 取組. */
  readonly about?: RecordId
  /** When it happened: an ISO instant, or `YYYY-MM-DD` where a day did it. */
  readonly at: string
  /** Who did it (uid); '' where nobody did. */
  readonly by: string
  /** `YYYY-MM-DD`, '' when there is no deadline. */
  readonly dueDate: string
}

interface NoticeContext {
  readonly actor: Actor
  /** `YYYY-MM-DD` in Tokyo. */
  readonly today: string
  /** Parked saves of this tablet [S12]: order of saving, record, when saved. */
  readonly parked: readonly { readonly n: number; readonly recordId: RecordId; readonly at: string }[]
}

/** 好事例 and reminders are news for so many days. */
const NEWS_DAYS = 90
const DAY_MS = 86_400_000

/** Notices of the actor, newest first. */
export function noticesOf(entries: Iterable<NoticeEntry>, { actor, today, parked }: NoticeContext): Notice[] {
  const byId = new Map<string, NoticeEntry>()
  for (const entry of entries) byId.set(entry.id, entry)
  const told = [...byId.values()].flatMap((entry) => {
    const row = rowOf(entry, byId)
    return happenedTo(entry, { actor, today, row, byId }).map((kind) => ({
      id: idOf(kind, entry),
      kind,
      initiative: row?.id ?? null,
      ...aboutOf(entry, byId),
      at: timeOf(kind, entry),
      by: BY_A_PERSON.includes(kind) ? entry.updatedBy : '',
      dueDate: dueDateOf(entry),
    }))
  })
  const refused = parked.map(({ n, recordId, at }) => ({
    id: `parked.${n}`,
    kind: 'parked' as const,
    initiative: rowOf(byId.get(recordId), byId)?.id ?? null,
    at,
    by: '',
    dueDate: '',
  }))
  return [...refused, ...told].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? 1 : -1))
}

const BY_A_PERSON: readonly NoticeKind[] = [
  'returned',
  'feedback',
  'praise',
  'reply',
  'register',
  'update',
  'check',
  'action',
]
const BY_A_DAY: readonly NoticeKind[] = ['dueSoon', 'overdue', 'awaited', 'cycle', 'checkSoon', 'checkLate']
/** What a notice without a 取組 is about. */
function aboutOf(entry: NoticeEntry, byId: ReadonlyMap<string, NoticeEntry>): Pick<Notice, 'about'> {
  const about = BESIDE_ROWS.includes(entry.type) ? entry : (cycleOf(entry, byId) ?? besideRow(entry, byId))
  return about === undefined ? {} : { about: about.id }
}
/** Types of what is told of without a 取組. */
const BESIDE_ROWS: readonly string[] = ['cycle', 'action']

/** The 点検 a reminder is about. */
function cycleOf(
  { type, facets }: NoticeEntry,
  byId: ReadonlyMap<string, NoticeEntry>,
): NoticeEntry | undefined {
  const kind = CYCLE_KINDS.find((known) => type === 'reminder' && known === facets['reason'])
  return kind === undefined ? undefined : byId.get(cycleIdOf(Number(facets['fiscalYear']), kind))
}

interface Situation {
  readonly actor: Actor
  readonly today: string
  readonly row: NoticeEntry | undefined
  readonly byId: ReadonlyMap<string, NoticeEntry>
}

function happenedTo(entry: NoticeEntry, situation: Situation): NoticeKind[] {
  const { actor, row, byId } = situation
  switch (entry.type) {
    case 'conflict':
      return entry.stage === 'open' ? ['conflict'] : []
    case 'initiative': {
      // Once somebody of the unit has gone on with it, it is no news any more.
      const unitOfLast = byId.get(entry.updatedBy)?.facets['unit']
      const isFresh = entry.stage === 'returned' && unitOfLast !== entry.facets['leadUnit']
      return isFresh && isOurs(actor, row) ? ['returned'] : []
    }
    case 'reminder': {
      const kind = reminderKind(entry, actor)
      if (kind === undefined || !isNews(entry, situation.today)) return []
      const cycle = cycleOf(entry, byId)
      const isDone = cycle !== undefined && (cycle.stage !== 'open' || openChecks(cycle, actor, byId) === 0)
      return isDone ? [] : [kind]
    }
    case 'cycle':
      return cycleNews(entry, situation)
    case 'action':
      return isActionOf(entry, actor) ? ['action'] : []
    case 'feedback':
      return row === undefined ? [] : feedbackNews(entry, { ...situation, row })
    default:
      return []
  }
}

function cycleNews(entry: NoticeEntry, { actor, today, byId }: Situation): NoticeKind[] {
  if (!isAsking(entry, today) || !hasRole(actor, 'staff', 'lead')) return []
  const urgency = openChecks(entry, actor, byId) === 0 ? 'none' : urgencyOf(dueDateOf(entry), today)
  return urgency === 'none' ? ['cycle'] : ['cycle', urgency === 'soon' ? 'checkSoon' : 'checkLate']
}

function feedbackNews(
  entry: NoticeEntry,
  { actor, today, row }: Situation & { row: NoticeEntry },
): NoticeKind[] {
  const isHq = hasRole(actor, 'hq')
  if (entry.stage === 'answered') return isHq ? ['reply'] : []
  if (entry.stage !== 'open') return []
  if (entry.facets['kind'] === 'praise') {
    return isNews(entry, today) && isOurs(actor, row) ? ['praise'] : []
  }
  const urgency = urgencyOf(dueDateOf(entry), today)
  const kinds: NoticeKind[] = isOurs(actor, row) ? ['feedback'] : []
  if (hasRole(actor, 'lead') && row.facets['leadUnit'] === actor.unit) {
    if (urgency === 'overdue') kinds.push('overdue')
    // Feedback that came with a near deadline says so itself.
    else if (urgency === 'soon' && timeOf('dueSoon', entry) > tokyoDay(entry.updatedAt)) kinds.push('dueSoon')
  }
  if (isHq && urgency === 'overdue') kinds.push('awaited')
  return kinds
}

/** Told for a while only. */
function isNews({ updatedAt }: NoticeEntry, today: string): boolean {
  return updatedAt.slice(0, 10) >= dayBefore(today, NEWS_DAYS)
}

/** Staff and leads of the lead and joint units. */
function isOurs(actor: Actor, row: NoticeEntry | undefined): boolean {
  const joint = row?.facets['jointUnits']
  const units = [row?.facets['leadUnit'], ...(Array.isArray(joint) ? joint : [])]
  return hasRole(actor, 'staff', 'lead') && units.includes(actor.unit)
}

const dueDateOf = ({ facets }: NoticeEntry): string => String(facets['dueDate'] ?? '')

function idOf(kind: NoticeKind, entry: NoticeEntry): string {
  return `${kind}.${entry.id}.${BY_A_DAY.includes(kind) ? dueDateOf(entry) : entry.rev}`
}

function timeOf(kind: NoticeKind, entry: NoticeEntry): string {
  if (kind === 'dueSoon' || kind === 'checkSoon') return dayBefore(dueDateOf(entry), SOON_DAYS)
  if (kind === 'cycle') return String(entry.facets['opens'])
  const isLate = kind === 'overdue' || kind === 'awaited' || kind === 'checkLate'
  return isLate ? dayBefore(dueDateOf(entry), -1) : entry.updatedAt
}

const dayBefore = (day: string, days: number): string => {
  const timeMs = Date.parse(day)
  return Number.isNaN(timeMs) ? '' : isoDay(localDateOf(timeMs - days * DAY_MS))
}

const tokyoDay = (iso: string): string => isoDay(localDateOf(Date.parse(iso)))
