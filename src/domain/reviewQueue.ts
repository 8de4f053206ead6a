/** 本部レビュー (M4-15): which rows headquarters has yet to look at, from the light entries the tablet holds, also offline. */
import type { RecordId } from './ids.ts'
import type { TaskEntry } from './tasks.ts'

/** Never seen, changed since it was, or with a reply of the unit that nobody has closed. */
export const REVIEW_REASONS = ['new', 'changed', 'replied'] as const
export type ReviewReason = (typeof REVIEW_REASONS)[number]

/** What the rule looks at of a record (sync/ports IndexEntry). */
export interface ReviewEntry extends TaskEntry {
  readonly rev: number
  readonly updatedAt: string
  readonly updatedBy: string
}

/** How far a person has seen a row (types/review.ts). */
export interface SeenUpTo {
  readonly rev: number
  readonly ownRev: number
}

export const NEVER_SEEN: SeenUpTo = { rev: 0, ownRev: 0 }

export interface ReviewItem {
  readonly id: RecordId
  readonly reasons: readonly ReviewReason[]
  /** When the row last changed, or the first of its replies came: ISO, the server's time. */
  readonly at: string
  readonly seen: SeenUpTo
  /** Replies to read: ids of the feedback. */
  readonly replies: readonly RecordId[]
}

/** Stages headquarters looks at: a draft is the unit's own, a returned row is with the unit until it is submitted again. */
const WITH_HEADQUARTERS: readonly string[] = ['submitted', 'reviewed', 'concluded', 'withdrawn']

/**
 * True when nobody else has changed the row since `seen`. The person's own changes are theirs: the one that follows what
 * they saw, and those that were on their way when they saw it.
 */
export function isSeen(
  { rev, updatedBy }: Pick<ReviewEntry, 'rev' | 'updatedBy'>,
  { seen, uid }: { seen: SeenUpTo; uid: string },
): boolean {
  if (seen.rev === 0) return false
  return rev <= seen.rev || (updatedBy === uid && rev <= Math.max(seen.rev + 1, seen.ownRev))
}

/** What waits for the person, the oldest change first. `entries`: every record of the tablet, in any order. */
export function reviewQueue(entries: Iterable<ReviewEntry>, { uid }: { uid: string }): ReviewItem[] {
  const rows: ReviewEntry[] = []
  const seenUpTo = new Map<string, SeenUpTo>()
  const replies = new Map<string, ReviewEntry[]>()
  for (const entry of entries) {
    const row = String(entry.facets['initiative'] ?? '')
    if (entry.type === 'initiative') rows.push(entry)
    else if (entry.type === 'review') seenUpTo.set(row, seenOf(entry))
    else if (entry.type === 'feedback' && entry.stage === 'answered')
      replies.set(row, [...(replies.get(row) ?? []), entry])
  }
  return rows
    .flatMap((row) => {
      const item = itemOf(row, {
        uid,
        seen: seenUpTo.get(row.id) ?? NEVER_SEEN,
        replies: replies.get(row.id) ?? [],
      })
      return item === undefined ? [] : [item]
    })
    .sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1))
}

/** What a review record's entry says. */
export function seenOf({ facets }: Pick<ReviewEntry, 'facets'>): SeenUpTo {
  return { rev: Number(facets['rev'] ?? 0), ownRev: Number(facets['ownRev'] ?? 0) }
}

export const isSameSeen = (a: SeenUpTo, b: SeenUpTo): boolean => a.rev === b.rev && a.ownRev === b.ownRev

function itemOf(
  row: ReviewEntry,
  { uid, seen, replies }: { uid: string; seen: SeenUpTo; replies: readonly ReviewEntry[] },
): ReviewItem | undefined {
  const toSee = WITH_HEADQUARTERS.includes(row.stage) && !isSeen(row, { seen, uid })
  const times = [...(toSee ? [row.updatedAt] : []), ...replies.map(({ updatedAt }) => updatedAt)]
  const [at] = times.sort()
  if (at === undefined) return undefined
  const reasons: ReviewReason[] = toSee ? [seen.rev === 0 ? 'new' : 'changed'] : []
  if (replies.length > 0) reasons.push('replied')
  return { id: row.id, reasons, at, seen, replies: replies.map(({ id }) => id) }
}
