/** Modal dialogs that stand open. Whatever lies outside the topmost is behind it and inert, so short news is shown in it. */
import { computed, shallowRef } from 'vue'

const open = shallowRef<readonly HTMLElement[]>([])

/** The one the person is in; undefined when none is open. */
export const topDialog = computed(() => open.value.at(-1))

export function dialogOpened(dialog: HTMLElement): void {
  open.value = [...open.value.filter((known) => known !== dialog), dialog]
}

export function dialogClosed(dialog: HTMLElement | null): void {
  open.value = open.value.filter((known) => known !== dialog)
}
