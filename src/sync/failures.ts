/** What the sync bar says of a sync that did not come through (4-ux, ホーム). */
import type { TransportError } from './ports.ts'
import type { SyncStatus } from './status.ts'
import { StorageFullError } from './storageErrors.ts'

/** Of what was thrown, by a failing database or a bug: sending does not work, the outbox keeps everything [S7]. */
export function statusOfError(error: unknown): SyncStatus {
  if (error instanceof StorageFullError) return { type: 'storageFull' }
  return { type: 'cannotSend', reason: 'database', detail: String(error) }
}

/** Of what the network or the server said; `pending` and `offline` are told with how much waits. */
export function statusOfFailure(error: TransportError): SyncStatus | 'pending' | 'offline' {
  switch (error.type) {
    case 'offline':
      return 'offline'
    case 'timeout':
      return 'pending'
    case 'signInNeeded':
      return { type: 'signInNeeded' }
    case 'malformed':
      return { type: 'cannotSend', reason: 'malformed' }
    case 'refused':
      return statusOfRefusal(error.refusal.type)
  }
}

function statusOfRefusal(refusal: string): SyncStatus | 'pending' {
  switch (refusal) {
    case 'unauthenticated':
      return { type: 'signInNeeded' }
    case 'busy':
    case 'locked':
      return 'pending'
    case 'protocolTooOld':
      return { type: 'updateNeeded' }
    case 'revoked':
    case 'forbidden':
      return { type: 'cannotSend', reason: 'revoked' }
    default:
      return { type: 'cannotSend', reason: 'refused' }
  }
}
