/** Forms kept on the tablet while they are typed into [S3], by one tab at a time. */
import { type ShallowRef, shallowRef } from 'vue'
import type { Forms } from '../../stores/ports.ts'

/** Takes a form for this tab; undefined when another tab has it open. The answer gives it back. */
export async function takeForm(formId: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`kaizencho-form-${formId}`, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(undefined)
          return undefined
        }
        return new Promise<void>((release) => resolve(release))
      })
      .catch(reject)
  })
}

export interface FormWriter<T> {
  /** True once something typed is kept. */
  readonly isKept: ShallowRef<boolean>
  /** The form as it is now. */
  keep(value: T): void
  /** Waits until everything typed is kept. */
  settled(): Promise<void>
  /** Forgets the form. */
  drop(): Promise<void>
}

/** Writes a form down; every change is written before the next one is, so that the newest always wins. */
export function createFormWriter<T>(forms: Forms, formId: string): FormWriter<T> {
  const isKept = shallowRef(false)
  let writing: Promise<void> = Promise.resolve()
  let waiting: { readonly value: T } | undefined
  let dropped = false

  async function write(): Promise<void> {
    const newest = waiting
    waiting = undefined
    if (dropped || newest === undefined) return
    await forms.keep(formId, newest.value)
    isKept.value = true
  }

  return {
    isKept,
    keep(value) {
      const isPlanned = waiting !== undefined
      waiting = { value }
      if (isPlanned) return
      // A failed write (quota) leaves the text in the form; the next keystroke tries again.
      writing = writing
        .then(write)
        .catch((error: unknown) => console.error('The form could not be kept.', error))
    },
    settled: () => writing,
    async drop() {
      dropped = true
      await writing
      await forms.drop(formId)
    },
  }
}
