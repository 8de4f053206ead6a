/** Unsent work as a file that headquarters imports, even when nothing can be sent [S27]. */
import { type UnsentEntry, useUnsent } from '../../stores/unsent.ts'
import { useToasts } from '../../stores/toasts.ts'
import { unsentText } from '../../text/unsent.ts'
import { saveFile } from '../../composables/saveFile.ts'

export function useOutboxFile() {
  const unsent = useUnsent()
  const toasts = useToasts()

  /** Call it right in a tap: sharing needs one. */
  async function saveToFile(entries: readonly UnsentEntry[]): Promise<void> {
    if (entries.length === 0) return toasts.show(unsentText.file.none, 'info')
    const content = unsent.outboxFile(entries)
    if (content === undefined) return toasts.show(unsentText.file.notYet, 'error')
    const done = await saveFile({
      name: `kaizencho-outbox-${content.exportedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z.json`,
      title: unsentText.file.shareTitle,
      content,
    })
    if (done) toasts.show(unsentText.file.done(entries.length))
  }

  return { saveToFile }
}
