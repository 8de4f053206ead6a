/** Pages of 点検 beside each other. */
import { cycleText } from '../../text/cycle.ts'
import { meetingsText } from '../../text/meetings.ts'

export const CYCLE_PAGES = [
  { to: '/cycle', label: cycleText.title },
  { to: '/meetings', label: meetingsText.title },
] as const
