/** 議事メモ (minute): what was said in a meeting; each a record of its own, so that several people write at once (M4-14). */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { recordIdSchema } from '../ids.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { type RecordType, type Rule, textOf } from '../record.ts'

const hq: Rule = ({ actor }) => hasRole(actor, 'hq')
const firstSave: Rule = (context) => hq(context) && context.record.rev === 0

export const minuteType: RecordType = {
  name: 'minute',
  version: 1,
  label: '議事メモ',
  fields: {
    meeting: { label: '会議', schema: recordIdSchema, merge: 'scalar', write: firstSave, required: true },
    /** The row on the agenda; none = the meeting as a whole. */
    initiative: { label: '取組', schema: recordIdSchema, merge: 'scalar', write: firstSave },
    text: {
      label: '議事メモ',
      schema: v.pipe(v.string(), v.maxLength(4000)),
      merge: 'text',
      write: hq,
      freeText: true,
      required: true,
    },
    keptReasons: keptReasonsField(hq),
  },
  transitions: [{ from: null, to: 'posted', by: hq }],
  remove: hq,
  parent: { field: 'meeting', type: 'meeting' },
  audienceRank: () => 0,
  feeds: (_record, parent) => (parent === undefined ? [] : [{ stream: 'master' }]),
  facets: (record) => ({ meeting: textOf(record, 'meeting'), initiative: textOf(record, 'initiative') }),
  searchText: (record) => [textOf(record, 'text')],
}
