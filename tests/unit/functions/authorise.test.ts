/** Raw requests of people who want more than they may: what the server answers, whatever the app would have sent. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { history } from '../../../functions/src/handlers/history.ts'
import { push } from '../../../functions/src/handlers/push.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { callerOf } from '../../support/outboxes.ts'
import { pull } from '../../support/pulling.ts'
import { type RolesWorld, edit, openRolesWorld, refused } from '../../support/rolesWorld.ts'
import { draftValues, intention, newId } from '../../support/world.ts'

let world: RolesWorld
beforeEach(async () => {
  world = await openRolesWorld()
})
afterEach(() => world.close())

describe('rows of another unit', () => {
  let draft: string
  let published: string
  beforeEach(async () => {
    draft = newId()
    published = newId()
    await world.send(
      'lead',
      intention('initiative', 'create', { id: draft, set: draftValues('kameido', '内緒の下書き') }),
    )
    const values = { ...draftValues('kameido', '提出した取組'), stage: 'submitted' }
    await world.send('lead', intention('initiative', 'create', { id: published, set: values }))
  })

  test('a row cannot be created for another unit', async () => {
    const id = newId()
    expect(
      await world.send(
        'other',
        intention('initiative', 'create', { id, set: draftValues('kameido', '偽の取組') }),
      ),
    ).toMatchObject(refused)
  })

  test.each(['other', 'hq', 'admin', 'exec'])(
    '%s cannot edit text or progress, submit or remove',
    async (uid) => {
      for (const id of [draft, published]) {
        expect(await world.send(uid, edit(id, { title: '書きかえ' }))).toMatchObject(refused)
        expect(await world.send(uid, edit(id, { progress: 'done' }, { stage: 'submitted' }))).toMatchObject(
          refused,
        )
        expect(
          await world.send(uid, intention('initiative', 'remove', { id, set: {} }), { rev: 1 }),
        ).toMatchObject(refused)
      }
      const submit = edit(draft, { stage: 'submitted' }, { from: { stage: 'draft' } })
      expect(await world.send(uid, submit)).toMatchObject(refused)
    },
  )

  test.each(['other', 'hq', 'admin', 'exec'])('%s never receives a draft, nor its history', async (uid) => {
    const received = await world.everythingPulledBy(uid)
    expect(received).toContain('提出した取組')
    expect(received).not.toContain('内緒の下書き')
    expect(await history(world.deps, callerOf(uid), { id: draft })).toEqual({
      ok: false,
      error: { type: 'notFound' },
    })
  })

  test('notes are the own unit’s alone', async () => {
    const note = (id: string): Intention =>
      intention('note', 'create', {
        id: newId(),
        set: { stage: 'posted', initiative: id, text: '横から失礼します。' },
      })
    for (const id of [draft, published]) expect(await world.send('other', note(id))).toMatchObject(refused)
    expect(await world.send('staff', note(draft))).toMatchObject({ outcome: 'accepted' })
  })

  test('a joint unit reads the draft and adds notes, but does not edit', async () => {
    const id = newId()
    const values = { ...draftValues('kameido', '共同の下書き'), jointUnits: ['osaki'] }
    await world.send('lead', intention('initiative', 'create', { id, set: values }))
    expect(await world.everythingPulledBy('other')).toContain('共同の下書き')
    const note = intention('note', 'create', {
      id: newId(),
      set: { stage: 'posted', initiative: id, text: '賛成です。' },
    })
    expect(await world.send('other', note)).toMatchObject({ outcome: 'accepted' })
    expect(await world.send('other', edit(id, { title: '書きかえ' }))).toMatchObject(refused)
  })

  test('what was written before submission stays out of the bureau’s history', async () => {
    await world.send('lead', edit(draft, { title: '表の題' }, { from: { title: '内緒の下書き' } }), {
      rev: 1,
    })
    await world.send('lead', edit(draft, { stage: 'submitted' }, { from: { stage: 'draft' } }), { rev: 2 })
    const seen = JSON.stringify(await history(world.deps, callerOf('other'), { id: draft }))
    expect(seen).toContain('submitted')
    expect(seen).not.toContain('内緒の下書き')
    expect(JSON.stringify(await history(world.deps, callerOf('staff'), { id: draft }))).toContain(
      '内緒の下書き',
    )
  })
})

describe('[S26] devices and persons', () => {
  test('a revoked tablet and a disabled person get nothing', async () => {
    const revoke = intention('device', 'edit', {
      id: 'dev-staff',
      set: { stage: 'revoked' },
      from: { stage: 'active' },
      stage: 'active',
    })
    expect(await world.send('hq', revoke)).toMatchObject({ outcome: 'accepted' })
    expect(await world.everythingPulledBy('staff')).toBe('{"ok":false,"error":{"type":"revoked"}}')
    const disable = intention('member', 'edit', {
      id: 'lead',
      set: { stage: 'disabled' },
      from: { stage: 'active' },
      stage: 'active',
    })
    expect(await world.send('hq', disable)).toMatchObject({ outcome: 'accepted' })
    const body = { protocol: PROTOCOL_VERSION, clientId: 'c-lead', mutations: [{ mid: 1 }] }
    expect(await push(world.deps, callerOf('lead'), body)).toEqual({ ok: false, error: { type: 'revoked' } })
  })

  test('a tablet of somebody else does not speak for me', async () => {
    const stolen = { uid: asUid('lead'), deviceId: asDeviceId('dev-staff') }
    const answer = await pull(world.deps, stolen, { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} })
    expect(answer).toEqual({ ok: false, error: { type: 'revoked' } })
  })

  test('nobody pushes into another person’s outbox', async () => {
    await world.send(
      'staff',
      intention('initiative', 'create', { id: newId(), set: draftValues('kameido', '棚の整理') }),
    )
    const body = { protocol: PROTOCOL_VERSION, clientId: 'c-staff', mutations: [{ mid: 2 }] }
    expect(await push(world.deps, callerOf('lead'), body)).toEqual({
      ok: false,
      error: { type: 'foreignClient' },
    })
  })
})
