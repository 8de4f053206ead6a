/** Accounts over HTTP: headquarters' work, and one's own password. */
import { accountResponseSchema, changePasswordResponseSchema } from '../domain/accounts.ts'
import { type Result, err, ok } from '../domain/result.ts'
import type { AccountError, Accounts } from '../sync/peoplePorts.ts'
import type { Call } from './call.ts'

export function createAccounts(call: Call): Accounts {
  async function act(
    path: string,
    body: unknown,
  ): Promise<Result<{ readonly password: string }, AccountError>> {
    const answer = await call(path, { body, schema: accountResponseSchema })
    if (!answer.ok) return answer
    if (answer.value.type !== 'done') return err({ type: answer.value.type })
    return ok({ password: answer.value.password ?? '' })
  }

  return {
    create: ({ roles, ...member }) => act('/api/accounts/create', { ...member, roles: [...roles] }),
    resetPassword: (uid) => act('/api/accounts/reset-password', { uid }),
    async setDisabled(uid, disabled) {
      const done = await act('/api/accounts/set-disabled', { uid, disabled })
      return done.ok ? ok(undefined) : done
    },
    async changePassword(passwords) {
      const answer = await call('/api/session/change-password', {
        body: passwords,
        schema: changePasswordResponseSchema,
      })
      if (!answer.ok) return answer
      switch (answer.value.type) {
        case 'changed':
          return ok(undefined)
        case 'wrongPassword':
          return err({ type: 'wrongPassword' })
        case 'weakPassword':
          return err({ type: 'weakPassword', reason: answer.value.reason })
      }
    },
  }
}
