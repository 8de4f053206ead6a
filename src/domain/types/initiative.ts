/** 取組 (initiative): one improvement of one office in one fiscal year; a row of 参考2 (seed 002). */
import * as v from 'valibot'
import { hasRole, sharedStream } from '../actor.ts'
import { parseJun } from '../fiscal.ts'
import { recordIdSchema, unitIdSchema } from '../ids.ts'
import { keptReasonsField } from '../keptReasons.ts'
import { PROGRESS_IDS, type Progress, parseProgress } from '../progress.ts'
import {
  type Feed,
  type RecordType,
  type Rule,
  type RuleContext,
  type StoredRecord,
  listOf,
  textOf,
} from '../record.ts'
import { type Stage, parseStage } from '../stage.ts'

/** 視点 of the reform headquarters (seed 002): 都民ファースト, 情報公開, ワイズ・スペンディング. */
export const VIEWPOINT_IDS = ['citizenFirst', 'openness', 'wiseSpending'] as const

const OPEN_STAGES: readonly string[] = ['draft', 'submitted', 'returned', 'reviewed']

const ownUnit = ({ actor, record }: RuleContext): boolean => textOf(record, 'leadUnit') === actor.unit
const staff: Rule = (context) => hasRole(context.actor, 'staff', 'lead') && ownUnit(context)
const lead: Rule = (context) => hasRole(context.actor, 'lead') && ownUnit(context)
const hq: Rule = ({ actor }) => hasRole(actor, 'hq')
/** Rows of the old spreadsheet come in through headquarters' import and carry its key (M2-12); from then on they are the unit's. */
const importer: Rule = (context) =>
  context.record.rev === 0 && hq(context) && textOf(context.record, 'importKey') !== ''
/** Text and progress are the unit's, before and after submission (1-product, acts on an initiative). */
const write: Rule = (context) =>
  (staff(context) && OPEN_STAGES.includes(context.record.stage)) || importer(context)
/** The lead unit is settled when the row is made; handing it over is an event of its own (M8, 所管替え). */
const writeAtCreation: Rule = (context) => importer(context) || (context.record.rev === 0 && staff(context))

const shortText = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength))
/** Longest 現状・課題 etc. in UTF-16 units. */
const LONG_TEXT = 16_000
const longText = (label: string) =>
  ({ label, schema: shortText(LONG_TEXT), merge: 'text', write, freeText: true }) as const
const unitIds = v.pipe(v.array(unitIdSchema), v.maxLength(20))
/** 目標 in figures: at most 12 digits, so that every figure is exact. */
const figure = v.pipe(v.number(), v.minValue(-999_999_999_999), v.maxValue(999_999_999_999))
const figureField = (label: string) => ({ label, schema: figure, merge: 'scalar', write }) as const

const junSchema = v.custom<string>(
  (value) => typeof value === 'string' && parseJun(value) !== undefined,
  '旬 expected',
)
/** 実施時期 in 旬 (fiscal.ts, junCode); `to: null` = no end, 随時. One value, so that a merge never makes an end before its start. */
const scheduleSchema = v.pipe(
  v.strictObject({ from: junSchema, to: v.nullable(junSchema) }),
  v.check(({ from, to }) => to === null || from <= to, 'end before start'),
)
export type Schedule = v.InferOutput<typeof scheduleSchema>

/** Reads 実施時期; null when there is none. */
export function parseSchedule(value: unknown): Schedule | null {
  return v.is(scheduleSchema, value) ? value : null
}

function feedsOf(record: StoredRecord): Feed[] {
  const leadUnit = textOf(record, 'leadUnit')
  if (record.stage !== 'draft') return [{ stream: sharedStream(leadUnit) }]
  const units = [leadUnit, ...listOf(record, 'jointUnits')]
  return [...new Set(units)].map((unit) => ({ stream: `unit/${unit}` }) as const)
}

