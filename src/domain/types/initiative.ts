/** 取組 (initiative): one improvement of one office in one fiscal year; a row of 参考2 (seed 002). */
import * as v from 'valibot'
import { hasRole, sharedStream } from '../actor.ts'
import { unitIdSchema } from '../ids.ts'
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
/** Draft text is the unit's; after submission the lead's alone (1-product, acts on an initiative). */
const writeText: Rule = (context) =>
  (staff(context) && context.record.stage === 'draft') ||
  (lead(context) && OPEN_STAGES.includes(context.record.stage)) ||
  importer(context)
const writeProgress: Rule = (context) =>
  (staff(context) && OPEN_STAGES.includes(context.record.stage)) || importer(context)
/** The lead unit is settled when the row is made; handing it over is an event of its own (M8, 所管替え). */
const writeAtCreation: Rule = (context) => importer(context) || (context.record.rev === 0 && staff(context))

const shortText = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength))
/** Longest 現状・課題 etc. in UTF-16 units. */
const LONG_TEXT = 16_000
const longText = (label: string) =>
  ({ label, schema: shortText(LONG_TEXT), merge: 'text', write: writeText, freeText: true }) as const
const unitIds = v.pipe(v.array(unitIdSchema), v.maxLength(20))

function feedsOf(record: StoredRecord): Feed[] {
  const leadUnit = textOf(record, 'leadUnit')
  if (record.stage !== 'draft') return [{ stream: sharedStream(leadUnit) }]
  const units = [leadUnit, ...listOf(record, 'jointUnits')]
  return [...new Set(units)].map((unit) => ({ stream: `unit/${unit}` }) as const)
}

export const initiativeType: RecordType = {
  name: 'initiative',
  version: 1,
  label: '取組',
  fields: {
    title: {
      label: '取組内容',
      schema: shortText(200),
      merge: 'scalar',
      write: writeText,
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
    jointUnits: { label: '共同実施の部所', schema: unitIds, merge: 'set', write: writeText },
    /** 部所名 as written in the list; rows 5 and 18 of 参考2 end in 「等」. */
    unitLabel: { label: '部所名', schema: shortText(100), merge: 'scalar', write: writeText },
    fiscalYear: {
      label: '年度',
      schema: v.pipe(v.number(), v.integer(), v.minValue(1990), v.maxValue(2100)),
      merge: 'scalar',
      write: writeText,
      required: true,
    },
    /** No. in the fiscal year's list, given by headquarters. */
    no: {
      label: 'No.',
      schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99_999)),
      merge: 'scalar',
      write: hq,
    },
    progress: { label: '進捗', schema: v.picklist(PROGRESS_IDS), merge: 'scalar', write: writeProgress },
    theme: { label: '分類', schema: shortText(60), merge: 'scalar', write: writeText },
    viewpoints: {
      label: '視点',
      schema: v.pipe(v.array(v.picklist(VIEWPOINT_IDS)), v.maxLength(3)),
      merge: 'set',
      write: writeText,
    },
    lifeWorkBalance: {
      label: 'ライフ・ワーク・バランス',
      schema: v.boolean(),
      merge: 'scalar',
      write: writeText,
    },
    background: longText('現状・課題'),
    detail: longText('具体的な取組内容'),
    goal: longText('目標'),
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
    importKey: {
      label: '取込キー',
      schema: shortText(200),
      merge: 'scalar',
      write: (context) => hq(context) && context.record.rev === 0,
    },
  },
  transitions: [
    { from: null, to: 'draft', by: staff },
    { from: null, to: 'submitted', by: (context) => lead(context) || importer(context) },
    { from: 'draft', to: 'submitted', by: lead },
    { from: 'returned', to: 'submitted', by: lead },
    { from: 'submitted', to: 'returned', by: hq, requires: ['returnReason'] },
    { from: 'submitted', to: 'reviewed', by: lead },
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
  }),
  searchText: (record) =>
    ['title', 'unitLabel', 'background', 'detail', 'goal', 'plan', 'result'].map((name) =>
      textOf(record, name),
    ),
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
  readonly viewpoints: readonly string[]
  readonly lifeWorkBalance: boolean
  readonly background: string
  readonly detail: string
  readonly goal: string
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
  const { no } = record.fields
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
    no: typeof no === 'number' ? no : null,
    progress: parseProgress(record.fields['progress']),
    viewpoints: listOf(record, 'viewpoints'),
    lifeWorkBalance: record.fields['lifeWorkBalance'] === true,
    background: textOf(record, 'background'),
    detail: textOf(record, 'detail'),
    goal: textOf(record, 'goal'),
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
