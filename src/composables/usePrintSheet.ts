/** The sheet to print is made only when somebody prints, by our button or by the browser's menu. */
import { nextTick, onBeforeUnmount, onMounted, shallowReadonly, shallowRef } from 'vue'

export function usePrintSheet() {
  const ready = shallowRef(false)
  const prepare = (): void => {
    ready.value = true
  }

  async function print(): Promise<void> {
    prepare()
    await nextTick()
    window.print()
  }

  /** Lets go of the sheet; not right after printing, as Safari still draws from it then. */
  function drop(): void {
    ready.value = false
  }

  onMounted(() => window.addEventListener('beforeprint', prepare))
  onBeforeUnmount(() => window.removeEventListener('beforeprint', prepare))
  return { ready: shallowReadonly(ready), print, drop }
}
