/** パスワードの変更 on the embedded server: one's own, with the old one. */
import * as v from 'valibot'
import {
  type ChangePasswordResponse,
  MIN_PASSWORD_LENGTH,
  changePasswordRequestSchema,
} from '../../../src/domain/accounts.ts'
import { err, ok } from '../../../src/domain/result.ts'
import { DEMO_PASSWORD } from '../demo.ts'
import { afterFailure, failuresKey, lockedForMs } from '../identity/lockout.ts'
import { hashPassword, verifyPassword } from '../identity/password.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

/** Changes the caller's password and ends their other sessions. Errs: invalid, unauthenticated, revoked, locked. */
export async function changePassword(
  deps: Deps,
  caller: Caller,
  body: unknown,
): Answer<ChangePasswordResponse> {
  const request = v.safeParse(changePasswordRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { oldPassword, newPassword } = request.output
  const nowMs = (): number => Date.parse(deps.now())
  const { actor, account, demo } = await deps.storage.read(async (tx) => ({
    actor: await readActor(tx, caller),
    account: await tx.get('accounts', caller.uid),
    demo: (await tx.get('meta', 'demoLoaded')) !== undefined,
  }))
  if (!actor.ok) return actor
  if (account === undefined) return err({ type: 'unauthenticated' })
  // A stolen session guesses no faster than a stolen e-mail address.
  const key = await failuresKey(deps, { email: account.email, known: true })
  const retryAfterMs = lockedForMs(await deps.storage.read((tx) => tx.get('signInFailures', key)), nowMs())
  if (retryAfterMs > 0) return err({ type: 'locked', retryAfterMs })
  const matches = await verifyPassword(oldPassword, account.password)
  const reason = weakness(newPassword, { oldPassword, email: account.email, demo })
  const password = matches && reason === undefined ? await hashPassword(newPassword) : ''

  return deps.storage.transact(async (tx) => {
    const failures = await tx.get('signInFailures', key)
    const lockedMs = lockedForMs(failures, nowMs())
    if (lockedMs > 0) return err({ type: 'locked', retryAfterMs: lockedMs })
    const current = await tx.get('accounts', caller.uid)
    if (!matches || current?.password !== account.password) {
      tx.put('signInFailures', key, afterFailure(failures, nowMs()))
      return ok({ type: 'wrongPassword' })
    }
    if (reason !== undefined) return ok({ type: 'weakPassword', reason })
    const sessions = await tx.find('sessionsByUid', { value: caller.uid })
    tx.put('accounts', caller.uid, { email: current.email, password })
    if (failures !== undefined) tx.remove('signInFailures', key)
    for (const session of sessions)
      if (session.doc.deviceId !== caller.deviceId) tx.remove('sessions', session.key)
    return ok({ type: 'changed' })
  })
}

type Weakness = Extract<ChangePasswordResponse, { readonly type: 'weakPassword' }>['reason']

/** What is wrong with a chosen password; length is what counts, then that nobody would try it first. */
function weakness(
  password: string,
  { oldPassword, email, demo }: { oldPassword: string; email: string; demo: boolean },
): Weakness | undefined {
  if (password === oldPassword) return 'same'
  const text = password.normalize('NFKC').toLowerCase()
  if (text.includes(DEMO_PASSWORD)) return demo && text === DEMO_PASSWORD ? undefined : 'common'
  if ([...password].length < MIN_PASSWORD_LENGTH) return 'tooShort'
  const name = email.split('@')[0] ?? ''
  const plain = ['kaizencho', 'kaizen', 'password', 'passw0rd', 'qwerty', 'qwertyuiop', name]
    .filter((word) => word.length >= 3)
    .reduce((rest, word) => rest.replaceAll(word, ''), text)
  // What is left besides such words, runs and repetitions must still be worth guessing at.
  return new Set(plain.replaceAll(/(.)\1+|0?123456789?0?|abcdefg?/g, '')).size < 5 ? 'common' : undefined
}
