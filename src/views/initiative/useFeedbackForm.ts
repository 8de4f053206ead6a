/** What headquarters writes to a unit about one row or many: the form, and its way through the privacy gate. */
import { computed, shallowReadonly, shallowRef, useId } from 'vue'
import { usePrivacyGate } from '../../composables/usePrivacyGate.ts'
import type { Json } from '../../domain/json.ts'
import { keptReasonsAfter } from '../../domain/keptReasons.ts'
import type { FeedbackKind } from '../../domain/types/feedback.ts'
import { detailText } from '../../text/detail.ts'
import { privacyText } from '../../text/privacy.ts'

/** What is to be saved; `dueDate` is `YYYY-MM-DD`, '' = none. */
export interface WrittenFeedback {
  readonly kind: FeedbackKind
  readonly text: string
  readonly dueDate: string
  readonly keptReasons: Json
}

/** `usual`: the kind it begins with. */
export function useFeedbackForm(usual: FeedbackKind) {
  const gate = usePrivacyGate()
  const textId = useId()
  const kind = shallowRef<FeedbackKind | null>(usual)
  const text = shallowRef('')
  const dueDate = shallowRef('')
  const error = shallowRef('')
  const saving = shallowRef(false)
  /** 好事例 asks for nothing, by no day. */
  const isPraise = computed(() => kind.value === 'praise')

  function clear(): void {
    text.value = ''
    dueDate.value = ''
    error.value = ''
  }

  /**
   * `save` answers what went wrong in words, '' when it is done. Answers the companies that are to be told of, undefined when
   * nothing was saved, or not all.
   */
  async function send(
    save: (what: WrittenFeedback) => Promise<string>,
  ): Promise<readonly string[] | undefined> {
    if (saving.value) return undefined
    error.value = text.value.trim() === '' ? detailText.feedbackMissing : ''
    if (error.value !== '') return undefined
    saving.value = true
    return trySend(save).finally(() => (saving.value = false))
  }

  async function trySend(
    save: (what: WrittenFeedback) => Promise<string>,
  ): Promise<readonly string[] | undefined> {
    const passed = await gate.ask([
      { key: 'text', label: detailText.feedbackText, text: text.value, elementId: textId },
    ])
    if (passed.type === 'rewrite') error.value = privacyText.rewriteHere
    if (passed.type !== 'passed') return undefined
    text.value = passed.texts['text'] ?? text.value
    error.value = await save({
      kind: kind.value ?? usual,
      text: text.value.trim(),
      dueDate: isPraise.value ? '' : dueDate.value,
      keptReasons: keptReasonsAfter([], passed),
    })
    return error.value === '' ? passed.companies : undefined
  }

  return { gate, textId, kind, text, dueDate, error, saving: shallowReadonly(saving), isPraise, clear, send }
}
