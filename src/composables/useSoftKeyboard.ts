import { onBeforeUnmount, onMounted, readonly, ref } from 'vue'
import type { Ref } from 'vue'

const KEYBOARD_MIN_HEIGHT_PX = 140

function isTextEntry(element: Element | null): boolean {
  if (element instanceof HTMLTextAreaElement) return true
  if (!(element instanceof HTMLInputElement)) return false
  return !['checkbox', 'radio', 'button', 'submit', 'file', 'range'].includes(element.type)
}

/** True while the on-screen keyboard is up for a text field, so that bars at the bottom can step aside. */
export function useSoftKeyboard(): Readonly<Ref<boolean>> {
  const open = ref(false)

  function measure(): void {
    const viewport = window.visualViewport
    if (!viewport || viewport.scale > 1.05) return
    const covered = window.innerHeight - viewport.height
    open.value = covered > KEYBOARD_MIN_HEIGHT_PX && isTextEntry(document.activeElement)
  }

  onMounted(() => window.visualViewport?.addEventListener('resize', measure))
  onBeforeUnmount(() => window.visualViewport?.removeEventListener('resize', measure))
  return readonly(open)
}
