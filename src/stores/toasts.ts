/** Short news in the corner; each goes by itself after a while. */
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef } from 'vue'

export interface Toast {
  readonly id: string
  readonly text: string
  readonly tone: 'success' | 'info' | 'error'
  /** What can be taken back while the news is shown. */
  readonly action?: ToastAction
}

export interface ToastAction {
  readonly label: string
  readonly run: () => void
  /** It went without: what it told stands. */
  readonly over?: () => void
}

const SHOWN_MS = 6_000
/** Taking something back needs time to be read and reached. */
const ACTION_SHOWN_MS = 15_000

export const useToasts = defineStore('toasts', () => {
  const list = shallowRef<readonly Toast[]>([])
  let made = 0

  function add(toast: Omit<Toast, 'id'>, shownMs: number): string {
    made += 1
    const id = `toast-${made}`
    list.value = [...list.value, { id, ...toast }]
    setTimeout(() => dismiss(id), shownMs)
    return id
  }

  function show(text: string, tone: Toast['tone'] = 'success'): void {
    add({ text, tone }, SHOWN_MS)
  }

  /** News that can be taken back. Answers how to withdraw the offer, when it is too late for it. */
  function offer(text: string, action: ToastAction): () => void {
    const id = add({ text, tone: 'info', action }, ACTION_SHOWN_MS)
    return () => dismiss(id)
  }

  /** Takes back what the toast tells. */
  function act(id: string): void {
    drop(id)?.action?.run()
  }

  function dismiss(id: string): void {
    drop(id)?.action?.over?.()
  }

  function drop(id: string): Toast | undefined {
    const dropped = list.value.find((toast) => toast.id === id)
    list.value = list.value.filter((toast) => toast !== dropped)
    return dropped
  }

  return { list: shallowReadonly(list), show, offer, act, dismiss }
})
