/** 報告会・会議. */
import { MEETING_KINDS } from '../domain/types/meeting.ts'

type MeetingKind = (typeof MEETING_KINDS)[number]

const meetingKindText: Readonly<Record<MeetingKind, string>> = {
  briefing: '報告会',
  board: '本部会議',
  section: '部会',
  regular: '定例会',
}

/** 「報告会」; '' for one not known here. */
export function meetingKindLabel(kind: unknown): string {
  const known = MEETING_KINDS.find((each) => each === kind)
  return known === undefined ? '' : meetingKindText[known]
}
