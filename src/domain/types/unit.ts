/** 部所 (unit): an office (事業所), a department (本庁の部) or an affiliated body (監理団体等). Master data (M3). */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { unitIdSchema } from '../ids.ts'
import { type RecordType, type Rule, type StoredRecord, textOf } from '../record.ts'

/** Stage of a 部所 that has been closed: it stays readable and takes nothing new. */
export const ENDED = 'ended'

/** 事業所, 本庁の部, 監理団体等. */
export const UNIT_KINDS = ['office', 'department', 'affiliate'] as const
export type UnitKind = (typeof UNIT_KINDS)[number]

const master: Rule = ({ actor }) => hasRole(actor, 'hq', 'admin', 'system')
const text = (label: string) =>
  ({ label, schema: v.pipe(v.string(), v.maxLength(100)), merge: 'scalar', write: master }) as const

export const unitType: RecordType = {
  name: 'unit',
  version: 1,
  label: '部所',
  fields: {
    name: { ...text('名称'), required: true },
    shortName: { ...text('略称'), required: true },
    kana: text('かな'),
    kind: { label: '区分', schema: v.picklist(UNIT_KINDS), merge: 'scalar', write: master, required: true },
    parent: { label: '所管の部', schema: unitIdSchema, merge: 'scalar', write: master },
    /** `seed` = named in the source documents, `compiled` = ours. */
    source: text('出典'),
    /** Place in the bureau's customary order, from 1. */
    order: { label: '順', schema: v.pipe(v.number(), v.integer()), merge: 'scalar', write: master },
  },
  transitions: [
    { from: null, to: 'active', by: master },
    { from: 'active', to: ENDED, by: master },
    { from: ENDED, to: 'active', by: master },
  ],
  audienceRank: () => 0,
  feeds: () => [{ stream: 'master' }],
  facets: (record) => ({
    name: textOf(record, 'name'),
    shortName: textOf(record, 'shortName'),
    kind: textOf(record, 'kind'),
    parent: textOf(record, 'parent'),
    order: Number(record.fields['order'] ?? 0),
    stage: record.stage,
  }),
  searchText: (record) => [textOf(record, 'name'), textOf(record, 'shortName'), textOf(record, 'kana')],
}

/** A 部所 with its fields typed. */
export interface Unit {
  readonly id: string
  readonly name: string
  readonly shortName: string
  readonly kind: string
  readonly parent: string
  readonly order: number
}

export function readUnit(record: StoredRecord): Unit {
  return {
    id: record.id,
    name: textOf(record, 'name'),
    shortName: textOf(record, 'shortName'),
    kind: textOf(record, 'kind'),
    parent: textOf(record, 'parent'),
    order: Number(record.fields['order'] ?? 0),
  }
}
