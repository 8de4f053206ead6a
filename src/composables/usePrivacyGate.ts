/** Asks about personal data before a save, on the tablet and offline (M12). The rules load when they are first needed. */
import { type ShallowRef, inject, nextTick, onBeforeUnmount, onMounted, shallowRef } from 'vue'
import type {
  GateAnswer,
  GateChoice,
  GateField,
  GateItem,
  GateQuestion,
  Look,
} from '../domain/privacy/gate.ts'
import { PRIVACY_NAMES } from './privacyNames.ts'

/** A text of a form and the element it is typed in; none for a `fixed` one. */
export interface GatedField extends GateField {
  readonly elementId?: string
}

/** `passed` with the texts to save; `rewrite`: the person goes back to a field, its words marked; `stopped`: to the form. */
export type GateOutcome =
  | ({ readonly type: 'passed'; readonly companies: readonly string[] } & GateAnswer)
  | { readonly type: 'rewrite'; readonly key: string }
  | { readonly type: 'stopped' }

export interface PrivacyGate {
  /** What PrivacyGate.vue shows; undefined when there is nothing to ask. */
  readonly question: Readonly<ShallowRef<GateQuestion | undefined>>
  /** Looks at what is being typed once the person pauses, so that the save need not wait for it. */
  lookAhead(fields: () => readonly GatedField[]): void
  /** Looks at the texts and, where they hold personal data, waits for the person's answer. */
  ask(fields: readonly GatedField[]): Promise<GateOutcome>
  /** The person's choices, one an item of the question. */
  answer(choices: readonly GateChoice[]): void
  rewrite(item: GateItem): void
  cancel(): void
}

const loadRules = () => import('../domain/privacy/gate.ts')
type Rules = Awaited<ReturnType<typeof loadRules>>

const NO_NAMES: readonly string[] = []
/** Nothing typed for this long is a pause. */
const PAUSE_MS = 150

/**
 * The gate of one form. Put `<PrivacyGate :gate />` into the form's template and ask right before the save:
 *
 *     const passed = await gate.ask([{ key: 'text', label, text: text.value, elementId }])
 *     if (passed.type !== 'passed') return  // 'rewrite': focus is in the field; show privacyText.rewriteHere there
 *     text.value = passed.texts['text'] ?? text.value
 *     save({ text: text.value, keptReasons: keptReasonsAfter(readKeptReasons(record), passed) })
 *     toasts.show(savedText(saved, passed.companies))
 *
 * `key` is the record's field, `before` what stood in it: nobody is asked twice. All texts of a save go into one call. A
 * second call while the question is open answers `stopped`. Rules that cannot be loaded let the text pass, told in the
 * console: a save is not lost for them.
 */
export function usePrivacyGate(): PrivacyGate {
  const names = inject(PRIVACY_NAMES, () => NO_NAMES)
  const question = shallowRef<GateQuestion>()
  let asking = false
  /** Here once the rules are loaded. */
  let ready: { readonly rules: Rules; readonly look: Look } | undefined
  let pause: ReturnType<typeof setTimeout> | undefined
  let settle: ((outcome: Answered) => void) | undefined
  // Ready by the time somebody saves; a failure shows when it is asked.
  onMounted(() => void load().catch(() => undefined))
  onBeforeUnmount(() => clearTimeout(pause))

  async function load(): Promise<NonNullable<typeof ready>> {
    const rules = await loadRules()
    ready ??= { rules, look: rules.rememberingLook(names) }
    return ready
  }

  function lookAhead(fields: () => readonly GatedField[]): void {
    clearTimeout(pause)
    pause = setTimeout(() => ready?.rules.questionOf(fields(), ready.look), PAUSE_MS)
  }

  async function ask(fields: readonly GatedField[]): Promise<GateOutcome> {
    if (asking) return { type: 'stopped' }
    asking = true
    try {
      return await outcomeOf(fields, ready ?? (await load()))
    } catch (error) {
      // Rules that cannot be loaded lose nobody's work: the text is saved as it was typed.
      console.error('The privacy gate could not look.', error)
      return { type: 'passed', companies: [], ...asTyped(fields) }
    } finally {
      asking = false
    }
  }

  async function outcomeOf(
    fields: readonly GatedField[],
    { rules, look }: NonNullable<typeof ready>,
  ): Promise<GateOutcome> {
    const found = rules.questionOf(fields, look)
    const answered: Answered =
      found.items.length === 0
        ? { type: 'chosen', choices: [] }
        : await new Promise((resolve) => {
            settle = resolve
            question.value = found
          })
    question.value = undefined
    if (answered.type === 'stopped') return answered
    if (answered.type === 'rewrite') {
      const { field, finding } = answered.item
      const elementId = fields.find(({ key }) => key === field.key)?.elementId
      if (elementId !== undefined) void selectText(elementId, finding)
      return { type: 'rewrite', key: field.key }
    }
    const answer = rules.answerOf(fields, { items: found.items, choices: answered.choices }, look)
    // Where something was asked, the companies stood beside it.
    const untold = found.items.length === 0 ? found.notices : []
    return { type: 'passed', companies: untold.map(({ marked }) => marked), ...answer }
  }

  const close = (outcome: Answered): void => settle?.(outcome)
  return {
    question,
    lookAhead,
    ask,
    answer: (choices) => close({ type: 'chosen', choices }),
    rewrite: (item) => close({ type: 'rewrite', item }),
    cancel: () => close({ type: 'stopped' }),
  }
}

type Answered =
  | { readonly type: 'chosen'; readonly choices: readonly GateChoice[] }
  | { readonly type: 'rewrite'; readonly item: GateItem }
  | { readonly type: 'stopped' }

function asTyped(fields: readonly GatedField[]): GateAnswer {
  return {
    texts: Object.fromEntries(fields.map(({ key, text }) => [key, text])),
    looked: [],
    left: [],
    reasons: [],
  }
}

/** Marks the words in their field, once the dialog is closed and the field is shown. */
async function selectText(elementId: string, { start, end }: { start: number; end: number }): Promise<void> {
  await nextTick()
  await nextTick()
  const element = document.getElementById(elementId)
  if (!(element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement)) return
  element.focus()
  element.setSelectionRange(start, end)
  element.scrollIntoView({ block: 'center' })
}
