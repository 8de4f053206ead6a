/** フィードバック (feedback): headquarters' answer to a row (依頼／助言／好事例) and the unit's reply (M4-15). */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { recordIdSchema } from '../ids.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { type Feed, type RecordType, type Rule, type StoredRecord, listOf, textOf } from '../record.ts'

/** 依頼, 助言, 好事例. */
export const FEEDBACK_KINDS = ['request', 'advice', 'praise'] as const
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number]

const hq: Rule = ({ actor, parent }) =>
  hasRole(actor, 'hq') && parent !== undefined && parent.stage !== 'draft'
const unitLead: Rule = ({ actor, parent }) =>
  hasRole(actor, 'lead') && parent !== undefined && textOf(parent, 'leadUnit') === actor.unit
/** Feedback is only ever added; its author does not rewrite it once it is out. */
const firstSave: Rule = (context) => hq(context) && context.record.rev === 0

/** Seen by the lead and joint units and headquarters. */
function feedsOf(_record: StoredRecord, parent: StoredRecord | undefined): Feed[] {
  if (parent === undefined) return []
  const units = [...new Set([textOf(parent, 'leadUnit'), ...listOf(parent, 'jointUnits')])]
  return [{ stream: 'hq' }, ...units.map((unit) => ({ stream: `unit/${unit}` }) as const)]
}

const localDate = v.pipe(v.string(), v.isoDate())

export const feedbackType: RecordType = {
  name: 'feedback',
  version: 2,
  /** 1 → 2: keptReasons was added. */
  upcasts: [(set) => set],
  label: 'フィードバック',
  fields: {
    initiative: { label: '取組', schema: recordIdSchema, merge: 'scalar', write: firstSave, required: true },
    kind: {
      label: '種別',
      schema: v.picklist(FEEDBACK_KINDS),
      merge: 'scalar',
      write: firstSave,
      required: true,
    },
    text: {
      label: '内容',
      schema: v.pipe(v.string(), v.maxLength(4000)),
      merge: 'scalar',
      write: firstSave,
      freeText: true,
      required: true,
    },
    dueDate: { label: '期限', schema: localDate, merge: 'scalar', write: firstSave },
    reply: {
      label: '回答',
      schema: v.pipe(v.string(), v.maxLength(4000)),
      merge: 'scalar',
      write: unitLead,
      freeText: true,
    },
    keptReasons: keptReasonsField((context) => firstSave(context) || unitLead(context)),
  },
  transitions: [
    { from: null, to: 'open', by: hq },
    { from: 'open', to: 'answered', by: unitLead, requires: ['reply'] },
    { from: 'open', to: 'closed', by: hq },
    { from: 'answered', to: 'closed', by: hq },
    { from: 'answered', to: 'open', by: hq },
    { from: 'closed', to: 'open', by: hq },
    { from: 'closed', to: 'answered', by: hq, requires: ['reply'] },
  ],
  parent: { field: 'initiative', type: 'initiative' },
  unitOf: (_record, parent) => (parent === undefined ? '' : textOf(parent, 'leadUnit')),
  audienceRank: () => 0,
  feeds: feedsOf,
  facets: (record) => ({
    initiative: textOf(record, 'initiative'),
    kind: textOf(record, 'kind'),
    stage: record.stage,
    dueDate: textOf(record, 'dueDate'),
  }),
  searchText: (record) => [textOf(record, 'text'), textOf(record, 'reply')],
}
