/** What the sync bar says (4-ux, ホーム). */
export type CannotSendReason = 'revoked' | 'refused' | 'malformed' | 'database'

export type SyncStatus =
  | { readonly type: 'allSent' }
  | { readonly type: 'pending'; readonly count: number }
  /** Online, and nothing has got through for long (watchdog.ts). */
  | { readonly type: 'stalled'; readonly count: number }
  | { readonly type: 'sending' }
  /** A new tablet receives its rows; `total` is about how many there are. */
  | { readonly type: 'loading'; readonly rows: number; readonly total: number }
  | { readonly type: 'offline'; readonly count: number }
  | { readonly type: 'signInNeeded' }
  /** What was saved is sent; the server gives rows to newer releases alone [S25]. */
  | { readonly type: 'updateNeeded' }
  /** What was saved is sent; there is no room on the tablet for what comes [S7]. */
  | { readonly type: 'storageFull' }
  | { readonly type: 'cannotSend'; readonly reason: CannotSendReason; readonly detail?: string }
