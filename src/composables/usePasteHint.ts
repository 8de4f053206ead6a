import { type MaybeRefOrGetter, type Ref, inject, readonly, shallowRef, toValue, watch } from 'vue'
import type { PersonalDataKind } from '../domain/privacy/finding.ts'
import { PRIVACY_NAMES } from './privacyNames.ts'

/**
 * Kinds of personal data in what was pasted, as long as the text holds some: a hint, nothing is stopped. `onPaste` is for
 * the field's own event.
 */
export function usePasteHint(text: MaybeRefOrGetter<string>): {
  readonly kinds: Readonly<Ref<readonly PersonalDataKind[]>>
  onPaste(event: ClipboardEvent): Promise<void>
} {
  const names = inject(PRIVACY_NAMES, () => [])
  const kinds = shallowRef<readonly PersonalDataKind[]>([])

  async function look(pasted: string): Promise<void> {
    const { kindsIn } = await import('../domain/privacy/gate.ts')
    kinds.value = kindsIn(pasted, { exempt: names() })
  }

  watch(
    () => toValue(text),
    (now) => {
      if (kinds.value.length > 0) void look(now)
    },
  )
  return {
    kinds: readonly(kinds),
    async onPaste(event) {
      const pasted = event.clipboardData?.getData('text/plain') ?? ''
      if (pasted !== '') await look(pasted)
    },
  }
}
