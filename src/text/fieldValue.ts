/** A field's stored value as people read it, for history and 要確認. */
import { fiscalYearLabel } from '../domain/fiscal.ts'
import type { Json } from '../domain/json.ts'
import { isPurged } from '../domain/purgeMark.ts'
import { parseProgress, progressLabel } from '../domain/progress.ts'
import { parseStage, stageLabel } from '../domain/stage.ts'
import { figureText } from '../domain/figure.ts'
import { parseKeptReasons } from '../domain/keptReasons.ts'
import { FEEDBACK_KINDS } from '../domain/types/feedback.ts'
import { VIEWPOINT_IDS, parseSchedule } from '../domain/types/initiative.ts'
import { cycleValueText } from './cycleValue.ts'
import { dateTimeText } from './dates.ts'
import { detailText } from './detail.ts'
import { feedbackText, formText } from './initiative.ts'
import { scheduleText } from './junRange.ts'
import { rolesText } from './roles.ts'
import { unitKindText } from './units.ts'
import { keptReasonText } from './privacy.ts'

/** Fields that name 部所 by their ids. */
const UNIT_FIELDS = ['leadUnit', 'jointUnits', 'unit', 'parent', 'owner']

/** '' when not filled in. `unitName` gives a 部所 its short name, `type` is that of the record. */
export function fieldValueText(
  field: string,
  value: Json,
  unitName: (unitId: string) => string,
  type = 'initiative',
): string {
  if (isPurged(value)) return detailText.purged
  if (field === 'removed') return value === true ? detailText.removedMine : detailText.removedTheirs
  if (field === 'progress') return progressLabel(parseProgress(value))
  if (value === null) return ''
  const ofCycle = cycleValueText(field, value, type)
  if (ofCycle !== undefined) return ofCycle
  if (field === 'fiscalYear') return fiscalYearLabel(Number(value))
  if (field === 'stage') return stageText(value, type)
  if (field === 'keptReasons') return reasonsText(value, type)
  if (field === 'kind') return type === 'unit' ? unitKindText(value) : feedbackKind(value)
  if (field === 'roles') return rolesText(value)
  if (field === 'schedule') return scheduleText(parseSchedule(value))
  if (field.startsWith('goal') && typeof value === 'number') return figureText(value)
  if (typeof value === 'boolean') return value ? detailText.yes : detailText.no
  if (field.endsWith('At') && typeof value === 'string') return dateTimeText(value)
  const words = (Array.isArray(value) ? value : [value]).map(String)
  if (UNIT_FIELDS.includes(field)) return words.map(unitName).join('、')
  if (field === 'viewpoints') {
    return VIEWPOINT_IDS.flatMap((id) => (words.includes(id) ? [formText.viewpoint[id]] : [])).join('、')
  }
  return words.join('、')
}

function reasonsText(value: Json, type: string): string {
  return parseKeptReasons(value)
    .map((reason) => keptReasonText(reason, type))
    .join('\n')
}

function stageText(value: Json, type: string): string {
  if (type === 'initiative') return stageLabel(parseStage(value))
  const known = Object.entries(detailText.stage).find(([stage]) => stage === value)
  return known?.[1] ?? String(value)
}

function feedbackKind(value: Json): string {
  const kind = FEEDBACK_KINDS.find((known) => known === value)
  return kind === undefined ? String(value) : feedbackText.kind[kind]
}
