/** 点検票 (check): what an office says of one row in one cycle, drafted by its people, submitted by its lead (M4-13, M4-16). */
import * as v from 'valibot'
import { hasRole } from '../actor.ts'
import { type RecordId, asRecordId, recordIdSchema } from '../ids.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { type Feed, type RecordType, type Rule, type StoredRecord, listOf, textOf } from '../record.ts'
import { CYCLE_KINDS, type CycleKind, parseCycleKind } from './cycle.ts'
import { initiativeType } from './initiative.ts'

/** 達成度: 目標を上回る, 目標どおり, 一部達成, 未達成, まだ判断できない. */
export const ACHIEVEMENTS = ['exceeded', 'achieved', 'partly', 'missed', 'tooEarly'] as const
export type Achievement = (typeof ACHIEVEMENTS)[number]

/** Longest opinion of one person in UTF-16 units, and how many there may be. */
export const MAX_OPINION = 1000
export const MAX_OPINIONS = 30
/** Longest of the other texts. */
export const MAX_CHECK_TEXT = 4000

const ofLeadUnit: Rule = ({ actor, parent }) =>
  parent !== undefined && textOf(parent, 'leadUnit') === actor.unit
const lead: Rule = (context) => hasRole(context.actor, 'lead') && ofLeadUnit(context)
const staff: Rule = (context) => hasRole(context.actor, 'staff', 'lead') && ofLeadUnit(context)
/** Drafted by everybody of the unit; what was submitted is the lead's, until the row is concluded with it. */
const write: Rule = (context) =>
  context.record.stage === 'draft' ? staff(context) : lead(context) && context.record.stage === 'submitted'
const firstSave: Rule = (context) => staff(context) && context.record.rev === 0
/** A row that only its unit sees is not checked yet. The id makes it one a row and cycle. */
const begin: Rule = (context) =>
  staff(context) &&
  context.parent?.stage !== 'draft' &&
  context.record.id === checkIdOf(textOf(context.record, 'cycle'), textOf(context.record, 'initiative'))
const submit =
  (kind: CycleKind): Rule =>
  (context) =>
    lead(context) && parseCycleKind(textOf(context.record, 'kind')) === kind

const text = (label: string) =>
  ({
    label,
    schema: v.pipe(v.string(), v.maxLength(MAX_CHECK_TEXT)),
    merge: 'text',
    write,
    freeText: true,
  }) as const

const WRITTEN = {
  achievement: { label: '達成度', schema: v.picklist(ACHIEVEMENTS), merge: 'scalar', write },
  /** 達成率 in %, where there is a figure. */
  achievementRate: {
    label: '達成率（％）',
    schema: v.pipe(v.number(), v.minValue(0), v.maxValue(9999)),
    merge: 'scalar',
    write,
  },
  issues: text('課題'),
  measures: text('対応策'),
  /** One text a person. */
  opinions: {
    label: '若手職員の意見',
    schema: v.pipe(
      v.array(v.pipe(v.string(), v.regex(/\S/), v.maxLength(MAX_OPINION))),
      v.maxLength(MAX_OPINIONS),
    ),
    merge: 'set',
    write,
    freeText: true,
  },
  next: text('次の一手'),
  result: text('結果'),
  learnt: text('学んだこと'),
  keptReasons: keptReasonsField(write),
} as const satisfies RecordType['fields']

/** A draft is its unit's; headquarters sees that there is one. Once submitted, it goes where its row goes. */
function feedsOf(record: StoredRecord, parent: StoredRecord | undefined): readonly Feed[] {
  if (parent === undefined) return []
  if (record.stage !== 'draft') return initiativeType.feeds(parent, undefined)
  const units = new Set([textOf(parent, 'leadUnit'), ...listOf(parent, 'jointUnits')])
  return [
    ...[...units].map((unit) => ({ stream: `unit/${unit}` }) as const),
    { stream: 'hq', omit: Object.keys(WRITTEN) },
  ]
}

export const checkType: RecordType = {
  name: 'check',
  version: 1,
  label: '点検票',
  fields: {
    initiative: { label: '取組', schema: recordIdSchema, merge: 'scalar', write: firstSave, required: true },
    cycle: { label: '点検', schema: recordIdSchema, merge: 'scalar', write: firstSave, required: true },
    /** That of its cycle. */
    kind: {
      label: '種別',
      schema: v.picklist(CYCLE_KINDS),
      merge: 'scalar',
      write: firstSave,
      required: true,
    },
    ...WRITTEN,
  },
  /** Created a draft always: a submission is a move of its own, also when somebody else has begun the same one. */
  transitions: [
    { from: null, to: 'draft', by: begin },
    { from: 'draft', to: 'submitted', by: submit('interim'), requires: ['achievement', 'opinions'] },
    { from: 'draft', to: 'concluded', by: submit('result'), requires: ['achievement', 'result'] },
  ],
  parent: { field: 'initiative', type: 'initiative' },
  unitOf: (_record, parent) => (parent === undefined ? '' : textOf(parent, 'leadUnit')),
  audienceRank: (stage) => (stage === 'draft' ? 0 : 1),
  feeds: feedsOf,
  facets: (record) => ({
    initiative: textOf(record, 'initiative'),
    cycle: textOf(record, 'cycle'),
    kind: textOf(record, 'kind'),
    stage: record.stage,
    achievement: textOf(record, 'achievement'),
  }),
  searchText: (record) =>
    ['issues', 'measures', 'next', 'result', 'learnt'].map((name) => textOf(record, name)),
}

/** The stage a submitted check has, and the one its row moves to. */
export const SUBMITTED_AS = {
  interim: { check: 'submitted', row: 'reviewed' },
  result: { check: 'concluded', row: 'concluded' },
} as const satisfies Readonly<Record<CycleKind, { check: string; row: string }>>

/** Id of the check of a row in a cycle: the same on every tablet, so that two people who begin it meet in one record. */
export function checkIdOf(cycle: string, initiative: string): RecordId {
  return asRecordId(`${cycle}.${initiative}`)
}

/** A 点検票 with its fields typed. */
export interface Check {
  readonly id: RecordId
  readonly stage: string
  readonly cycle: string
  readonly kind: CycleKind
  readonly achievement: Achievement | null
  readonly achievementRate: number | null
  readonly issues: string
  readonly measures: string
  readonly opinions: readonly string[]
  readonly next: string
  readonly result: string
  readonly learnt: string
}

export function readCheck(record: StoredRecord): Check {
  const rate = record.fields['achievementRate']
  return {
    id: record.id,
    stage: record.stage,
    cycle: textOf(record, 'cycle'),
    kind: parseCycleKind(record.fields['kind']),
    achievement: parseAchievement(record.fields['achievement']),
    achievementRate: typeof rate === 'number' ? rate : null,
    issues: textOf(record, 'issues'),
    measures: textOf(record, 'measures'),
    opinions: listOf(record, 'opinions'),
    next: textOf(record, 'next'),
    result: textOf(record, 'result'),
    learnt: textOf(record, 'learnt'),
  }
}

/** null when there is none, or one not known here. */
export function parseAchievement(value: unknown): Achievement | null {
  return ACHIEVEMENTS.find((known) => known === value) ?? null
}
