/** A feedback record as FeedbackEntry shows it. */
import { readKeptReasons } from '../../domain/keptReasons.ts'
import { type StoredRecord, textOf } from '../../domain/record.ts'
import { FEEDBACK_KINDS } from '../../domain/types/feedback.ts'
import { dateText, localDateText } from '../../text/dates.ts'
import { detailText } from '../../text/detail.ts'

/** `memberName`: '' for a person who is not known here. */
export function feedbackViewOf(record: StoredRecord, memberName: (uid: string) => string) {
  return {
    kind: FEEDBACK_KINDS.find((known) => known === textOf(record, 'kind')) ?? 'advice',
    text: textOf(record, 'text'),
    keptReasons: readKeptReasons(record),
    author: memberName(record.createdBy) || detailText.someone,
    date: dateText(record.createdAt),
    dueLabel: localDateText(textOf(record, 'dueDate')) || undefined,
    open: record.stage === 'open',
    closed: record.stage === 'closed',
    reply:
      textOf(record, 'reply') === ''
        ? null
        : {
            text: textOf(record, 'reply'),
            // Closing or reopening is headquarters' act; the reply stays the unit's.
            author: record.stage === 'answered' ? memberName(record.updatedBy) : '',
            date: dateText(record.updatedAt),
          },
  }
}
