/** 対応事項 (action): what a unit is to do after a meeting, by when (M4-14). Given by headquarters, done by the unit. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { recordIdSchema, unitIdSchema } from '../ids.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { type RecordType, type Rule, textOf } from '../record.ts'

/** Longest 対応事項 in UTF-16 units: one line of a list. */
export const MAX_ACTION = 300

const hq: Rule = ({ actor }) => hasRole(actor, 'hq')
const firstSave: Rule = (context) => hq(context) && context.record.rev === 0
const owner: Rule = ({ actor, record }) =>
  hasRole(actor, 'staff', 'lead') && textOf(record, 'owner') === actor.unit
const settle: Rule = (context) => hq(context) || owner(context)

export const actionType: RecordType = {
  name: 'action',
  version: 1,
  label: '対応事項',
  fields: {
    meeting: { label: '会議', schema: recordIdSchema, merge: 'scalar', write: firstSave, required: true },
    /** The row on the agenda; none = the meeting as a whole. */
    initiative: { label: '取組', schema: recordIdSchema, merge: 'scalar', write: firstSave },
    text: {
      label: '対応事項',
      schema: v.pipe(v.string(), v.maxLength(MAX_ACTION)),
      merge: 'scalar',
      write: hq,
      freeText: true,
      required: true,
    },
    owner: { label: '担当の部所', schema: unitIdSchema, merge: 'scalar', write: hq, required: true },
    dueDate: { label: '期限', schema: v.pipe(v.string(), v.isoDate()), merge: 'scalar', write: hq },
    keptReasons: keptReasonsField(hq),
  },
  transitions: [
    { from: null, to: 'open', by: hq },
    { from: 'open', to: 'done', by: settle },
    { from: 'done', to: 'open', by: settle },
  ],
  remove: hq,
  parent: { field: 'meeting', type: 'meeting' },
  audienceRank: () => 0,
  feeds: (_record, parent) => (parent === undefined ? [] : [{ stream: 'master' }]),
  facets: (record) => ({
    meeting: textOf(record, 'meeting'),
    initiative: textOf(record, 'initiative'),
    text: textOf(record, 'text'),
    owner: textOf(record, 'owner'),
    dueDate: textOf(record, 'dueDate'),
    stage: record.stage,
  }),
  searchText: (record) => [textOf(record, 'text')],
}
