/** The keys of 本部レビュー: they act only while the focus is in the page, never while somebody types or converts. */
import { isComposingKey } from '../../composables/imeSafe.ts'

export interface KeyActs {
  next(): void
  previous(): void
  confirm(): void
  undo(): void
  feedback(): void
  giveBack(): void
  praise(): void
  select(): void
  selectTo(): void
  help(): void
}

const TYPING = 'input:not([type=checkbox]), textarea, select, [contenteditable], dialog'
const PRESSED = 'button, a, summary, input, [role=button]'

/** The listener for `@keydown` of the page's element. */
export function useReviewKeys(acts: KeyActs) {
  const byKey: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    j: acts.next,
    k: acts.previous,
    ' ': acts.confirm,
    enter: acts.confirm,
    u: acts.undo,
    f: acts.feedback,
    r: acts.giveBack,
    g: acts.praise,
    x: ({ shiftKey }) => (shiftKey ? acts.selectTo() : acts.select()),
    '?': acts.help,
  }

  return (event: KeyboardEvent): void => {
    const { target, key } = event
    if (event.defaultPrevented || isComposingKey(event) || event.ctrlKey || event.metaKey || event.altKey)
      return
    if (!(target instanceof Element) || target.closest(TYPING) !== null) return
    if ((key === ' ' || key === 'Enter') && target.closest(PRESSED) !== null) return
    const act = byKey[key.toLowerCase()]
    if (act === undefined) return
    event.preventDefault()
    if (!event.repeat || key.toLowerCase() === 'j' || key.toLowerCase() === 'k') act(event)
  }
}
