/** Where sync stands, in one phrase. */
import { ja } from './ja.ts'

type Status =
  | { readonly type: 'pending' | 'stalled' | 'offline'; readonly count: number }
  | { readonly type: 'loading'; readonly rows: number; readonly total: number }
  | { readonly type: 'allSent' | 'sending' | 'signInNeeded' | 'updateNeeded' | 'storageFull' | 'cannotSend' }

export function syncStatusText(status: Status): string {
  if (status.type === 'loading') return ja.shell.sync.loading(status.rows, status.total)
  return status.type === 'pending' || status.type === 'stalled' || status.type === 'offline'
    ? ja.shell.sync[status.type](status.count)
    : ja.shell.sync[status.type]
}
