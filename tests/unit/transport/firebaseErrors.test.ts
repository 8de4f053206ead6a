/** Every word of Firebase Auth becomes one of the app's own. */
import { expect, test, vi } from 'vitest'
import {
  passwordErrorOf,
  signInErrorOfFirebase,
  tokenErrorOf,
} from '../../../src/transport/firebaseErrors.ts'

const coded = (code: string): Error => Object.assign(new Error(code), { code: `auth/${code}` })

test.each([
  ['network-request-failed', 'offline'],
  ['invalid-credential', 'wrongCredentials'],
  ['user-not-found', 'wrongCredentials'],
  ['too-many-requests', 'locked'],
  ['user-disabled', 'revoked'],
])('signing in: %s is %s', (code, type) => {
  expect(signInErrorOfFirebase(coded(code))).toMatchObject({ type })
})

test('signing in: what nobody foresaw has failed, and is noted', () => {
  const noted = vi.spyOn(console, 'error').mockReturnValue()
  expect(signInErrorOfFirebase(new Error('?'))).toEqual({ type: 'failed' })
  expect(noted).toHaveBeenCalledOnce()
  noted.mockRestore()
})

test.each([
  ['user-token-expired', { type: 'signInNeeded' }],
  ['user-disabled', { type: 'refused', refusal: { type: 'revoked' } }],
  ['quota-exceeded', { type: 'refused', refusal: { type: 'busy', retryAfterMs: 60_000 } }],
  ['network-request-failed', { type: 'offline' }],
  ['internal-error', { type: 'offline' }],
])('a token: %s', (code, expected) => {
  expect(tokenErrorOf(coded(code))).toEqual(expected)
})

test.each([
  ['wrong-password', { type: 'wrongPassword' }],
  ['weak-password', { type: 'weakPassword', reason: 'common' }],
  ['network-request-failed', { type: 'offline' }],
])('a new password: %s', (code, expected) => {
  expect(passwordErrorOf(coded(code))).toEqual(expected)
})
