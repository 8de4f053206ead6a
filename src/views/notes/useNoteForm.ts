/** A 経過 being written to a row: kept at every keystroke, with its photos, until all of it is saved [S3]. */
import { computed, onScopeDispose, shallowReadonly, shallowRef, useId } from 'vue'
import * as v from 'valibot'
import { type GatedField, usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import { type RecordId, asRecordId, recordIdSchema } from '../../domain/ids.ts'
import type { Json } from '../../domain/json.ts'
import { keptReasonsAfter } from '../../domain/keptReasons.ts'
import { PROGRESS_IDS, parseProgress } from '../../domain/progress.ts'
import { type StoredRecord, fieldOf } from '../../domain/record.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { usePhotos } from '../../stores/photos.ts'
import type { Forms } from '../../stores/ports.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { detailText } from '../../text/detail.ts'
import { privacyText } from '../../text/privacy.ts'
import { reasonText } from '../../text/saveError.ts'
import { type FormWriter, createFormWriter, takeForm } from '../forms/keptForm.ts'

const draftSchema = v.object({
  /** Drawn when the form opens: saving again after an error, or after a kill, is the same note. */
  noteId: recordIdSchema,
  text: v.string(),
  /** The row's new progress; null = as it is. */
  progress: v.nullable(v.picklist(PROGRESS_IDS)),
  /** The parked entry (`n`) whose content this form has taken; it is given up with the save [S12]. */
  mends: v.optional(v.number()),
})
export type NoteDraft = v.InferOutput<typeof draftSchema>

const PREFIX = 'note:'
const prefixOf = (row: RecordId): string => `${PREFIX}${row}:`

/** What is being written on this tablet, and not saved, by the row it is written to. */
export async function notesBegun(forms: Forms): Promise<ReadonlyMap<RecordId, string>> {
  const ids = (await forms.list()).filter((id) => id.startsWith(PREFIX))
  const begun = await Promise.all(
    ids.map(async (id) => {
      const kept = v.safeParse(draftSchema, await forms.load(id))
      const row = asRecordId(id.split(':')[1] ?? '')
      return kept.success ? [[row, kept.output.text] as const] : []
    }),
  )
  return new Map(begun.flat())
}

export interface SavedNote {
  readonly noteId: RecordId
  /** Names of companies in it, to be told of. */
  readonly companies: readonly string[]
}

export type NoteForm = ReturnType<typeof useNoteForm>

/** The form for `target`, which stays the same while it is open; `saved` is called when all of it is saved. */
export function useNoteForm(target: () => StoredRecord | undefined, saved: (note: SavedNote) => unknown) {
  const session = useSession()
  const initiatives = useInitiatives()
  const photos = usePhotos()
  const toasts = useToasts()
  const gate = usePrivacyGate()
  const textId = useId()

  /** Undefined while no form is open. */
  const draft = shallowRef<NoteDraft>()
  /** What an earlier page has left is gone on with. */
  const isRestored = shallowRef(false)
  const error = shallowRef('')
  const saving = shallowRef(false)
  let writer: FormWriter<NoteDraft> | undefined
  let release: (() => void) | undefined
  let withdrawOffer: (() => void) | undefined

  const standing = computed(() => progressOf(target()))
  const holder = computed(() => formIdOf(target(), draft.value))
  /** The row's progress as the form has it. */
  const progress = computed({
    get: () => draft.value?.progress ?? standing.value,
    set: (chosen) => change({ progress: chosen === standing.value ? null : chosen }),
  })
  const moves = computed(() => progress.value !== standing.value)

  /** Goes on with what was kept for the row, in no other tab; else begins anew, or with `blank: false` opens nothing. */
  async function open({ blank = true } = {}): Promise<void> {
    const [row, forms] = [target(), session.workplace?.forms]
    if (row === undefined || forms === undefined || draft.value !== undefined) return
    const kept = (await forms.list()).filter((id) => id.startsWith(prefixOf(row.id)))
    for (const id of kept) {
      if (draft.value !== undefined) return
      if (await begin(emptyDraft(id.slice(prefixOf(row.id).length)))) return
    }
    if (blank && draft.value === undefined) await begin(emptyDraft(initiatives.newId()))
  }

  /** Opens the form of this note, with what was kept of it or else with this; answers false when another tab has it. */
  async function begin(next: NoteDraft): Promise<boolean> {
    const [id, forms] = [formIdOf(target(), next), session.workplace?.forms]
    if (forms === undefined) return false
    const taken = await takeForm(id)
    if (taken === undefined) return false
    const kept = v.safeParse(draftSchema, await forms.load(id))
    leave()
    release = taken
    writer = createFormWriter(forms, id)
    draft.value = kept.success ? { ...kept.output, mends: next.mends ?? kept.output.mends } : next
    isRestored.value = kept.success
    error.value = ''
    return true
  }

  function change(part: Partial<NoteDraft>): void {
    if (draft.value === undefined) return
    error.value = ''
    draft.value = { ...draft.value, ...part }
    writer?.keep(draft.value)
    const typed = draft.value
    gate.lookAhead(() => gatedOf(typed))
  }
  const gatedOf = ({ text }: NoteDraft): GatedField[] => [
    { key: 'text', label: detailText.noteText, text, elementId: textId },
  ]

  /** Leaves the form for later; answers whether there is anything to come back to. */
  async function close(): Promise<boolean> {
    if (draft.value === undefined) return false
    const empty = await isEmpty()
    if (empty) await writer?.drop()
    else await writer?.settled()
    leave()
    return !empty
  }

  /** Throws away what was written; `undone` is told when the person takes that back. */
  async function discard(undone: () => void): Promise<void> {
    const [left, id, forms] = [draft.value, holder.value, session.workplace?.forms]
    const hadContent = !(await isEmpty())
    await writer?.drop()
    leave()
    if (!hadContent) return
    // Its photos wait a day for this.
    const run = (): void => void forms?.keep(id, { ...left }).then(undone)
    withdrawOffer = toasts.offer(detailText.noteDiscarded, { label: detailText.undo, run })
  }

  /** Saves note, progress and photos. What was saved before a kill is not saved twice [S10]. */
  async function save(): Promise<void> {
    if (saving.value) return
    saving.value = true
    const done = await trySave().finally(() => (saving.value = false))
    if (done === undefined) return
    const mends = draft.value?.mends
    if (mends !== undefined) await session.workplace?.outbox.discardParked(mends)
    await writer?.drop()
    leave()
    await saved(done)
  }

  /** Undefined when the person is to go on with the form. */
  async function trySave(): Promise<SavedNote | undefined> {
    const [row, current] = [target(), draft.value]
    if (row === undefined || current === undefined) return undefined
    error.value = current.text.trim() === '' ? await missing() : ''
    if (error.value !== '') return undefined
    const passed = await gate.ask(gatedOf(current))
    if (passed.type === 'rewrite') error.value = privacyText.rewriteHere
    if (passed.type !== 'passed') return undefined
    const text = passed.texts['text'] ?? current.text
    if (text !== current.text) change({ text })
    error.value = await saveAll(row, { ...current, text, keptReasons: keptReasonsAfter([], passed) })
    return error.value === '' ? { noteId: current.noteId, companies: passed.companies } : undefined
  }

  /** What is wrong with a note without text. */
  async function missing(): Promise<string> {
    if (moves.value) return detailText.noteReasonMissing
    return (await hasPhotos()) ? '' : detailText.noteMissing
  }

  /** Answers what went wrong, '' = nothing. Photos without a word of text are the row's own. */
  async function saveAll(
    row: StoredRecord,
    { noteId, progress: moved, keptReasons, ...typed }: NoteDraft & { readonly keptReasons: Json },
  ): Promise<string> {
    const text = typed.text.trim()
    const noted =
      text === ''
        ? undefined
        : await initiatives.addNote(row, { id: noteId, text, progress: moved, keptReasons })
    if (noted?.ok === false) return reasonText(noted.error, 'note')
    const note = text === '' ? null : noteId
    const shown = await photos.saveHeld(holder.value, { initiative: row.id, note })
    return shown?.ok === false ? reasonText(shown.error, 'photo') : ''
  }

  const hasPhotos = async (): Promise<boolean> => (await photos.heldBy(holder.value)).length > 0
  const isEmpty = async (): Promise<boolean> =>
    draft.value?.text.trim() === '' && !moves.value && !(await hasPhotos())

  function leave(): void {
    withdrawOffer?.()
    release?.()
    ;[release, writer, draft.value] = [undefined, undefined, undefined]
  }
  onScopeDispose(() => {
    withdrawOffer?.()
    close().catch((problem: unknown) => console.error('The form could not be put away.', problem))
  })

  return {
    draft: shallowReadonly(draft),
    isRestored: shallowReadonly(isRestored),
    error: shallowReadonly(error),
    saving: shallowReadonly(saving),
    gate,
    /** Of the element the text is typed in. */
    textId,
    /** What its photos are held by. */
    holder,
    progress,
    moves,
    open,
    begin,
    change,
    /** Photos were added or taken out. */
    photosChanged: () => change({}),
    close,
    discard,
    save,
  }
}

function progressOf(row: StoredRecord | undefined) {
  return row === undefined ? null : parseProgress(fieldOf(row, 'progress'))
}

const emptyDraft = (noteId: string): NoteDraft => ({ noteId: asRecordId(noteId), text: '', progress: null })

function formIdOf(row: StoredRecord | undefined, draft: NoteDraft | undefined): string {
  return row === undefined || draft === undefined ? '' : prefixOf(row.id) + draft.noteId
}
