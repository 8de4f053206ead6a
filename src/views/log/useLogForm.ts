/** The log form's life: kept at every keystroke, restored, saved once [S3]. One form per row being written. */
import { type ShallowRef, shallowRef } from 'vue'
import * as v from 'valibot'
import type { InitiativeDraft } from '../../components/initiative/initiativeDraft.ts'
import { type RecordId, recordIdSchema } from '../../domain/ids.ts'
import { PROGRESS_IDS } from '../../domain/progress.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { readInitiative } from '../../domain/types/initiative.ts'
import { recordSchema } from '../../domain/wire.ts'
import type { FieldValues } from '../../stores/changes.ts'
import type { Forms } from '../../stores/ports.ts'

const draftSchema = v.object({
  title: v.string(),
  progress: v.nullable(v.picklist(PROGRESS_IDS)),
  background: v.string(),
  detail: v.string(),
  goal: v.string(),
  plan: v.string(),
  result: v.string(),
  lifeWorkBalance: v.boolean(),
  viewpoints: v.array(v.string()),
})

/** `started` is the version the person began from: the merge needs it, however long the form stayed open. */
const keptSchema = v.object({
  recordId: recordIdSchema,
  started: v.nullable(recordSchema),
  draft: draftSchema,
})
export type KeptForm = v.InferOutput<typeof keptSchema>

const NEW_FORM_PREFIX = 'log:new:'
export const editFormId = (id: string): string => `log:edit:${id}`

export const emptyDraft = (): InitiativeDraft => ({
  title: '',
  progress: null,
  background: '',
  detail: '',
  goal: '',
  plan: '',
  result: '',
  lifeWorkBalance: false,
  viewpoints: [],
})

/** The form's values of a stored row. */
export function draftOf(record: StoredRecord): InitiativeDraft {
  const { title, progress, background, detail, goal, plan, result, lifeWorkBalance, viewpoints } =
    readInitiative(record)
  return {
    title,
    progress,
    background,
    detail,
    goal,
    plan,
    result,
    lifeWorkBalance,
    viewpoints: [...viewpoints],
  }
}

/** Field values as they are saved: what is blank is null. */
export function valuesOf(draft: InitiativeDraft): FieldValues {
  const text = (value: string): string | null => (value.trim() === '' ? null : value)
  return {
    title: draft.title.trim(),
    progress: draft.progress,
    background: text(draft.background),
    detail: text(draft.detail),
    goal: text(draft.goal),
    plan: text(draft.plan),
    result: text(draft.result),
    lifeWorkBalance: draft.lifeWorkBalance ? true : null,
    viewpoints: draft.viewpoints.length === 0 ? null : [...draft.viewpoints].sort(),
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

/** Takes a form for this tab; undefined when another tab has it open. The answer gives it back. */
export async function takeForm(formId: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`kaizencho-form-${formId}`, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(undefined)
          return undefined
        }
        return new Promise<void>((release) => resolve(release))
      })
      .catch(reject)
  })
}

export const newFormId = (id: string): string => `${NEW_FORM_PREFIX}${id}`

export interface LogForm {
  readonly formId: string
  readonly recordId: RecordId
  readonly started: StoredRecord | null
  readonly draft: ShallowRef<InitiativeDraft>
  /** True once something typed is kept. */
  readonly isKept: ShallowRef<boolean>
  change(draft: InitiativeDraft): void
  /** Waits until everything typed is kept. */
  settled(): Promise<void>
  drop(): Promise<void>
}

/** A form on `kept`; every change is written before the next one is, so that the newest always wins. */
export function openForm(forms: Forms, kept: KeptForm): LogForm {
  const { recordId, started } = kept
  const formId = started === null ? newFormId(recordId) : editFormId(recordId)
  const draft = shallowRef<InitiativeDraft>(kept.draft)
  const isKept = shallowRef(false)
  let writing: Promise<void> = Promise.resolve()
  let dropped = false
  let waiting = false

  async function write(): Promise<void> {
    waiting = false
    if (dropped) return
    await forms.keep(formId, {
      recordId,
      started,
      draft: { ...draft.value, viewpoints: [...draft.value.viewpoints] },
    })
    isKept.value = true
  }

  return {
    formId,
    recordId,
    started,
    draft,
    isKept,
    change(next) {
      draft.value = next
      if (waiting) return
      waiting = true
      // A failed write (quota) leaves the text in the form; the next keystroke tries again.
      writing = writing
        .then(write)
        .catch((error: unknown) => console.error('The form could not be kept.', error))
    },
    settled: () => writing,
    async drop() {
      dropped = true
      await writing
      await forms.drop(formId)
    },
  }
}
