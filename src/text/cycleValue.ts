/** Values of what 点検 and meetings store, as people read them. */
import { readAgenda } from '../domain/agenda.ts'
import type { Json } from '../domain/json.ts'
import { parseAchievement } from '../domain/types/check.ts'
import { parseCycleKind } from '../domain/types/cycle.ts'
import { achievementText, cycleKindText } from './cycle.ts'
import { localDateText } from './dates.ts'
import { meetingKindLabel } from './meetings.ts'

const STAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cycle: { open: '受付中', closed: '締切済' },
  check: { draft: '下書き', submitted: '提出済', concluded: '提出済' },
  meeting: { planned: '開催前', held: '開催済' },
  action: { open: '未対応', done: '対応済' },
}

/** undefined for a field that reads as it is. */
export function cycleValueText(field: string, value: Json, type: string): string | undefined {
  if (field === 'stage') return STAGES[type]?.[String(value)]
  if (field === 'kind' && type === 'meeting') return meetingKindLabel(value)
  if (field === 'kind' && (type === 'cycle' || type === 'check')) return cycleKindText[parseCycleKind(value)]
  if (field === 'achievement') return achievementText[parseAchievement(value) ?? 'tooEarly']
  if (field === 'opinions' && Array.isArray(value)) return value.map(String).join('\n')
  if (field === 'agenda') return `${readAgenda(value).length}件`
  if (['opens', 'dueDate', 'date'].includes(field)) return localDateText(String(value))
  return undefined
}
