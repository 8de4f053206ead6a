/** What of a note or an action cannot be saved, and what to do about it. */
import { MAX_ACTION } from '../../domain/types/action.ts'
import { meetingsText } from '../../text/meetings.ts'

export type WrittenType = 'minute' | 'action'

const MAX_MINUTE = 4000

export function writtenProblems(
  type: WrittenType,
  { text, owner }: { readonly text: string; readonly owner: string },
): { text?: string; owner?: string } {
  const [missing, label, max] =
    type === 'minute'
      ? [meetingsText.minuteMissing, meetingsText.minute, MAX_MINUTE]
      : [meetingsText.actionMissing, meetingsText.actionText, MAX_ACTION]
  return {
    ...(text.trim() === '' ? { text: missing } : {}),
    ...(text.length > max ? { text: meetingsText.tooLong(label, max) } : {}),
    ...(type === 'action' && owner === '' ? { owner: meetingsText.ownerMissing } : {}),
  }
}
