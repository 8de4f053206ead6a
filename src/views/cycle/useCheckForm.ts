/** A 点検票 being written: kept at every keystroke [S3], saved as a draft, submitted by the lead. */
import { computed, nextTick, onScopeDispose, shallowReadonly, shallowRef } from 'vue'
import * as v from 'valibot'
import { CHECK_TEXTS, type CheckDraft, checkFieldId } from '../../components/cycle/checkDraft.ts'
import { usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import { figureText, parseFigure } from '../../domain/figure.ts'
import { keptReasonsAfter, readKeptReasons } from '../../domain/keptReasons.ts'
import { type StoredRecord, textOf } from '../../domain/record.ts'
import {
  ACHIEVEMENTS,
  MAX_CHECK_TEXT,
  MAX_OPINION,
  MAX_OPINIONS,
  checkIdOf,
  readCheck,
} from '../../domain/types/check.ts'
import { type CycleKind, parseCycleKind } from '../../domain/types/cycle.ts'
import { recordSchema } from '../../domain/wire.ts'
import type { FieldValues } from '../../stores/changes.ts'
import { useCycles } from '../../stores/cycles.ts'
import type { IndexEntry } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { checkText } from '../../text/cycle.ts'
import { privacyText } from '../../text/privacy.ts'
import { reasonText } from '../../text/saveError.ts'
import { type FormWriter, createFormWriter, takeForm } from '../forms/keptForm.ts'

const text = v.optional(v.string(), '')
const keptSchema = v.object({
  /** The version the person began from; null for a new one. */
  started: v.nullable(recordSchema),
  draft: v.object({
    achievement: v.nullable(v.picklist(ACHIEVEMENTS)),
    rate: text,
    issues: text,
    measures: text,
    opinions: text,
    next: text,
    result: text,
    learnt: text,
  }),
})
type Kept = v.InferOutput<typeof keptSchema>

type Errors = Partial<Record<keyof CheckDraft, string>>

const linesOf = (opinions: string): string[] =>
  opinions
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** What of a draft cannot be saved, or with `submits` not submitted, and what to do. */
function problemsOf(draft: CheckDraft, { kind, submits }: { kind: CycleKind; submits: boolean }): Errors {
  const { fields } = checkText
  const errors: Errors = {}
  const rate = parseFigure(draft.rate)
  if (rate === undefined || (rate !== null && (rate < 0 || rate > 9999))) errors.rate = checkText.rateWrong
  for (const field of CHECK_TEXTS[kind]) {
    const isLong =
      field === 'opinions'
        ? linesOf(draft.opinions).some((line) => line.length > MAX_OPINION)
        : draft[field].length > MAX_CHECK_TEXT
    const max = field === 'opinions' ? MAX_OPINION : MAX_CHECK_TEXT
    if (isLong) errors[field] = checkText.tooLong(fields[field], max)
  }
  const opinions = linesOf(draft.opinions).length
  if (opinions > MAX_OPINIONS) errors.opinions = checkText.tooManyOpinions(MAX_OPINIONS)
  if (!submits) return errors
  if (draft.achievement === null) errors.achievement = checkText.missing(fields.achievement)
  if (kind === 'interim' && opinions === 0) errors.opinions = checkText.opinionMissing
  if (kind === 'result' && draft.result.trim() === '') errors.result = checkText.missing(fields.result)
  return errors
}

function draftOf(record: StoredRecord | undefined, row: StoredRecord, kind: CycleKind): CheckDraft {
  if (record === undefined) {
    const blank = { rate: '', issues: '', measures: '', opinions: '', next: '', learnt: '' }
    return { achievement: null, ...blank, result: kind === 'result' ? textOf(row, 'result') : '' }
  }
  const check = readCheck(record)
  const { achievementRate: rate } = check
  return {
    achievement: check.achievement,
    rate: rate === null ? '' : figureText(rate),
    issues: check.issues,
    measures: check.measures,
    opinions: check.opinions.join('\n'),
    next: check.next,
    result: check.result,
    learnt: check.learnt,
  }
}

function valuesOf(draft: CheckDraft, kind: CycleKind): FieldValues {
  const opinions = [...new Set(linesOf(draft.opinions))]
  const texts = CHECK_TEXTS[kind].map((field) =>
    field === 'opinions'
      ? [field, opinions.length === 0 ? null : opinions]
      : [field, draft[field].trim() === '' ? null : draft[field]],
  )
  return {
    achievement: draft.achievement,
    achievementRate: parseFigure(draft.rate) ?? null,
    ...Object.fromEntries(texts),
  }
}

/** The form of one row in one cycle; open it before it is shown. */
export function useCheckForm() {
  const session = useSession()
  const records = useRecords()
  const cycles = useCycles()
  const gate = usePrivacyGate()

  const draft = shallowRef<CheckDraft>()
  const isRestored = shallowRef(false)
  const errors = shallowRef<Errors>({})
  const errorList = computed(() =>
    Object.entries(errors.value).map(([field, message]) => ({ fieldId: `field-${field}`, message })),
  )
  const failure = shallowRef('')
  const saving = shallowRef<'save' | 'submit'>()
  let subject: { readonly cycle: IndexEntry; readonly row: StoredRecord } | undefined
  let started: StoredRecord | undefined
  let release: (() => void) | undefined
  const writer = shallowRef<FormWriter<Kept>>()
  const isKept = computed(() => writer.value?.isKept.value === true)
  const kind = (): CycleKind => parseCycleKind(subject?.cycle.facets['kind'])

  /** Goes on with what was kept, else with the check as it is. False while another tab has it. */
  async function open(cycle: IndexEntry, row: StoredRecord): Promise<boolean> {
    const forms = session.workplace?.forms
    const formId = `check:${checkIdOf(cycle.id, row.id)}`
    const taken = await takeForm(formId)
    if (forms === undefined || taken === undefined) return false
    release?.()
    release = taken
    subject = { cycle, row }
    const kept = v.safeParse(keptSchema, await forms.load(formId))
    const current = (await records.read(checkIdOf(cycle.id, row.id)))?.record
    started = kept.success ? (kept.output.started ?? undefined) : current
    writer.value = createFormWriter(forms, formId)
    draft.value = kept.success ? kept.output.draft : draftOf(current, row, kind())
    isRestored.value = kept.success
    errors.value = {}
    failure.value = ''
    return true
  }

  function change(next: CheckDraft): void {
    draft.value = next
    writer.value?.keep({ started: started ?? null, draft: next })
    if (errorList.value.length > 0) errors.value = problemsOf(next, { kind: kind(), submits: false })
  }

  /** Answers the companies named in it once it is saved; undefined when the person is to go on. */
  async function save(how: 'save' | 'submit'): Promise<readonly string[] | undefined> {
    if (saving.value !== undefined) return undefined
    saving.value = how
    return trySave(how).finally(() => (saving.value = undefined))
  }

  async function trySave(how: 'save' | 'submit'): Promise<readonly string[] | undefined> {
    const current = draft.value
    if (subject === undefined || current === undefined) return undefined
    failure.value = ''
    errors.value = problemsOf(current, { kind: kind(), submits: how === 'submit' })
    if (errorList.value.length > 0) {
      await nextTick()
      return undefined
    }
    const passed = await gate.ask(
      CHECK_TEXTS[kind()].map((key) => ({
        key,
        label: checkText.fields[key],
        text: current[key],
        before: started === undefined ? '' : draftOf(started, subject?.row ?? started, kind())[key],
        elementId: checkFieldId(key),
      })),
    )
    if (passed.type === 'rewrite') errors.value = { [passed.key]: privacyText.rewriteHere }
    if (passed.type !== 'passed') return undefined
    const written = { ...current, ...passed.texts }
    change(written)
    const { cycle, row } = subject
    // A form that outlived its save goes on as an edit of what was saved.
    started ??= (await records.read(checkIdOf(cycle.id, row.id)))?.record
    const keptReasons = keptReasonsAfter(started === undefined ? [] : readKeptReasons(started), passed)
    const values = { ...valuesOf(written, kind()), keptReasons }
    const saved = await cycles.saveCheck({ cycle, row: row.id, started }, values)
    const done = saved.ok && how === 'submit' ? await cycles.submitCheck(cycle, row.id) : saved
    if (!done.ok) {
      failure.value = reasonText(done.error, 'check')
      return undefined
    }
    await writer.value?.drop()
    return passed.companies
  }

  onScopeDispose(() => release?.())

  return {
    draft: shallowReadonly(draft),
    isRestored: shallowReadonly(isRestored),
    errors: shallowReadonly(errors),
    errorList,
    failure: shallowReadonly(failure),
    saving: shallowReadonly(saving),
    isKept,
    gate,
    open,
    change,
    save,
  }
}
