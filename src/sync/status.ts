/** What the sync bar says (4-ux, ホーム). */
export type CannotSendReason = 'revoked' | 'tooOld' | 'refused' | 'malformed' | 'database'

export type SyncStatus =
  | { readonly type: 'allSent' }
  | { readonly type: 'pending'; readonly count: number }
  | { readonly type: 'sending' }
  | { readonly type: 'offline'; readonly count: number }
  | { readonly type: 'signInNeeded' }
  | { readonly type: 'cannotSend'; readonly reason: CannotSendReason; readonly detail?: string }
