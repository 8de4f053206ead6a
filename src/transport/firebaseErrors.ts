/** What Firebase Auth throws, in the app's own terms. */
import type { PasswordError, SignInError } from '../sync/peoplePorts.ts'
import type { TransportError } from '../sync/ports.ts'

/** Firebase does not say how long; its own limit eases within minutes. */
const TOO_MANY_MS = 5 * 60_000
const BUSY_MS = 60_000

/** Why signing in failed. */
export function signInErrorOfFirebase(error: unknown): SignInError {
  switch (codeOf(error)) {
    case 'auth/network-request-failed':
    case 'auth/timeout':
      return { type: 'offline' }
    case 'auth/invalid-credential':
    case 'auth/invalid-email':
    case 'auth/user-not-found':
    case 'auth/wrong-password':
      return { type: 'wrongCredentials' }
    case 'auth/too-many-requests':
      return { type: 'locked', retryAfterMs: TOO_MANY_MS }
    case 'auth/user-disabled':
      return { type: 'revoked' }
    default:
      console.error('Signing in failed.', error)
      return { type: 'failed' }
  }
}

/** Why there is no ID token. An error that says nothing about the person counts as not reached: it is tried again. */
export function tokenErrorOf(error: unknown): TransportError {
  switch (codeOf(error)) {
    case 'auth/user-disabled':
      return { type: 'refused', refusal: { type: 'revoked' } }
    case 'auth/user-token-expired':
    case 'auth/invalid-user-token':
    case 'auth/user-not-found':
    case 'auth/no-current-user':
      return { type: 'signInNeeded' }
    case 'auth/too-many-requests':
    case 'auth/quota-exceeded':
      return { type: 'refused', refusal: { type: 'busy', retryAfterMs: BUSY_MS } }
    default:
      return { type: 'offline' }
  }
}

/** Why a new password was not taken. */
export function passwordErrorOf(error: unknown): PasswordError {
  switch (codeOf(error)) {
    case 'auth/invalid-credential':
    case 'auth/wrong-password':
      return { type: 'wrongPassword' }
    case 'auth/weak-password':
    case 'auth/password-does-not-meet-requirements':
      return { type: 'weakPassword', reason: 'common' }
    default:
      return tokenErrorOf(error)
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}
