/** Short news in the corner; each goes by itself after a while. */
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef } from 'vue'

export interface Toast {
  readonly id: string
  readonly text: string
  readonly tone: 'success' | 'info' | 'error'
}

const SHOWN_MS = 6_000

export const useToasts = defineStore('toasts', () => {
  const list = shallowRef<readonly Toast[]>([])
  let made = 0

  function show(text: string, tone: Toast['tone'] = 'success'): void {
    made += 1
    const toast = { id: `toast-${made}`, text, tone }
    list.value = [...list.value, toast]
    setTimeout(() => dismiss(toast.id), SHOWN_MS)
  }

  function dismiss(id: string): void {
    list.value = list.value.filter((toast) => toast.id !== id)
  }

  return { list: shallowReadonly(list), show, dismiss }
})
