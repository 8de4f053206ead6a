/** Accounts that sign in, apart from the member records: kept by the embedded identity or by Firebase Auth. */
import type { Uid } from '../../../src/domain/ids.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import type { Deps } from '../handlers/context.ts'
import { hashPassword } from './password.ts'

/** A sign-in to be made for a member. */
export interface AccountSecret {
  readonly uid: Uid
  readonly email: string
  readonly password: string
}

export type EmailTaken = { readonly type: 'emailTaken'; readonly email: string }

export interface AccountAdmin {
  /** Whose account has the e-mail. There may be one of which the store knows nothing: it was restored from a backup. */
  holderOf(email: string): Promise<string | undefined>
  /** Makes the account of a member with a one-time password; a repeat sets both. Errs when another person has the e-mail. */
  create(account: AccountSecret): Promise<Result<void, EmailTaken>>
  /** Sets a one-time password and ends the person's sessions. Throws when there is no such account. */
  setPassword(uid: Uid, password: string): Promise<void>
  /** What the member record says already, said to the identity too, so that its tokens end. */
  setDisabled(uid: Uid, disabled: boolean): Promise<void>
}

/** The embedded identity's accounts. */
export function embeddedAccounts(deps: Pick<Deps, 'storage'>): AccountAdmin {
  return {
    async holderOf(email) {
      const address = email.toLowerCase()
      const found = await deps.storage.read((tx) => tx.find('accountsByEmail', { value: address }))
      return found[0]?.key
    },
    async create({ uid, email, password }) {
      const address = email.toLowerCase()
      const hash = await hashPassword(password)
      return deps.storage.transact(async (tx) => {
        const found = await tx.find('accountsByEmail', { value: address })
        if (found.some(({ key }) => key !== uid)) return err({ type: 'emailTaken', email })
        tx.put('accounts', uid, { email: address, password: hash, mustChange: true })
        return ok(undefined)
      })
    },
    async setPassword(uid, password) {
      const hash = await hashPassword(password)
      await deps.storage.transact(async (tx) => {
        const account = await tx.get('accounts', uid)
        if (account === undefined) throw new Error('There is no such account.')
        const sessions = await tx.find('sessionsByUid', { value: uid })
        tx.put('accounts', uid, { ...account, password: hash, mustChange: true })
        for (const { key } of sessions) tx.remove('sessions', key)
      })
    },
    // Every request and every refresh reads the member record; there is nothing more to tell.
    setDisabled: () => Promise.resolve(),
  }
}
