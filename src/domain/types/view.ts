/** 保存した条件 (view): conditions, order and columns of 局一覧 under a name. Made and removed, never edited: two people cannot collide. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { type RecordType, type Rule, listOf, textOf } from '../record.ts'

/** Longest name in UTF-16 units. */
export const VIEW_NAME_LENGTH = 60
/** Longest query of an address. */
const QUERY_LENGTH = 4_000

const hq: Rule = ({ actor }) => hasRole(actor, 'hq')
const owner: Rule = ({ actor, record }) => record.createdBy === actor.uid
const firstSave: Rule = ({ record }) => record.rev === 0

const text = (label: string, maxLength: number) =>
  ({ label, schema: v.pipe(v.string(), v.maxLength(maxLength)), merge: 'scalar', write: firstSave }) as const

export const viewType: RecordType = {
  name: 'view',
  version: 2,
  /** 1 → 2: keptReasons was added. */
  upcasts: [(set) => set],
  label: '保存した条件',
  fields: {
    name: { ...text('名前', VIEW_NAME_LENGTH), required: true },
    /** As in the address of 局一覧 (listQuery.ts), without the question mark. */
    query: text('条件', QUERY_LENGTH),
    /** Columns of the table; none = those it begins with. */
    columns: {
      label: '列',
      schema: v.pipe(v.array(v.pipe(v.string(), v.maxLength(40))), v.maxLength(20)),
      merge: 'set',
      write: firstSave,
    },
    keptReasons: keptReasonsField(firstSave),
  },
  transitions: [
    { from: null, to: 'own', by: owner },
    { from: null, to: 'shared', by: hq },
  ],
  remove: (context) => (context.record.stage === 'shared' ? hq(context) : owner(context)),
  audienceRank: (stage) => (stage === 'shared' ? 1 : 0),
  /** A person's own goes to them alone, headquarters' to everybody. */
  feeds: (record) => [{ stream: record.stage === 'shared' ? 'master' : `user/${record.createdBy}` }],
  facets: (record) => ({
    name: textOf(record, 'name'),
    query: textOf(record, 'query'),
    columns: listOf(record, 'columns'),
  }),
  searchText: (record) => [textOf(record, 'name')],
}
