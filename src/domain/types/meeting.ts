/** 会議 (meeting): 報告会, 本部会議, 部会 or 定例会, with the rows on its agenda (M4-14). Read by everybody, written by headquarters. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { agendaSchema, readAgenda } from '../agenda.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { type RecordType, type Rule, fieldOf, textOf } from '../record.ts'

/** 報告会, 本部会議, 部会, 定例会. */
export const MEETING_KINDS = ['briefing', 'board', 'section', 'regular'] as const

/** Headquarters, as everywhere in meetings. */
const hq: Rule = ({ actor }) => hasRole(actor, 'hq')
const shortText = (label: string, maxLength: number) =>
  ({
    label,
    schema: v.pipe(v.string(), v.maxLength(maxLength)),
    merge: 'scalar',
    write: hq,
    freeText: true,
  }) as const

export const meetingType: RecordType = {
  name: 'meeting',
  version: 1,
  label: '会議',
  fields: {
    kind: { label: '種別', schema: v.picklist(MEETING_KINDS), merge: 'scalar', write: hq, required: true },
    title: { ...shortText('会議名', 100), required: true },
    date: {
      label: '開催日',
      schema: v.pipe(v.string(), v.isoDate()),
      merge: 'scalar',
      write: hq,
      required: true,
    },
    place: shortText('場所', 100),
    /** A set with places in it, so that two people who add and move at once both have their way (agenda.ts). */
    agenda: { label: '議題', schema: agendaSchema, merge: 'set', write: hq },
    keptReasons: keptReasonsField(hq),
  },
  transitions: [
    { from: null, to: 'planned', by: hq },
    { from: 'planned', to: 'held', by: hq },
    { from: 'held', to: 'planned', by: hq },
  ],
  remove: (context) => hq(context) && context.record.stage === 'planned',
  audienceRank: () => 0,
  feeds: () => [{ stream: 'master' }],
  /** What was written in a meeting goes with it. */
  audienceKey: (record) => String(record.removed),
  facets: (record) => ({
    kind: textOf(record, 'kind'),
    title: textOf(record, 'title'),
    date: textOf(record, 'date'),
    stage: record.stage,
    rows: readAgenda(fieldOf(record, 'agenda')).map(({ initiative }) => initiative),
  }),
  searchText: (record) => [textOf(record, 'title'), textOf(record, 'place')],
}
