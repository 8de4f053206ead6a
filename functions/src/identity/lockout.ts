/** Locks sign-in for a while after repeated failures, the same for e-mails that have an account and those that do not. */
import type { Deps } from '../handlers/context.ts'
import type { SignInFailuresDoc } from '../storage/storage.ts'

/** Failures in a row before the first lock. */
const FAILURES_ALLOWED = 5
const FIRST_LOCK_MS = 60_000
const LONGEST_LOCK_MS = 15 * 60_000

const OPEN: SignInFailuresDoc = { failures: 0, lockedUntilMs: 0 }

/**
 * Key of an e-mail's failures. E-mails without an account share 4096 keys, so that guessing addresses cannot fill the
 * store; a shared lock says no more than one of their own would.
 */
export async function failuresKey(
  deps: Pick<Deps, 'hash'>,
  { email, known }: { readonly email: string; readonly known: boolean },
): Promise<string> {
  const hash = await deps.hash(email)
  return known ? hash : hash.slice(0, 3)
}

/** Milliseconds until sign-in is open again; 0 = open. */
export function lockedForMs(doc: SignInFailuresDoc | undefined, nowMs: number): number {
  return Math.max(0, (doc ?? OPEN).lockedUntilMs - nowMs)
}

/** The failures after one more: from the fifth on, a lock of 1 minute that doubles up to 15. */
export function afterFailure(doc: SignInFailuresDoc | undefined, nowMs: number): SignInFailuresDoc {
  const failures = (doc ?? OPEN).failures + 1
  if (failures < FAILURES_ALLOWED) return { failures, lockedUntilMs: 0 }
  const lockMs = Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** (failures - FAILURES_ALLOWED))
  return { failures, lockedUntilMs: nowMs + lockMs }
}