export const initiativeType: RecordType = {
  name: 'initiative',
  version: 2,
  /** 1 → 2: fields were added. */
  upcasts: [(set) => set],
  label: '取組',
  fields: {
    title: {
      label: '取組内容',
      schema: shortText(200),
      merge: 'scalar',
      write,
      freeText: true,
      required: true,
    },
    leadUnit: {
      label: '部所',
      schema: unitIdSchema,
      merge: 'scalar',
      write: writeAtCreation,
      required: true,
    },
    jointUnits: { label: '共同実施の部所', schema: unitIds, merge: 'set', write },
    /** 部所名 as written in the list; rows 5 and 18 of 参考2 end in 「等」. */
    unitLabel: { label: '部所名', schema: shortText(100), merge: 'scalar', write },
    fiscalYear: {
      label: '年度',
      schema: v.pipe(v.number(), v.integer(), v.minValue(1990), v.maxValue(2100)),
      merge: 'scalar',
      write,
      required: true,
    },
    /** No. in the fiscal year's list, given by headquarters. */
    no: {
      label: 'No.',
      schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99_999)),
      merge: 'scalar',
      write: hq,
    },
    progress: { label: '進捗', schema: v.picklist(PROGRESS_IDS), merge: 'scalar', write },
    theme: { label: '分類', schema: shortText(60), merge: 'scalar', write },
    viewpoints: {
      label: '視点',
      schema: v.pipe(v.array(v.picklist(VIEWPOINT_IDS)), v.maxLength(3)),
      merge: 'set',
      write,
    },
    lifeWorkBalance: {
      label: 'ライフ・ワーク・バランス',
      schema: v.boolean(),
      merge: 'scalar',
      write,
    },
    background: longText('現状・課題'),
    detail: longText('具体的な取組内容'),
    goal: longText('目標'),
    /** 目標 in figures: what is counted, in what, from where, to where, and what was reached. */
    goalIndicator: {
      label: '指標',
      schema: shortText(60),
      merge: 'scalar',
      write,
      freeText: true,
    },
    goalUnit: { label: '単位', schema: shortText(20), merge: 'scalar', write },
    goalBaseline: figureField('現状値'),
    goalTarget: figureField('目標値'),
    goalActual: figureField('実績値'),
    schedule: { label: '実施時期', schema: scheduleSchema, merge: 'scalar', write },
    plan: longText('今後の予定'),
    result: longText('結果'),
    goodPractice: { label: '好事例', schema: v.boolean(), merge: 'scalar', write: hq },
    returnReason: {
      label: '差戻しの理由',
      schema: shortText(2000),
      merge: 'scalar',
      write: hq,
      freeText: true,
    },
    keptReasons: keptReasonsField((context) => write(context) || hq(context)),
    /** The row of an earlier year this one goes on from. */
    carriedFrom: {
      label: 'もとにした取組',
      schema: recordIdSchema,
      merge: 'scalar',
      write: writeAtCreation,
    },
    importKey: {
      label: '取込キー',
      schema: shortText(200),
      merge: 'scalar',
      write: (context) => hq(context) && context.record.rev === 0,
    },
  },
  standingUnits: ['leadUnit'],
  transitions: [
    { from: null, to: 'draft', by: staff },
    { from: null, to: 'submitted', by: (context) => lead(context) || importer(context) },
    { from: 'draft', to: 'submitted', by: lead },
    { from: 'returned', to: 'submitted', by: lead },
    { from: 'submitted', to: 'returned', by: hq, requires: ['returnReason'] },
    { from: 'submitted', to: 'reviewed', by: lead },
    // A row that came after the year's 中間点検 has none.
    { from: 'submitted', to: 'concluded', by: lead },
    { from: 'reviewed', to: 'concluded', by: lead },
    ...['submitted', 'returned', 'reviewed', 'concluded'].map((from) => ({
      from,
      to: 'withdrawn',
      by: lead,
    })),
  ],
  /** 取下げ of a draft: nobody outside the unit has seen it, so it is removed instead of published as withdrawn. */
  remove: (context) => staff(context) && context.record.stage === 'draft',
  unitOf: (record) => textOf(record, 'leadUnit'),
  audienceRank: (stage) => (stage === 'draft' ? 0 : 1),
  feeds: feedsOf,
  audienceKey: (record) =>
    [
      record.removed,
      record.stage === 'draft',
      textOf(record, 'leadUnit'),
      ...listOf(record, 'jointUnits').sort(),
    ].join(),
  facets: (record) => ({
    fiscalYear: Number(record.fields['fiscalYear'] ?? 0),
    leadUnit: textOf(record, 'leadUnit'),
    progress: textOf(record, 'progress'),
    stage: record.stage,
    no: typeof record.fields['no'] === 'number' ? record.fields['no'] : null,
    title: textOf(record, 'title'),
    unitLabel: textOf(record, 'unitLabel'),
    jointUnits: listOf(record, 'jointUnits'),
    theme: textOf(record, 'theme'),
    carriedFrom: textOf(record, 'carriedFrom'),
  }),
  searchText: (record) => [
    ...['title', 'unitLabel', 'theme', 'background', 'detail', 'goal', 'plan', 'result'].map((name) =>
      textOf(record, name),
    ),
    record.receiptNo ?? '',
  ],
}

