/** Accounts of other people: who may make, renew and close them, whoever asks how. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type AccountDeps,
  createMember,
  resetPassword,
  setDisabled,
} from '../../../functions/src/handlers/accounts.ts'
import type { Caller } from '../../../functions/src/handlers/context.ts'
import { signIn } from '../../../functions/src/handlers/session.ts'
import { embeddedAccounts } from '../../../functions/src/identity/accountAdmin.ts'
import { openTokens } from '../../../functions/src/identity/tokens.ts'
import type { Role } from '../../../src/domain/actor.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import { makeDeviceKey } from '../../support/deviceKey.ts'
import { type World, enrol, intention, openWorld } from '../../support/world.ts'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'

let world: World
let deps: AccountDeps
let callers: Readonly<Record<string, Caller>>
beforeEach(async () => {
  world = await openWorld()
  deps = { ...world.deps, accounts: embeddedAccounts(world.deps) }
  const unit = { stage: 'active', name: '総務部', shortName: '総務部', kind: 'department' }
  await commitAs(deps, SYSTEM, [intention('unit', 'create', { id: 'somu', set: unit })])
  const roles: readonly [string, Role[]][] = [
    ['staff', ['staff']],
    ['lead', ['lead']],
    ['hq', ['hq']],
    ['admin', ['admin']],
    ['exec', ['executive']],
  ]
  const people = await Promise.all(
    roles.map(async ([uid, own]): Promise<[string, Caller]> => {
      const actor = await enrol(world, uid, 'somu', own)
      return [uid, { uid: actor.uid, deviceId: asDeviceId(`dev-${uid}`) }]
    }),
  )
  callers = Object.fromEntries(people)
})
afterEach(() => world.close())

function as(uid: string): Caller {
  const caller = callers[uid]
  if (caller === undefined) throw new Error(`nobody is ${uid}`)
  return caller
}
const person = (more: object = {}): object => ({
  ...{ email: 'new@example.jp', name: '新人', unit: 'somu', roles: ['staff'] },
  ...more,
})
const answered = (type: string) => ({ ok: true, value: { type } })
const refused = (type: string) => ({ ok: false, error: { type } })

async function create(more: object = {}, by = 'hq'): Promise<{ uid: string; password: string }> {
  const answer = await createMember(deps, as(by), person(more))
  if (!answer.ok || answer.value.type !== 'done') throw new Error(JSON.stringify(answer))
  return { uid: answer.value.uid, password: answer.value.password ?? '' }
}
async function signingIn(email: string, password: string): Promise<string> {
  const { publicKey } = await makeDeviceKey()
  const device = { id: null, label: '端末', publicKey }
  const answer = await signIn(
    { ...deps, tokens: await openTokens(deps.storage) },
    { email, password, device },
  )
  if (!answer.ok) return answer.error.type
  return answer.value.mustChangePassword === true ? 'mustChange' : 'ok'
}

describe('making an account', () => {
  test('headquarters registers a person, who signs in with the one-time password and is asked for another', async () => {
    const { uid, password } = await create({ email: ' New@Example.jp ' })
    const member = await deps.storage.read((tx) => tx.get('records', uid))
    expect(member?.record).toMatchObject({
      createdBy: 'hq',
      fields: { email: 'new@example.jp', roles: ['staff'] },
    })
    expect(await signingIn('new@example.jp', password)).toBe('mustChange')
    expect(await createMember(deps, as('hq'), person())).toEqual(answered('emailTaken'))
  })

  test('an e-mail whose account the store knows nothing of makes no member', async () => {
    const [email, password] = ['new@example.jp', 'ichido-dake-tsukau']
    await deps.accounts.create({ uid: asUid('before-the-restore'), email, password })
    const people = (): Promise<unknown> =>
      deps.storage.read((tx) => tx.find('recordsByType', { value: 'member' }))
    const before = await people()
    expect(await createMember(deps, as('hq'), person())).toEqual(answered('emailTaken'))
    expect(await people()).toEqual(before)
  })

  test('only headquarters and administrators do, and only an administrator makes an administrator', async () => {
    for (const uid of ['staff', 'lead', 'exec'])
      expect(await createMember(deps, as(uid), person())).toEqual(answered('notAllowed'))
    expect(await createMember(deps, as('hq'), person({ roles: ['staff', 'admin'] }))).toEqual(
      answered('notAllowed'),
    )
    const found = await deps.storage.read((tx) => tx.find('accountsByEmail', { value: 'new@example.jp' }))
    expect(found).toEqual([])
    await create({ roles: ['admin'] }, 'admin')
  })

  test.each([
    ['no e-mail', { email: 'nobody' }],
    ['no name', { name: ' ' }],
    ['no roles', { roles: [] }],
    ['a role that is none', { roles: ['king'] }],
    ['a unit that is none', { unit: 'nowhere' }],
    ['a password of its own', { password: 'x' }],
  ])('with %s is invalid', async (_what, more) => {
    expect(await createMember(deps, as('hq'), person(more))).toEqual(refused('invalid'))
  })
})

describe('renewing a password', () => {
  test('voids the old one, also for a member whose account was never made', async () => {
    const { uid, password } = await create()
    const renewed = await resetPassword(deps, as('hq'), { uid })
    if (!renewed.ok || renewed.value.type !== 'done') throw new Error(JSON.stringify(renewed))
    expect(await signingIn('new@example.jp', password)).toBe('unauthenticated')
    expect(await signingIn('new@example.jp', renewed.value.password ?? '')).toBe('mustChange')
    const late = await resetPassword(deps, as('hq'), { uid: 'staff' })
    if (!late.ok || late.value.type !== 'done') throw new Error(JSON.stringify(late))
    expect(await signingIn('staff@test.example', late.value.password ?? '')).toBe('mustChange')
  })

  test('is not for everybody, and an administrator’s is for administrators', async () => {
    for (const uid of ['staff', 'lead', 'exec'])
      expect(await resetPassword(deps, as(uid), { uid: 'hq' })).toEqual(answered('notAllowed'))
    expect(await resetPassword(deps, as('hq'), { uid: 'admin' })).toEqual(answered('notAllowed'))
    expect(await resetPassword(deps, as('admin'), { uid: 'admin' })).toMatchObject(answered('done'))
    for (const uid of ['nobody', 'somu', 'dev-hq'])
      expect(await resetPassword(deps, as('hq'), { uid })).toEqual(refused('notFound'))
    expect(await resetPassword(deps, as('hq'), {})).toEqual(refused('invalid'))
  })
})

describe('closing an account', () => {
  test('shuts the person out at once, and reopening lets them in', async () => {
    const { uid, password } = await create()
    expect(await setDisabled(deps, as('hq'), { uid, disabled: true })).toMatchObject(answered('done'))
    expect(await setDisabled(deps, as('hq'), { uid, disabled: true })).toMatchObject(answered('done'))
    expect(await signingIn('new@example.jp', password)).toBe('revoked')
    expect(await setDisabled(deps, as('hq'), { uid, disabled: false })).toMatchObject(answered('done'))
    expect(await signingIn('new@example.jp', password)).toBe('mustChange')
  })

  test('is not for everybody; a closed headquarters person manages nobody', async () => {
    const close = { uid: 'exec', disabled: true }
    for (const uid of ['staff', 'lead', 'exec'])
      expect(await setDisabled(deps, as(uid), close)).toEqual(answered('notAllowed'))
    expect(await setDisabled(deps, as('hq'), { uid: 'admin', disabled: true })).toEqual(
      answered('notAllowed'),
    )
    expect(await setDisabled(deps, as('admin'), { uid: 'hq', disabled: true })).toMatchObject(
      answered('done'),
    )
    expect(await setDisabled(deps, as('hq'), close)).toEqual(refused('revoked'))
    expect(await createMember(deps, as('hq'), person())).toEqual(refused('revoked'))
    expect(await resetPassword(deps, as('hq'), { uid: 'exec' })).toEqual(refused('revoked'))
  })

  test('never closes the last administrator, also when two close each other at once', async () => {
    expect(await setDisabled(deps, as('admin'), { uid: 'admin', disabled: true })).toEqual(
      answered('lastAdmin'),
    )
    const { uid } = await create({ roles: ['admin'] }, 'admin')
    const answers = await Promise.all(
      [uid, 'admin'].map((one) => setDisabled(deps, as('admin'), { uid: one, disabled: true })),
    )
    expect(answers[0]).toMatchObject(answered('done'))
    expect(answers[1]).toEqual(answered('lastAdmin'))
  })
})
