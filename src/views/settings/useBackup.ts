/** 未送信の書き出し: unsent work as a file that headquarters can read even when nothing can be sent. */
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { settingsText } from '../../text/settings.ts'
import { saveFile } from './saveFile.ts'
import type { UnsettledEntry } from './useUnsettled.ts'

export function useBackup() {
  const session = useSession()
  const toasts = useToasts()

  async function backUp(entries: readonly UnsettledEntry[]): Promise<void> {
    const { workplace } = session
    if (workplace === undefined || entries.length === 0) return toasts.show(settingsText.backup.none, 'info')
    const exportedAt = workplace.now()
    const done = await saveFile({
      name: `kaizencho-unsent-${exportedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z.json`,
      title: settingsText.backup.shareTitle,
      content: { app: 'kaizencho', exportedAt, uid: workplace.profile.uid, entries },
    })
    if (done) toasts.show(settingsText.backup.done(entries.length))
  }

  return { backUp }
}