/** A 取組 with its fields typed. */
export interface Initiative {
  readonly id: string
  readonly rev: number
  readonly stage: Stage
  readonly removed: boolean
  readonly title: string
  readonly leadUnit: string
  readonly jointUnits: readonly string[]
  readonly unitLabel: string
  readonly fiscalYear: number
  readonly no: number | null
  readonly progress: Progress | null
  readonly theme: string
  readonly viewpoints: readonly string[]
  readonly lifeWorkBalance: boolean
  readonly background: string
  readonly detail: string
  readonly goal: string
  readonly goalIndicator: string
  readonly goalUnit: string
  readonly goalBaseline: number | null
  readonly goalTarget: number | null
  readonly goalActual: number | null
  readonly schedule: Schedule | null
  readonly carriedFrom: string | null
  readonly plan: string
  readonly result: string
  readonly goodPractice: boolean
  readonly returnReason: string
  readonly updatedAt: string
  readonly updatedBy: string
  readonly receiptNo: string | null
}

/** Reads a stored record as a 取組; unknown fields are left alone in the record, missing ones get their empty value. */
export function readInitiative(record: StoredRecord): Initiative {
  const figureOf = (name: string): number | null => {
    const value = record.fields[name]
    return typeof value === 'number' ? value : null
  }
  return {
    id: record.id,
    rev: record.rev,
    stage: parseStage(record.stage),
    removed: record.removed,
    title: textOf(record, 'title'),
    leadUnit: textOf(record, 'leadUnit'),
    jointUnits: listOf(record, 'jointUnits'),
    unitLabel: textOf(record, 'unitLabel'),
    fiscalYear: Number(record.fields['fiscalYear'] ?? 0),
    no: figureOf('no'),
    progress: parseProgress(record.fields['progress']),
    theme: textOf(record, 'theme'),
    viewpoints: listOf(record, 'viewpoints'),
    lifeWorkBalance: record.fields['lifeWorkBalance'] === true,
    background: textOf(record, 'background'),
    detail: textOf(record, 'detail'),
    goal: textOf(record, 'goal'),
    goalIndicator: textOf(record, 'goalIndicator'),
    goalUnit: textOf(record, 'goalUnit'),
    goalBaseline: figureOf('goalBaseline'),
    goalTarget: figureOf('goalTarget'),
    goalActual: figureOf('goalActual'),
    schedule: parseSchedule(record.fields['schedule']),
    carriedFrom: textOf(record, 'carriedFrom') || null,
    plan: textOf(record, 'plan'),
    result: textOf(record, 'result'),
    goodPractice: record.fields['goodPractice'] === true,
    returnReason: textOf(record, 'returnReason'),
    updatedAt: record.updatedAt,
    updatedBy: record.updatedBy,
    receiptNo: record.receiptNo,
  }
}

/** True when the actor may write the field of this row now; the same rule the server applies. */
export function mayWrite(field: string, context: RuleContext): boolean {
  return initiativeType.fields[field]?.write(context) === true
}

/** Stages the actor may move the row to now. */
export function nextStages(context: RuleContext): string[] {
  return initiativeType.transitions
    .filter((transition) => transition.from === context.record.stage && transition.by(context))
    .map((transition) => transition.to)
}
