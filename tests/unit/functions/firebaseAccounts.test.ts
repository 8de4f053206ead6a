/** Accounts of Firebase Auth behind the port. */
import { expect, test } from 'vitest'
import { firebaseAccounts } from '../../../functions/src/firebase/accounts.ts'
import { asUid } from '../../../src/domain/ids.ts'
import { err, ok } from '../../../src/domain/result.ts'

const SECRET = { uid: asUid('u1'), email: 'a@example.jp', password: 'ichido-dake-tsukau' }

/** Firebase's side: what each call ends with, in order; and what was called. */
function standIn(...endings: (string | undefined)[]) {
  const calls: string[] = []
  const end = async (call: string): Promise<{ uid: string }> => {
    calls.push(call)
    const code = endings[calls.length - 1]
    if (code !== undefined) throw Object.assign(new Error(code), { code: `auth/${code}` })
    return { uid: 'u1' }
  }
  return {
    calls,
    accounts: firebaseAccounts({
      getUserByEmail: (email) => end(`find ${email}`),
      createUser: ({ uid }) => end(`create ${uid}`),
      updateUser: (uid, { disabled }) => end(`update ${uid}${disabled === undefined ? '' : ` ${disabled}`}`),
      revokeRefreshTokens: (uid) => end(`revoke ${uid}`),
    }),
  }
}

test('an account is made; a repeat sets it again', async () => {
  const fresh = standIn(undefined)
  expect(await fresh.accounts.create(SECRET)).toEqual(ok(undefined))
  expect(fresh.calls).toEqual(['create u1'])
  const repeat = standIn('uid-already-exists', undefined)
  expect(await repeat.accounts.create(SECRET)).toEqual(ok(undefined))
  expect(repeat.calls).toEqual(['create u1', 'update u1'])
  const sameEmail = standIn('email-already-exists', undefined)
  expect(await sameEmail.accounts.create(SECRET)).toEqual(ok(undefined))
})

test('an e-mail of another person is told; what else goes wrong is thrown', async () => {
  const taken = err({ type: 'emailTaken', email: SECRET.email })
  expect(await standIn('email-already-exists', 'user-not-found').accounts.create(SECRET)).toEqual(taken)
  expect(await standIn('uid-already-exists', 'email-already-exists').accounts.create(SECRET)).toEqual(taken)
  await expect(standIn('internal-error').accounts.create(SECRET)).rejects.toThrow('internal-error')
})

test('whose e-mail it is, also where the store does not know that person', async () => {
  expect(await standIn().accounts.holderOf(SECRET.email)).toBe('u1')
  expect(await standIn('user-not-found').accounts.holderOf(SECRET.email)).toBeUndefined()
  await expect(standIn('internal-error').accounts.holderOf(SECRET.email)).rejects.toThrow('internal-error')
})

test('[S26] a new password and a closed account end the person’s sessions; reopening ends none', async () => {
  const { accounts, calls } = standIn()
  await accounts.setPassword(SECRET.uid, 'x')
  await accounts.setDisabled(SECRET.uid, true)
  await accounts.setDisabled(SECRET.uid, false)
  expect(calls).toEqual(['update u1', 'revoke u1', 'update u1 true', 'revoke u1', 'update u1 false'])
})
