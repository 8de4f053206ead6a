/** Batches as raw requests: gaps, numbers used twice, what comes before its record, what is malformed or too much. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { push } from '../../../functions/src/handlers/push.ts'
import { mutationJson } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { callerOf } from '../../support/outboxes.ts'
import { type RolesWorld, edit, openRolesWorld } from '../../support/rolesWorld.ts'
import { draftValues, intention, newId } from '../../support/world.ts'
import { parkedOf } from '../../support/parked.ts'

let world: RolesWorld
beforeEach(async () => {
  world = await openRolesWorld()
})
afterEach(() => world.close())

describe('batches', () => {
  const batch = (mutations: readonly unknown[]) =>
    push(world.deps, callerOf('staff'), { protocol: PROTOCOL_VERSION, clientId: 'c-staff', mutations })
  const create = (mid: number, title = '棚の整理') => ({
    ...mutationJson(intention('initiative', 'create', { id: newId(), set: draftValues('kameido', title) })),
    mid,
    base: { rev: 0 },
  })

  test('[S11] a batch that leaves a gap is answered with the last mid the server has', async () => {
    await batch([create(1)])
    expect(await batch([create(3)])).toEqual({ ok: true, value: { type: 'gap', lmid: 1 } })
  })

  test('[S10] another content under a used mid names the first that differs, and nothing is applied', async () => {
    const [one, two] = [create(1), create(2)]
    await batch([one, two])
    expect(await batch([one, create(2, '別の内容'), create(3)])).toMatchObject({
      ok: true,
      value: { type: 'clientIdReused', mid: 2, lmid: 2, receipts: [{ mid: 1, outcome: 'accepted' }] },
    })
    expect(await world.everythingPulledBy('staff')).not.toContain('別の内容')
  })

  test('[S12] a malformed mutation is parked with its content and the next one lands', async () => {
    const answer = await batch([{ mid: 1, op: 'explode', payload: '大事な文' }, create(2)])
    expect(answer).toMatchObject({
      ok: true,
      value: {
        lmid: 2,
        receipts: [{ outcome: 'parked', reason: { type: 'malformed' } }, { outcome: 'accepted' }],
      },
    })
    const [parked] = await world.deps.storage.read((tx) => parkedOf(tx, 'staff'))
    expect(parked?.doc.mutation).toMatchObject({ payload: '大事な文' })
  })

  test('[S11] an edit that arrives before its record waits and is decided when the create comes', async () => {
    const id = newId()
    const early = { ...mutationJson(edit(id, { progress: 'doing' })), mid: 1, base: { rev: 1 } }
    expect(await batch([early])).toMatchObject({
      value: { receipts: [{ outcome: 'parked', reason: { type: 'unknownRecord' } }] },
    })
    const late = mutationJson(
      intention('initiative', 'create', { id, set: draftValues('kameido', '後から') }),
    )
    expect(await batch([{ ...late, mid: 2, base: { rev: 0 } }])).toMatchObject({
      value: { receipts: [{ outcome: 'accepted' }] },
    })
    expect(await world.everythingPulledBy('staff')).toContain('"progress":"doing"')
    expect(await batch([early])).toMatchObject({ value: { receipts: [{ outcome: 'accepted' }] } })
  })

  test('[S11] it is decided too when the create follows in the same batch', async () => {
    const id = newId()
    const early = { ...mutationJson(edit(id, { progress: 'doing' })), mid: 1, base: { rev: 1 } }
    const late = mutationJson(
      intention('initiative', 'create', { id, set: draftValues('kameido', '後から') }),
    )
    await batch([early, { ...late, mid: 2, base: { rev: 0 } }])
    expect(await world.everythingPulledBy('staff')).toContain('"progress":"doing"')
    expect(await batch([early])).toMatchObject({ value: { receipts: [{ outcome: 'accepted' }] } })
  })

  test('[S8] more than 50 mutations or a non-object are refused whole', async () => {
    const many = Array.from({ length: 51 }, (_, index) => create(index + 1))
    expect(await batch(many)).toEqual({ ok: false, error: { type: 'invalid' } })
    expect(await batch(['x'])).toEqual({ ok: false, error: { type: 'invalid' } })
    const fat = Array.from({ length: 20 }, (_, index) => ({
      ...create(index + 1),
      filler: 'あ'.repeat(30_000),
    }))
    expect(await batch(fat)).toEqual({ ok: false, error: { type: 'tooLarge' } })
  })
})
