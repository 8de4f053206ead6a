/** What headquarters writes to a unit about one row or many: the form, kept as it is typed, and its way through the privacy gate. */
import { computed, shallowReadonly, shallowRef, useId } from 'vue'
import * as v from 'valibot'
import { usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import { type RecordId, recordIdSchema } from '../../domain/ids.ts'
import type { Json } from '../../domain/json.ts'
import { keptReasonsAfter } from '../../domain/keptReasons.ts'
import { FEEDBACK_KINDS, type FeedbackKind } from '../../domain/types/feedback.ts'
import { useClock } from '../../stores/clock.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { detailText } from '../../text/detail.ts'
import { privacyText } from '../../text/privacy.ts'
import { useKeptForm } from '../forms/useKeptForm.ts'

const draftSchema = v.object({
  /** Each row with its feedback, drawn when the form opens: sent again after an error, or after a kill, it is the same. */
  ids: v.array(v.tuple([recordIdSchema, recordIdSchema])),
  kind: v.nullable(v.picklist(FEEDBACK_KINDS)),
  text: v.string(),
  dueDate: v.string(),
})
export type FeedbackDraft = v.InferOutput<typeof draftSchema>

/** What is to be saved; `dueDate` is `YYYY-MM-DD`, '' = none. */
export interface WrittenFeedback {
  /** By row. */
  readonly ids: ReadonlyMap<RecordId, RecordId>
  readonly kind: FeedbackKind
  readonly text: string
  readonly dueDate: string
  readonly keptReasons: Json
}

const formIdOf = (rows: readonly RecordId[]): string => `feedback:${rows.toSorted().join(',')}`

interface Errors {
  readonly text?: string
  readonly dueDate?: string
}

/** `usual`: the kind it begins with. */
export function useFeedbackForm(usual: FeedbackKind) {
  const initiatives = useInitiatives()
  const clock = useClock()
  const gate = usePrivacyGate()
  const textId = useId()
  const ids = shallowRef<FeedbackDraft['ids']>([])
  const kind = shallowRef<FeedbackKind | null>(usual)
  const text = shallowRef('')
  const dueDate = shallowRef('')
  const errors = shallowRef<Errors>({})
  const saving = shallowRef(false)
  /** 好事例 asks for nothing, by no day. */
  const isPraise = computed(() => kind.value === 'praise')

  const { isRestored, close, discard, ...form } = useKeptForm<FeedbackDraft>({
    schema: draftSchema,
    read: () => ({ ids: ids.value, kind: kind.value, text: text.value, dueDate: dueDate.value }),
    fill: (draft) => {
      ids.value = draft.ids
      kind.value = draft.kind
      text.value = draft.text
      dueDate.value = draft.dueDate
    },
    isEmpty: () => text.value.trim() === '' && dueDate.value === '',
  })

  /** The form for these rows, with what was kept of it. */
  async function open(rows: readonly RecordId[]): Promise<void> {
    errors.value = {}
    const drawn = rows.map((row): [RecordId, RecordId] => [row, initiatives.newId()])
    const blank = { ids: drawn, kind: usual, text: '', dueDate: '' }
    await form.open(formIdOf(rows), blank)
  }

  const isBegun = (rows: readonly RecordId[]): Promise<boolean> => form.isBegun(formIdOf(rows))

  /** Feedback that was not accepted is written anew in a form of its own. */
  async function mend(draft: FeedbackDraft): Promise<void> {
    errors.value = {}
    await form.open(`feedback:mend:${draft.ids.map(([, id]) => id).join(',')}`, draft)
  }

  function problems(): Errors {
    const isPast = !isPraise.value && dueDate.value !== '' && dueDate.value < clock.today
    return {
      ...(text.value.trim() === '' ? { text: detailText.feedbackMissing } : {}),
      ...(isPast ? { dueDate: detailText.feedbackDuePast } : {}),
    }
  }

  /**
   * `save` answers what went wrong in words, '' when it is done. Answers the companies that are to be told of, undefined when
   * nothing was saved, or not all.
   */
  async function send(
    save: (what: WrittenFeedback) => Promise<string>,
  ): Promise<readonly string[] | undefined> {
    if (saving.value) return undefined
    errors.value = problems()
    if (Object.keys(errors.value).length > 0) return undefined
    saving.value = true
    return trySend(save).finally(() => (saving.value = false))
  }

  async function trySend(
    save: (what: WrittenFeedback) => Promise<string>,
  ): Promise<readonly string[] | undefined> {
    const passed = await gate.ask([
      { key: 'text', label: detailText.feedbackText, text: text.value, elementId: textId },
    ])
    if (passed.type === 'rewrite') errors.value = { text: privacyText.rewriteHere }
    if (passed.type !== 'passed') return undefined
    text.value = passed.texts['text'] ?? text.value
    const problem = await save({
      ids: new Map(ids.value),
      kind: kind.value ?? usual,
      text: text.value.trim(),
      dueDate: isPraise.value ? '' : dueDate.value,
      keptReasons: keptReasonsAfter([], passed),
    })
    if (problem !== '') {
      errors.value = { text: problem }
      return undefined
    }
    await form.drop()
    return passed.companies
  }

  return {
    ...{ gate, textId, kind, text, dueDate, isPraise, isRestored },
    errors: shallowReadonly(errors),
    saving: shallowReadonly(saving),
    ...{ isBegun, open, mend, close, discard, send },
  }
}
