/** 公表した集計 (figures): the bureau's figures as of a moment, frozen (M4-18). Read by everybody; published by headquarters, then edited by nobody. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { isoTimeSchema } from '../ids.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { type Ledger, ledgerSchema } from '../ledgerTables.ts'
import { type RecordType, type Rule, type StoredRecord, fieldOf, textOf } from '../record.ts'

const hq: Rule = ({ actor }) => hasRole(actor, 'hq')
const firstSave: Rule = (context) => hq(context) && context.record.rev === 0
const takingBack: Rule = (context) =>
  hq(context) && context.record.rev > 0 && context.record.stage === 'published'

export const figuresType: RecordType = {
  name: 'figures',
  version: 1,
  label: '公表した集計',
  fields: {
    title: {
      label: '名称',
      schema: v.pipe(v.string(), v.maxLength(100)),
      merge: 'scalar',
      write: firstSave,
      freeText: true,
      required: true,
    },
    /** By the server's clock. */
    asOf: { label: '時点', schema: isoTimeSchema, merge: 'scalar', write: firstSave, required: true },
    /** None = every year. */
    fiscalYear: {
      label: '年度',
      schema: v.pipe(v.number(), v.integer(), v.minValue(1990), v.maxValue(2100)),
      merge: 'scalar',
      write: firstSave,
    },
    /** Both tables, with the names units had then; refused when they do not agree. */
    ledger: { label: '集計表', schema: ledgerSchema, merge: 'scalar', write: firstSave, required: true },
    withdrawReason: {
      label: '取消しの理由',
      schema: v.pipe(v.string(), v.maxLength(2000)),
      merge: 'scalar',
      write: takingBack,
      freeText: true,
    },
    keptReasons: keptReasonsField((context) => firstSave(context) || takingBack(context)),
  },
  transitions: [
    { from: null, to: 'published', by: hq },
    { from: 'published', to: 'withdrawn', by: hq, requires: ['withdrawReason'] },
  ],
  audienceRank: () => 0,
  feeds: () => [{ stream: 'master' }],
  facets: (record) => ({
    title: textOf(record, 'title'),
    asOf: textOf(record, 'asOf'),
    fiscalYear: Number(record.fields['fiscalYear'] ?? 0),
    stage: record.stage,
    total: readLedger(record)?.total.total ?? 0,
  }),
  searchText: (record) => [textOf(record, 'title')],
}

/** The tables of a published record; undefined when this release cannot read them. */
export function readLedger(record: StoredRecord): Ledger | undefined {
  const value = fieldOf(record, 'ledger')
  return v.is(ledgerSchema, value) ? value : undefined
}
