/** What is being written to one item of a meeting: kept at every keystroke until it is saved [S3]. */
import { onMounted, shallowReadonly, shallowRef, useId } from 'vue'
import * as v from 'valibot'
import { usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import { type RecordId, recordIdSchema } from '../../domain/ids.ts'
import { keptReasonsAfter } from '../../domain/keptReasons.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { useMeetings } from '../../stores/meetings.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { meetingsText } from '../../text/meetings.ts'
import { privacyText, savedText } from '../../text/privacy.ts'
import { reasonText } from '../../text/saveError.ts'
import { createFormWriter } from '../forms/keptForm.ts'
import { type WrittenType, writtenProblems } from './writtenProblems.ts'

const draftSchema = v.object({
  /** Drawn with the form: saved again after a kill, it is the same record. */
  minuteId: recordIdSchema,
  minute: v.string(),
  actionId: recordIdSchema,
  action: v.string(),
  owner: v.string(),
  dueDate: v.string(),
})
type Draft = v.InferOutput<typeof draftSchema>

type Errors = Partial<Record<WrittenType | 'owner', string>>

/** `owner` is the unit that an action of the item is for, to begin with. */
export function useMeetingForm({
  meeting,
  initiative,
  owner,
}: {
  meeting: RecordId
  initiative: RecordId | ''
  owner: string
}) {
  const meetings = useMeetings()
  const session = useSession()
  const initiatives = useInitiatives()
  const toasts = useToasts()
  const gate = usePrivacyGate()
  const [minuteElement, actionElement] = [useId(), useId()]

  const blankAction = () => ({ actionId: initiatives.newId(), action: '', owner, dueDate: '' })
  const blankMinute = () => ({ minuteId: initiatives.newId(), minute: '' })
  const draft = shallowRef<Draft>({ ...blankMinute(), ...blankAction() })
  const errors = shallowRef<Errors>({})
  const saving = shallowRef<WrittenType>()

  const forms = session.workplace?.forms
  const formId = `meeting:${meeting}:${initiative}`
  const writer = forms === undefined ? undefined : createFormWriter<Draft>(forms, formId)
  onMounted(async () => {
    const kept = v.safeParse(draftSchema, await forms?.load(formId))
    if (kept.success && draft.value.minute === '' && draft.value.action === '') draft.value = kept.output
  })

  function change(part: Partial<Draft>): void {
    draft.value = { ...draft.value, ...part }
    errors.value = {}
    writer?.keep(draft.value)
  }

  async function save(what: WrittenType): Promise<void> {
    if (saving.value !== undefined) return
    const { text, owner: who } = writtenProblems(what, { text: draft.value[what], owner: draft.value.owner })
    errors.value = {
      ...(text === undefined ? {} : { [what]: text }),
      ...(who === undefined ? {} : { owner: who }),
    }
    if (Object.keys(errors.value).length > 0) return
    saving.value = what
    await trySave(what).finally(() => (saving.value = undefined))
  }

  async function trySave(what: WrittenType): Promise<void> {
    const passed = await gate.ask([
      {
        key: 'text',
        label: meetingsText[what],
        text: draft.value[what],
        elementId: what === 'minute' ? minuteElement : actionElement,
      },
    ])
    if (passed.type === 'rewrite') errors.value = { [what]: privacyText.rewriteHere }
    if (passed.type !== 'passed') return
    const text = (passed.texts['text'] ?? draft.value[what]).trim()
    change({ [what]: text })
    const { minuteId, actionId, owner: to, dueDate } = draft.value
    const written = { initiative: initiative || null, text, keptReasons: keptReasonsAfter([], passed) }
    const saved =
      what === 'minute'
        ? await meetings.addMinute(meeting, { id: minuteId, ...written })
        : await meetings.addAction(meeting, { id: actionId, ...written, owner: to, dueDate: dueDate || null })
    if (!saved.ok) {
      errors.value = { [what]: reasonText(saved.error, what) }
      return
    }
    change(what === 'minute' ? blankMinute() : blankAction())
    toasts.show(savedText(meetingsText.savedHere, passed.companies))
  }

  return {
    draft: shallowReadonly(draft),
    errors: shallowReadonly(errors),
    saving: shallowReadonly(saving),
    gate,
    minuteElement,
    actionElement,
    change,
    save,
  }
}
