/** 督促 (reminder): headquarters asks a unit to register its 取組, or to bring them up to date (M2-9). Only ever added. */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { unitIdSchema } from '../ids.ts'
import { type RecordType, type Rule, textOf } from '../record.ts'

/** 未登録, 未更新. */
export const REMINDER_REASONS = ['unregistered', 'stale'] as const
export type ReminderReason = (typeof REMINDER_REASONS)[number]

/** Headquarters, once: every field is in the id, so that two who send the same make one record. */
const firstSave: Rule = ({ actor, record }) => hasRole(actor, 'hq') && record.rev === 0
const day = (label: string) =>
  ({ label, schema: v.pipe(v.string(), v.isoDate()), merge: 'scalar', write: firstSave }) as const

export const reminderType: RecordType = {
  name: 'reminder',
  version: 1,
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
