/** The log form's life: kept at every keystroke, restored, saved once [S3]. One form per row being written. */
import { type ShallowRef, shallowRef } from 'vue'
import * as v from 'valibot'
import type { InitiativeDraft } from '../../components/initiative/initiativeDraft.ts'
import { type RecordId, recordIdSchema } from '../../domain/ids.ts'
import { PROGRESS_IDS } from '../../domain/progress.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { figureText, parseFigure } from '../../domain/figure.ts'
import { parseSchedule, readInitiative } from '../../domain/types/initiative.ts'
import { recordSchema } from '../../domain/wire.ts'
import type { FieldValues } from '../../stores/changes.ts'
import type { Forms } from '../../stores/ports.ts'
import { type FormWriter, createFormWriter } from '../forms/keptForm.ts'

const text = v.optional(v.string(), '')
const texts = v.optional(v.array(v.string()), [])
/** Fields are added: a form kept by an earlier version of the app is read too. */
const draftSchema = v.object({
  title: v.string(),
  progress: v.nullable(v.picklist(PROGRESS_IDS)),
  background: text,
  detail: text,
  theme: text,
  jointUnits: texts,
  goal: text,
  goalIndicator: text,
  goalUnit: text,
  goalBaseline: text,
  goalTarget: text,
  goalActual: text,
  schedule: v.optional(v.pipe(v.unknown(), v.transform(parseSchedule)), null),
  plan: text,
  result: text,
  lifeWorkBalance: v.boolean(),
  viewpoints: texts,
  carriedFrom: v.optional(v.nullable(v.string()), null),
})

/** `started` is the version the person began from: the merge needs it, however long the form stayed open. */
const keptSchema = v.object({
  recordId: recordIdSchema,
  started: v.nullable(recordSchema),
  draft: draftSchema,
  /** The parked entry (`n`) whose content this form has taken; it is given up with the save [S12]. */
  mends: v.optional(v.number()),
})
export type KeptForm = v.InferOutput<typeof keptSchema>

const NEW_FORM_PREFIX = 'log:new:'
export const editFormId = (id: string): string => `log:edit:${id}`

export const emptyDraft = (): InitiativeDraft => ({
  title: '',
  progress: null,
  background: '',
  detail: '',
  theme: '',
  jointUnits: [],
  goal: '',
  goalIndicator: '',
  goalUnit: '',
  goalBaseline: '',
  goalTarget: '',
  goalActual: '',
  schedule: null,
  plan: '',
  result: '',
  lifeWorkBalance: false,
  viewpoints: [],
  carriedFrom: null,
})

/** The form's values of a stored row. */
export function draftOf(record: StoredRecord): InitiativeDraft {
  const row = readInitiative(record)
  const { title, progress, background, detail, theme, goal, goalIndicator, goalUnit } = row
  const figure = (value: number | null): string => (value === null ? '' : figureText(value))
  return {
    title,
    progress,
    background,
    detail,
    theme,
    jointUnits: [...row.jointUnits],
    goal,
    goalIndicator,
    goalUnit,
    goalBaseline: figure(row.goalBaseline),
    goalTarget: figure(row.goalTarget),
    goalActual: figure(row.goalActual),
    schedule: row.schedule,
    plan: row.plan,
    result: row.result,
    lifeWorkBalance: row.lifeWorkBalance,
    viewpoints: [...row.viewpoints],
    carriedFrom: row.carriedFrom,
  }
}

/** A new row that goes on from one of an earlier year: what it set out to do, not what came of it. */
export function draftCarriedFrom(record: StoredRecord): InitiativeDraft {
  return {
    ...draftOf(record),
    progress: null,
    goalActual: '',
    schedule: null,
    result: '',
    carriedFrom: record.id,
  }
}

/** Field values as they are saved: what is blank is null. A figure that is none is null; checkDraft has said so before. */
export function valuesOf(draft: InitiativeDraft): FieldValues {
  const text = (value: string): string | null => (value.trim() === '' ? null : value)
  const list = (values: readonly string[]): string[] | null => (values.length === 0 ? null : [...values])
  const { title, progress, schedule, carriedFrom } = draft
  return {
    title: title.trim(),
    progress,
    background: text(draft.background),
    detail: text(draft.detail),
    theme: text(draft.theme.trim()),
    jointUnits: list(draft.jointUnits),
    goal: text(draft.goal),
    goalIndicator: text(draft.goalIndicator.trim()),
    goalUnit: text(draft.goalUnit.trim()),
    goalBaseline: parseFigure(draft.goalBaseline) ?? null,
    goalTarget: parseFigure(draft.goalTarget) ?? null,
    goalActual: parseFigure(draft.goalActual) ?? null,
    schedule: schedule === null ? null : { ...schedule },
    plan: text(draft.plan),
    result: text(draft.result),
    lifeWorkBalance: draft.lifeWorkBalance ? true : null,
    viewpoints: list(draft.viewpoints.toSorted()),
    carriedFrom,
  }
}

/** What IndexedDB can take: no proxies inside. */
function plainCopy(draft: InitiativeDraft): InitiativeDraft {
  const { jointUnits, viewpoints, schedule } = draft
  return {
    ...draft,
    jointUnits: [...jointUnits],
    viewpoints: [...viewpoints],
    schedule: schedule === null ? null : { ...schedule },
  }
}

/** Reads a kept form; undefined when there is none or an older version wrote something else. */
export async function loadKept(forms: Forms, formId: string): Promise<KeptForm | undefined> {
  const parsed = v.safeParse(keptSchema, await forms.load(formId))
  return parsed.success ? parsed.output : undefined
}

/** All kept forms of 取組, new ones and edits, newest first. */
export async function loadAllKept(forms: Forms): Promise<KeptForm[]> {
  const ids = (await forms.list()).filter((id) => id.startsWith('log:'))
  const kept = await Promise.all(ids.map((id) => loadKept(forms, id)))
  return kept.filter((form) => form !== undefined)
}

export const newFormId = (id: string): string => `${NEW_FORM_PREFIX}${id}`

export interface LogForm extends Omit<FormWriter<KeptForm>, 'keep'> {
  readonly formId: string
  readonly recordId: RecordId
  readonly started: StoredRecord | null
  readonly mends: number | undefined
  readonly draft: ShallowRef<InitiativeDraft>
  change(draft: InitiativeDraft): void
}

/** A form on `kept`. */
export function openForm(forms: Forms, kept: KeptForm): LogForm {
  const { recordId, started, mends } = kept
  const formId = started === null ? newFormId(recordId) : editFormId(recordId)
  const draft = shallowRef<InitiativeDraft>(kept.draft)
  const { keep, ...writer } = createFormWriter<KeptForm>(forms, formId)

  return {
    formId,
    recordId,
    started,
    mends,
    draft,
    ...writer,
    change(next) {
      draft.value = next
      keep({ recordId, started, draft: plainCopy(next), ...(mends === undefined ? {} : { mends }) })
    },
  }
}
