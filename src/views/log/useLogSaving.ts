/** Saving the log form: what is wrong in it, the privacy gate, then the row and the photos it holds. */
import { type ShallowRef, computed, nextTick, shallowReadonly, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import type { InitiativeDraft } from '../../components/initiative/initiativeDraft.ts'
import { usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import type { RecordId } from '../../domain/ids.ts'
import { keptReasonsAfter, readKeptReasons } from '../../domain/keptReasons.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { usePhotos } from '../../stores/photos.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { logText } from '../../text/log.ts'
import { privacyText, savedText } from '../../text/privacy.ts'
import { reasonText } from '../../text/saveError.ts'
import { checkDraft } from './checkDraft.ts'
import { gatedFieldsOf, withTexts } from './gatedFields.ts'
import { type LogForm, valuesOf } from './useLogForm.ts'

type SaveKind = 'save' | 'submit'
const SAVED = { save: logText.saved, submit: logText.submitted } as const

/** A save that takes longer shows that it is at work; to draw that would hold up the others. */
const SLOW_MS = 150

/** Saves the open form; `showErrors` brings the person to the list of what is wrong. */
export function useLogSaving(form: Readonly<ShallowRef<LogForm | undefined>>, showErrors: () => void) {
  const session = useSession()
  const records = useRecords()
  const initiatives = useInitiatives()
  const photos = usePhotos()
  const toasts = useToasts()
  const router = useRouter()
  const gate = usePrivacyGate()

  /** By field. */
  const errors = shallowRef<Readonly<Record<string, string>>>({})
  const errorList = computed(() =>
    Object.entries(errors.value).map(([field, message]) => ({ fieldId: `field-${field}`, message })),
  )
  /** Why the last save failed. */
  const failure = shallowRef('')
  /** The save that is taking long. */
  const saving = shallowRef<SaveKind>()
  let isSaving = false

  /** For another form. */
  function reset(): void {
    errors.value = {}
    failure.value = ''
  }

  /** To be told of every keystroke: what was wrong is checked again, so that no error stands beside what is right. */
  function typed(draft: InitiativeDraft): void {
    if (errorList.value.length > 0) errors.value = checkDraft(draft)
    gate.lookAhead(() => gatedFieldsOf(draft, form.value?.started ?? null))
  }

  /** Whether the draft may be saved. Nothing is drawn anew where nothing was wrong. */
  function check(draft: InitiativeDraft): boolean {
    const found = checkDraft(draft)
    const isRight = Object.keys(found).length === 0
    if (!isRight || errorList.value.length > 0) errors.value = found
    return isRight
  }

  async function save(kind: SaveKind): Promise<void> {
    const current = form.value
    if (current === undefined || isSaving) return
    failure.value = ''
    if (!check(current.draft.value)) {
      await nextTick()
      showErrors()
      return
    }
    isSaving = true
    const slow = setTimeout(() => (saving.value = kind), SLOW_MS)
    try {
      const companies = await trySave(current, kind)
      if (companies !== undefined) await leave(current, savedText(SAVED[kind], companies))
    } finally {
      clearTimeout(slow)
      isSaving = false
      saving.value = undefined
    }
  }

  async function leave({ recordId, mends, drop }: LogForm, told: string): Promise<void> {
    if (mends !== undefined) await session.workplace?.outbox.discardParked(mends)
    await drop()
    toasts.show(told)
    await router.replace({ name: 'initiative', params: { id: recordId } })
  }

  /** Answers the companies named in it; undefined when the person is to go on with the form. */
  async function trySave(current: LogForm, kind: SaveKind): Promise<readonly string[] | undefined> {
    const passed = await gate.ask(gatedFieldsOf(current.draft.value, current.started))
    if (passed.type === 'rewrite') errors.value = { [passed.key]: privacyText.rewriteHere }
    if (passed.type !== 'passed') return undefined
    const written = withTexts(current.draft.value, passed.texts)
    if (written !== current.draft.value) current.change(written)
    const started = current.started ?? (await savedMeanwhile(current.recordId))
    const keptReasons = keptReasonsAfter(started === undefined ? [] : readKeptReasons(started), passed)
    const values = { ...valuesOf(current.draft.value), keptReasons }
    const saved =
      started === undefined
        ? await initiatives.create(current.recordId, {
            stage: kind === 'submit' ? 'submitted' : 'draft',
            values,
          })
        : await initiatives.edit(started, kind === 'submit' ? { ...values, stage: 'submitted' } : values)
    if (!saved.ok) {
      failure.value = reasonText(saved.error, 'initiative')
      return undefined
    }
    const shown = await photos.saveHeld(current.formId, { initiative: current.recordId })
    // The row is saved; the form stays for the photos' sake.
    if (shown?.ok === false) {
      failure.value = reasonText(shown.error, 'photo')
      return undefined
    }
    return passed.companies
  }

  /**
   * A form that outlived its save (the tab was killed in between) goes on as an edit of that row; a parked create does not.
   * A database that is dead is told by the save itself.
   */
  async function savedMeanwhile(id: RecordId): Promise<StoredRecord | undefined> {
    if (!records.mayHold(id)) return undefined
    const shown = await records.read(id).catch(() => undefined)
    return shown !== undefined && (shown.record.rev > 0 || shown.queued.length > 0) ? shown.record : undefined
  }

  return {
    errors: shallowReadonly(errors),
    errorList,
    failure: shallowReadonly(failure),
    saving: shallowReadonly(saving),
    gate,
    reset,
    typed,
    save,
  }
}
