/** Firebase Auth's accounts behind the port; a member's uid is its record id. */
import { type Result, err, ok } from '../../../src/domain/result.ts'
import type { AccountAdmin } from '../identity/accountAdmin.ts'

const EMAIL_TAKEN = 'auth/email-already-exists'
const UID_TAKEN = 'auth/uid-already-exists'
const UNKNOWN = 'auth/user-not-found'

/** What of firebase-admin's Auth keeps accounts. */
export interface UserAdmin {
  getUserByEmail(email: string): Promise<{ readonly uid: string }>
  createUser(user: { uid: string; email: string; password: string }): Promise<unknown>
  updateUser(uid: string, change: { email?: string; password?: string; disabled?: boolean }): Promise<unknown>
  revokeRefreshTokens(uid: string): Promise<unknown>
}

/** Accounts through the admin SDK. */
export function firebaseAccounts(auth: UserAdmin): AccountAdmin {
  return {
    async holderOf(email) {
      const found = await tried(auth.getUserByEmail(email), [UNKNOWN])
      return found.ok ? found.value.uid : undefined
    },
    async create({ uid, email, password }) {
      const created = await tried(auth.createUser({ uid, email, password }), [EMAIL_TAKEN, UID_TAKEN])
      if (created.ok) return ok(undefined)
      // The account is there already, or the e-mail is another's: then this uid is unknown, or refused that e-mail.
      const updated = await tried(auth.updateUser(uid, { email, password }), [EMAIL_TAKEN, UNKNOWN])
      return updated.ok ? ok(undefined) : err({ type: 'emailTaken', email })
    },
    async setPassword(uid, password) {
      await auth.updateUser(uid, { password })
      await auth.revokeRefreshTokens(uid)
    },
    async setDisabled(uid, disabled) {
      await auth.updateUser(uid, { disabled })
      if (disabled) await auth.revokeRefreshTokens(uid)
    },
  }
}

/** What the call ended with; errs with one of the expected errors, any other is thrown. */
async function tried<T>(call: Promise<T>, expected: readonly string[]): Promise<Result<T, string>> {
  try {
    return ok(await call)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const found = expected.find((one) => one === code)
    if (found === undefined) throw error
    return err(found)
  }
}
