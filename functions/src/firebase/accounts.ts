/** Firebase Auth's accounts behind the port; a member's uid is its record id. */
import { err, ok } from '../../../src/domain/result.ts'
import type { AccountAdmin } from '../identity/accountAdmin.ts'

const EMAIL_TAKEN = 'auth/email-already-exists'
const UID_TAKEN = 'auth/uid-already-exists'
const UNKNOWN = 'auth/user-not-found'

/** What of firebase-admin's Auth keeps accounts. */
export interface UserAdmin {
  createUser(user: { uid: string; email: string; password: string }): Promise<unknown>
  updateUser(uid: string, change: { email?: string; password?: string; disabled?: boolean }): Promise<unknown>
  revokeRefreshTokens(uid: string): Promise<unknown>
}

/** Accounts through the admin SDK. */
export function firebaseAccounts(auth: UserAdmin): AccountAdmin {
  return {
    async create({ uid, email, password }) {
      const created = await codeOf(auth.createUser({ uid, email, password }), [EMAIL_TAKEN, UID_TAKEN])
      if (created === undefined) return ok(undefined)
      // The account is there already, or the e-mail is another's: then this uid is unknown, or refused that e-mail.
      const updated = await codeOf(auth.updateUser(uid, { email, password }), [EMAIL_TAKEN, UNKNOWN])
      return updated === undefined ? ok(undefined) : err({ type: 'emailTaken', email })
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

/** Which of the expected errors the call ended with; undefined when it succeeded. Any other is thrown. */
async function codeOf(call: Promise<unknown>, expected: readonly string[]): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const found = expected.find((one) => one === code)
    if (found === undefined) throw error
    return found
  }
}
