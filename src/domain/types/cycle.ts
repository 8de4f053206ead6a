/** 点検 (cycle): headquarters asks every office about its rows of a fiscal year, once, by a deadline (M4-13, M4-16). */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { type RecordId, asRecordId } from '../ids.ts'
import { type RecordType, type Rule, textOf } from '../record.ts'

/** 中間点検, 結果まとめ. */
export const CYCLE_KINDS = ['interim', 'result'] as const
export type CycleKind = (typeof CYCLE_KINDS)[number]

const hq: Rule = ({ actor }) => hasRole(actor, 'hq')
/** Which cycle it is says its id. */
const firstSave: Rule = (context) => hq(context) && context.record.rev === 0
const day = (label: string) =>
  ({ label, schema: v.pipe(v.string(), v.isoDate()), merge: 'scalar', write: hq, required: true }) as const

export const cycleType: RecordType = {
  name: 'cycle',
  version: 1,
  label: '点検',
  fields: {
    fiscalYear: {
      label: '年度',
      schema: v.pipe(v.number(), v.integer(), v.minValue(1990), v.maxValue(2100)),
      merge: 'scalar',
      write: firstSave,
      required: true,
    },
    kind: {
      label: '種別',
      schema: v.picklist(CYCLE_KINDS),
      merge: 'scalar',
      write: firstSave,
      required: true,
    },
    opens: day('開始日'),
    dueDate: day('提出期限'),
    note: {
      label: '本部からの説明',
      schema: v.pipe(v.string(), v.maxLength(2000)),
      merge: 'text',
      write: hq,
      freeText: true,
    },
  },
  transitions: [
    { from: null, to: 'open', by: hq },
    { from: 'open', to: 'closed', by: hq },
    { from: 'closed', to: 'open', by: hq },
  ],
  audienceRank: () => 0,
  feeds: () => [{ stream: 'master' }],
  facets: (record) => ({
    fiscalYear: Number(record.fields['fiscalYear'] ?? 0),
    kind: textOf(record, 'kind'),
    opens: textOf(record, 'opens'),
    dueDate: textOf(record, 'dueDate'),
    stage: record.stage,
  }),
  searchText: () => [],
}

/** One of each kind a fiscal year: two people who open the same one meet in one record. */
export function cycleIdOf(fiscalYear: number, kind: CycleKind): RecordId {
  return asRecordId(`cycle-${fiscalYear}-${kind}`)
}

/** The kind a stored value names; 中間点検 when it is none known here. */
export function parseCycleKind(value: unknown): CycleKind {
  return CYCLE_KINDS.find((kind) => kind === value) ?? 'interim'
}
