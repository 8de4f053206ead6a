/** Where the keyboard goes when a form is refused. */
import { nextTick } from 'vue'

/** To the first field inside that has an error, once that is shown. */
export async function focusError(form: HTMLElement | null): Promise<void> {
  await nextTick()
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
