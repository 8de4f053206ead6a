import type { SignInError } from '../sync/peoplePorts.ts'
import type { TransportError } from '../sync/ports.ts'

/** Why signing in failed, as the person is told; `unauthenticated` says what that refusal means here. */
export function signInErrorOf(
  error: TransportError,
  { unauthenticated }: { readonly unauthenticated: 'wrongCredentials' | 'failed' },
): SignInError {
  switch (error.type) {
    case 'offline':
    case 'timeout':
      return { type: 'offline' }
    case 'signInNeeded':
    case 'malformed':
      return { type: 'failed' }
    case 'refused': {
      const { type, retryAfterMs } = error.refusal
      if (type === 'unauthenticated') return { type: unauthenticated }
      if (type === 'revoked') return { type: 'revoked' }
      if (type === 'locked' || type === 'busy')
        return { type: 'locked', retryAfterMs: retryAfterMs ?? 60_000 }
      return { type: 'failed' }
    }
  }
}
