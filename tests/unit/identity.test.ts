/** Code for signing in that loads when it is needed, and may not come. */
import 'fake-indexeddb/auto'
import * as v from 'valibot'
import { afterEach, expect, test, vi } from 'vitest'
import { VaultDatabase, openVault } from '../../src/db/vault.ts'
import { asUid } from '../../src/domain/ids.ts'
import { err } from '../../src/domain/result.ts'
import { lazyAuth } from '../../src/identity.ts'
import { createCall } from '../../src/transport/call.ts'

const { missing } = vi.hoisted(() => ({
  missing(): never {
    throw new TypeError('Failed to fetch dynamically imported module')
  },
}))
vi.mock('../../src/transport/embeddedAuth.ts', missing)
vi.mock('../../src/transport/firebaseAuth.ts', missing)
afterEach(() => vi.unstubAllEnvs())

const vault = openVault(new VaultDatabase())
const one = asUid('one')

test('a request without the code that gives credentials is one without a network, not a broken tablet', async () => {
  const call = createCall(lazyAuth(vault), one)
  expect(await call('/api/pull', { body: {}, schema: v.unknown() })).toEqual(err({ type: 'offline' }))
})

test('a password that cannot be changed without that code is told as one without a network', async () => {
  vi.stubEnv('VITE_BACKEND', 'firebase')
  const passwords = { oldPassword: 'old', newPassword: 'new' }
  expect(await lazyAuth(vault).changePassword?.(one, passwords)).toEqual(err({ type: 'offline' }))
})
