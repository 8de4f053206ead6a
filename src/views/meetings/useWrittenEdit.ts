/** A note or an action of a meeting being changed: kept at every keystroke until it is saved [S3]. */
import { onMounted, shallowReadonly, shallowRef, useId } from 'vue'
import * as v from 'valibot'
import { usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import { keptReasonsAfter, readKeptReasons } from '../../domain/keptReasons.ts'
import { type StoredRecord, fieldOf, textOf } from '../../domain/record.ts'
import { recordSchema } from '../../domain/wire.ts'
import { useMeetings } from '../../stores/meetings.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { meetingsText } from '../../text/meetings.ts'
import { privacyText, savedText } from '../../text/privacy.ts'
import { reasonText } from '../../text/saveError.ts'
import { createFormWriter } from '../forms/keptForm.ts'
import { type WrittenType, writtenProblems } from './writtenProblems.ts'

const keptSchema = v.object({
  /** The version the person began from: the merge needs it, however long the form stays open. */
  started: recordSchema,
  draft: v.object({ text: v.string(), owner: v.string(), dueDate: v.string() }),
})
/** What has been typed, and from where. */
export type KeptEdit = v.InferOutput<typeof keptSchema>

export const writtenFormId = ({ id }: Pick<StoredRecord, 'id'>): string => `meeting:edit:${id}`

/** `onDone` is told when it has been saved, or nothing was to be changed. */
export function useWrittenEdit(record: StoredRecord, onDone: () => void) {
  const meetings = useMeetings()
  const records = useRecords()
  const toasts = useToasts()
  const gate = usePrivacyGate()
  const textId = useId()
  const type: WrittenType = record.type === 'action' ? 'action' : 'minute'

  const kept = shallowRef<KeptEdit>({ started: record, draft: draftOf(record) })
  const isRestored = shallowRef(false)
  const errors = shallowRef<ReturnType<typeof writtenProblems>>({})
  const saving = shallowRef(false)

  const forms = useSession().workplace?.forms
  const formId = writtenFormId(record)
  const writer = forms === undefined ? undefined : createFormWriter<KeptEdit>(forms, formId)
  onMounted(async () => {
    const found = v.safeParse(keptSchema, await forms?.load(formId))
    if (!found.success || isChanged()) return
    kept.value = found.output
    isRestored.value = true
  })

  const isChanged = (): boolean => {
    const { started, draft } = kept.value
    const before = draftOf(started)
    return draft.text !== before.text || draft.owner !== before.owner || draft.dueDate !== before.dueDate
  }

  function change(part: Partial<KeptEdit['draft']>): void {
    kept.value = { ...kept.value, draft: { ...kept.value.draft, ...part } }
    errors.value = {}
    writer?.keep(kept.value)
  }

  async function save(): Promise<void> {
    if (saving.value) return
    errors.value = writtenProblems(type, kept.value.draft)
    if (Object.keys(errors.value).length > 0) return
    saving.value = true
    await trySave().finally(() => (saving.value = false))
  }

  async function trySave(): Promise<void> {
    const { started, draft } = kept.value
    const passed = await gate.ask([
      {
        ...{ key: 'text', label: meetingsText[type], text: draft.text, elementId: textId },
        before: textOf(started, 'text'),
      },
    ])
    if (passed.type === 'rewrite') errors.value = { text: privacyText.rewriteHere }
    if (passed.type !== 'passed') return
    const text = (passed.texts['text'] ?? draft.text).trim()
    change({ text })
    if (isChanged()) {
      const saved = await meetings.edit(started, {
        ...valuesOf({ ...draft, text }, type),
        keptReasons: keptReasonsAfter(readKeptReasons(started), passed),
      })
      if (!saved.ok) {
        errors.value = { text: reasonText(saved.error, type) }
        return
      }
      toasts.offer(savedText(meetingsText.savedHere, passed.companies), {
        label: meetingsText.undo,
        run: () => void takeBack(started),
      })
    }
    await writer?.drop()
    onDone()
  }

  /** As it was, over whatever it is now. */
  async function takeBack(before: StoredRecord): Promise<void> {
    const now = await records.read(before.id)
    if (now === undefined) return
    const saved = await meetings.edit(now.record, {
      ...valuesOf(draftOf(before), type),
      keptReasons: fieldOf(before, 'keptReasons'),
    })
    if (saved.ok) toasts.show(meetingsText.takenBack)
    else toasts.show(reasonText(saved.error, type), 'error')
  }

  /** Gives it up; what had been typed is answered, for whoever wants it back. */
  async function discard(): Promise<KeptEdit | undefined> {
    await writer?.drop()
    return isChanged() ? kept.value : undefined
  }

  return {
    kept: shallowReadonly(kept),
    isRestored: shallowReadonly(isRestored),
    errors: shallowReadonly(errors),
    saving: shallowReadonly(saving),
    gate,
    textId,
    change,
    save,
    discard,
  }
}

function draftOf(record: StoredRecord): KeptEdit['draft'] {
  return {
    text: textOf(record, 'text'),
    owner: textOf(record, 'owner'),
    dueDate: textOf(record, 'dueDate'),
  }
}

function valuesOf({ text, owner, dueDate }: KeptEdit['draft'], type: WrittenType) {
  return type === 'minute' ? { text } : { text, owner, dueDate: dueDate === '' ? null : dueDate }
}
