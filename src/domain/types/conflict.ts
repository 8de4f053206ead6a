/** 要確認 (conflict): two versions of one field that could not be merged [S16]. Written by the server alone. */
import * as v from 'valibot'
import { type Actor, hasRole } from '../actor.ts'
import {
  type RecordId,
  type Uid,
  asRecordId,
  isoTimeSchema,
  recordIdSchema,
  uidSchema,
  unitIdSchema,
} from '../ids.ts'
import { jsonSchema } from '../json.ts'
import { type RecordType, type Rule, type StoredRecord, textOf } from '../record.ts'

const system: Rule = ({ actor }) => hasRole(actor, 'system')
const side = (label: string) => ({ label, schema: jsonSchema, merge: 'scalar', write: system }) as const

export const conflictType: RecordType = {
  name: 'conflict',
  version: 1,
  label: '要確認',
  fields: {
    target: { label: '対象', schema: recordIdSchema, merge: 'scalar', write: system, required: true },
    targetType: { label: '対象の種類', schema: v.string(), merge: 'scalar', write: system, required: true },
    field: { label: '項目', schema: v.string(), merge: 'scalar', write: system, required: true },
    base: side('もとの内容'),
    theirs: side('サーバーの内容'),
    mine: side('保存しようとした内容'),
    /** The person whose edit could not be merged, and the unit that resolves it. */
    by: { label: '編集した人', schema: uidSchema, merge: 'scalar', write: system, required: true },
    theirsBy: { label: 'サーバー側の編集者', schema: uidSchema, merge: 'scalar', write: system },
    unit: { label: '部所', schema: v.union([unitIdSchema, v.literal('')]), merge: 'scalar', write: system },
    theirsAt: { label: 'サーバー側の更新時刻', schema: isoTimeSchema, merge: 'scalar', write: system },
    at: { label: '端末の時刻', schema: isoTimeSchema, merge: 'scalar', write: system },
    resolvedBy: { label: '解決した人', schema: uidSchema, merge: 'scalar', write: system },
  },
  transitions: [
    { from: null, to: 'open', by: system },
    { from: 'open', to: 'resolved', by: system },
    { from: 'resolved', to: 'open', by: system },
  ],
  audienceRank: () => 0,
  /** Fed only to the lead unit and the author. */
  feeds: (record) => {
    const unit = textOf(record, 'unit')
    const author = { stream: `user/${textOf(record, 'by')}` } as const
    return unit === '' ? [author] : [author, { stream: `unit/${unit}` } as const]
  },
  keyed: ['target'],
  facets: (record) => ({
    target: textOf(record, 'target'),
    field: textOf(record, 'field'),
    stage: record.stage,
  }),
  searchText: () => [],
}

/**
 * Id of a conflict: target, field and person [S16]. A version that does not go on from one already waiting takes the next
 * slot, so that neither is lost from view (docs/adr/0006).
 */
export function conflictIdOf(
  { target, field, by }: { target: RecordId; field: string; by: Uid },
  slot = 1,
): RecordId {
  return asRecordId(`${target}.${field}.${by}${slot === 1 ? '' : `.${slot}`}`)
}

/** The author and the staff of the lead unit resolve a conflict [S16], or go on from one that is resolved already. */
export function mayResolve(conflict: StoredRecord, actor: Actor): boolean {
  if (textOf(conflict, 'by') === actor.uid) return true
  return hasRole(actor, 'staff', 'lead') && textOf(conflict, 'unit') === actor.unit
}
