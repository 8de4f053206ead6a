/** Where a feedback stands, as headquarters follows it up (M4-15). */
import { type TaskEntry, urgencyOf } from './tasks.ts'

/** A reply to read, late, waiting for a reply, 好事例 (asks for none), closed: every feedback is in one of them. */
export const FEEDBACK_STATES = ['answered', 'overdue', 'open', 'praise', 'closed'] as const
export type FeedbackState = (typeof FEEDBACK_STATES)[number]

/** `today`: `YYYY-MM-DD` in Tokyo. */
export function feedbackStateOf(
  { stage, facets }: Pick<TaskEntry, 'stage' | 'facets'>,
  today: string,
): FeedbackState {
  if (stage === 'answered') return 'answered'
  if (stage !== 'open') return 'closed'
  if (facets['kind'] === 'praise') return 'praise'
  return urgencyOf(String(facets['dueDate'] ?? ''), today) === 'overdue' ? 'overdue' : 'open'
}

interface Dated extends Pick<TaskEntry, 'facets'> {
  readonly updatedAt: string
}

/** What waits longest first: replies as they came, the others by deadline (none comes last); what is over, newest first. */
export function byFollowUp(state: FeedbackState): (a: Dated, b: Dated) => number {
  const due = ({ facets }: Dated): string => String(facets['dueDate'] ?? '') || '9999'
  return (a, b) => {
    const later = a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0
    if (state === 'closed' || state === 'praise') return -later
    if (state === 'answered' || due(a) === due(b)) return later
    return due(a) < due(b) ? -1 : 1
  }
}
