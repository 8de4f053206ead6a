/** 督促 (reminder): headquarters asks a unit to register its 取組, to bring them up to date (M2-9), or to submit a 点検. Only ever added. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { unitIdSchema } from '../ids.ts'
import { type RecordType, type Rule, textOf } from '../record.ts'
import { CYCLE_KINDS } from './cycle.ts'

/** 未登録, 未更新; and 点検 of the fiscal year that is not submitted. */
export const REMINDER_REASONS = ['unregistered', 'stale', ...CYCLE_KINDS] as const
export type ReminderReason = (typeof REMINDER_REASONS)[number]

/** Headquarters, once: every field is in the id, so that two who send the same make one record. */
const firstSave: Rule = ({ actor, record }) => hasRole(actor, 'hq') && record.rev === 0
const day = (label: string) =>
  ({ label, schema: v.pipe(v.string(), v.isoDate()), merge: 'scalar', write: firstSave }) as const

export const reminderType: RecordType = {
  name: 'reminder',
  version: 2,
  /** 1 → 2: a 点検 may be the reason. */
  upcasts: [(set) => set],
  label: '督促',
  fields: {
    unit: { label: '部所', schema: unitIdSchema, merge: 'scalar', write: firstSave, required: true },
    fiscalYear: {
      label: '年度',
      schema: v.pipe(v.number(), v.integer(), v.minValue(1990), v.maxValue(2100)),
      merge: 'scalar',
      write: firstSave,
      required: true,
    },
    reason: {
      label: '理由',
      schema: v.picklist(REMINDER_REASONS),
      merge: 'scalar',
      write: firstSave,
      required: true,
    },
    /** Day in Tokyo. */
    sentOn: { ...day('送信日'), required: true },
    dueDate: day('期限'),
  },
  transitions: [{ from: null, to: 'sent', by: firstSave }],
  unitOf: (record) => textOf(record, 'unit'),
  audienceRank: () => 0,
  feeds: (record) => [{ stream: 'hq' }, { stream: `unit/${textOf(record, 'unit')}` }],
  facets: (record) => ({
    unit: textOf(record, 'unit'),
    fiscalYear: Number(record.fields['fiscalYear'] ?? 0),
    reason: textOf(record, 'reason'),
    sentOn: textOf(record, 'sentOn'),
    dueDate: textOf(record, 'dueDate'),
    stage: record.stage,
  }),
  searchText: () => [],
}
