import type { AccountError } from '../../stores/ports.ts'
import { membersText } from '../../text/members.ts'

/** What a failed request about an account means, and what to do. */
export function accountErrorText(error: AccountError): string {
  switch (error.type) {
    case 'offline':
    case 'timeout':
      return membersText.offline
    case 'emailTaken':
      return membersText.emailTaken
    case 'lastAdmin':
      return membersText.lastAdmin
    case 'notAllowed':
      return membersText.notAllowed
    case 'signInNeeded':
    case 'malformed':
    case 'refused':
      return membersText.failed
  }
}
