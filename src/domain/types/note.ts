/** 経過 (note): a dated line on an initiative, with an optional move of progress. Only ever added [S17]. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { recordIdSchema } from '../ids.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { PROGRESS_IDS } from '../progress.ts'
import { type RecordType, type Rule, listOf, textOf } from '../record.ts'
import { initiativeType } from './initiative.ts'

/** Staff and leads of the lead and joint units add notes and photos (1-product, acts on an initiative). */
export const mayAddTo: Rule = ({ actor, parent }) =>
  hasRole(actor, 'staff', 'lead') &&
  parent !== undefined &&
  parent.type === 'initiative' &&
  [textOf(parent, 'leadUnit'), ...listOf(parent, 'jointUnits')].includes(actor.unit)

/** True for the first save alone: a note is not edited afterwards. */
const firstSave: Rule = (context) => mayAddTo(context) && context.record.rev === 0

export const noteType: RecordType = {
  name: 'note',
  version: 2,
  /** 1 → 2: keptReasons was added. */
  upcasts: [(set) => set],
  label: '経過',
  fields: {
    initiative: { label: '取組', schema: recordIdSchema, merge: 'scalar', write: firstSave, required: true },
    text: {
      label: '経過',
      schema: v.pipe(v.string(), v.maxLength(4000)),
      merge: 'scalar',
      write: firstSave,
      freeText: true,
      required: true,
    },
    progressFrom: {
      label: '変更前の進捗',
      schema: v.picklist(PROGRESS_IDS),
      merge: 'scalar',
      write: firstSave,
    },
    progressTo: {
      label: '変更後の進捗',
      schema: v.picklist(PROGRESS_IDS),
      merge: 'scalar',
      write: firstSave,
    },
    keptReasons: keptReasonsField(firstSave),
  },
  transitions: [{ from: null, to: 'posted', by: mayAddTo }],
  parent: { field: 'initiative', type: 'initiative' },
  unitOf: (_record, parent) => (parent === undefined ? '' : textOf(parent, 'leadUnit')),
  audienceRank: () => 0,
  feeds: (_record, parent) => (parent === undefined ? [] : initiativeType.feeds(parent, undefined)),
  facets: (record) => ({ initiative: textOf(record, 'initiative') }),
  searchText: (record) => [textOf(record, 'text')],
}
