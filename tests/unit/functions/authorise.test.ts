/** Raw requests of people who want more than they may: what the server answers, whatever the app would have sent. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { history } from '../../../functions/src/handlers/history.ts'
import { pull } from '../../support/pulling.ts'
import { push } from '../../../functions/src/handlers/push.ts'
import type { Caller } from '../../../functions/src/handlers/context.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../../src/domain/mutation.ts'
import { reviewIdOf } from '../../../src/domain/types/review.ts'
import { PROTOCOL_VERSION, type Receipt } from '../../../src/domain/wire.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../../support/world.ts'

let world: World
const callerOf = (uid: string): Caller => ({ uid: asUid(uid), deviceId: asDeviceId(`dev-${uid}`) })

beforeEach(async () => {
  world = await openWorld()
  await enrol(world, 'staff', 'kameido', ['staff'])
  await enrol(world, 'lead', 'kameido', ['lead'])
  await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  await enrol(world, 'hq', 'somu', ['hq'])
  await enrol(world, 'admin', 'somu', ['admin'])
  await enrol(world, 'exec', 'somu', ['executive'])
})
afterEach(async () => {
  await world.close()
})

const mids = new Map<string, number>()
beforeEach(() => mids.clear())

/** Pushes one mutation from the person's own outbox and answers its receipt. */
async function send(uid: string, what: Intention, base: Json = { rev: 0 }): Promise<Receipt> {
  const mid = (mids.get(uid) ?? 0) + 1
  mids.set(uid, mid)
  const body = {
    protocol: PROTOCOL_VERSION,
    clientId: `c-${uid}`,
    mutations: [{ ...mutationJson(what), mid, base }],
  }
  const answer = await push(world.deps, callerOf(uid), body)
  if (!answer.ok || answer.value.type !== 'receipts') throw new Error(JSON.stringify(answer))
  const [receipt] = answer.value.receipts
  if (receipt === undefined) throw new Error('no receipt')
  return receipt
}

async function everythingPulledBy(uid: string): Promise<string> {
  const answer = await pull(world.deps, callerOf(uid), {
    protocol: PROTOCOL_VERSION,
    clientId: null,
    cursors: {},
  })
  return JSON.stringify(answer)
}

const refused = { outcome: 'parked', reason: { type: 'notAllowed' } }
const edit = (
  id: string,
  set: Record<string, Json>,
  extra: { stage?: string; from?: Record<string, Json> } = {},
): Intention =>
  intention('initiative', 'edit', { id, set, stage: extra.stage ?? 'draft', from: extra.from ?? {} })

describe('rows of another unit', () => {
  let draft: string
  let published: string
  beforeEach(async () => {
    draft = newId()
    published = newId()
    await send(
      'lead',
      intention('initiative', 'create', { id: draft, set: draftValues('kameido', '内緒の下書き') }),
    )
    const values = { ...draftValues('kameido', '提出した取組'), stage: 'submitted' }
    await send('lead', intention('initiative', 'create', { id: published, set: values }))
  })

  test('a row cannot be created for another unit', async () => {
    const id = newId()
    expect(
      await send('other', intention('initiative', 'create', { id, set: draftValues('kameido', '偽の取組') })),
    ).toMatchObject(refused)
  })

  test.each(['other', 'hq', 'admin', 'exec'])(
    '%s cannot edit text or progress, submit or remove',
    async (uid) => {
      for (const id of [draft, published]) {
        expect(await send(uid, edit(id, { title: '書きかえ' }))).toMatchObject(refused)
        expect(await send(uid, edit(id, { progress: 'done' }, { stage: 'submitted' }))).toMatchObject(refused)
        expect(await send(uid, intention('initiative', 'remove', { id, set: {} }), { rev: 1 })).toMatchObject(
          refused,
        )
      }
      const submit = edit(draft, { stage: 'submitted' }, { from: { stage: 'draft' } })
      expect(await send(uid, submit)).toMatchObject(refused)
    },
  )

  test.each(['other', 'hq', 'admin', 'exec'])('%s never receives a draft, nor its history', async (uid) => {
    const received = await everythingPulledBy(uid)
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
    for (const id of [draft, published]) expect(await send('other', note(id))).toMatchObject(refused)
    expect(await send('staff', note(draft))).toMatchObject({ outcome: 'accepted' })
  })

  test('a joint unit reads the draft and adds notes, but does not edit', async () => {
    const id = newId()
    const values = { ...draftValues('kameido', '共同の下書き'), jointUnits: ['osaki'] }
    await send('lead', intention('initiative', 'create', { id, set: values }))
    expect(await everythingPulledBy('other')).toContain('共同の下書き')
    const note = intention('note', 'create', {
      id: newId(),
      set: { stage: 'posted', initiative: id, text: '賛成です。' },
    })
    expect(await send('other', note)).toMatchObject({ outcome: 'accepted' })
    expect(await send('other', edit(id, { title: '書きかえ' }))).toMatchObject(refused)
  })

  test('what was written before submission stays out of the bureau’s history', async () => {
    await send('lead', edit(draft, { title: '表の題' }, { from: { title: '内緒の下書き' } }), { rev: 1 })
    await send('lead', edit(draft, { stage: 'submitted' }, { from: { stage: 'draft' } }), { rev: 2 })
    const seen = JSON.stringify(await history(world.deps, callerOf('other'), { id: draft }))
    expect(seen).toContain('submitted')
    expect(seen).not.toContain('内緒の下書き')
    expect(JSON.stringify(await history(world.deps, callerOf('staff'), { id: draft }))).toContain(
      '内緒の下書き',
    )
  })
})

describe('acts that need a role', () => {
  test('staff cannot submit; once the lead has, they go on editing text and progress, and withdraw nothing', async () => {
    const id = newId()
    await send('staff', intention('initiative', 'create', { id, set: draftValues('kameido', '棚の整理') }))
    const submit = edit(id, { stage: 'submitted' }, { from: { stage: 'draft' } })
    expect(await send('staff', submit)).toMatchObject(refused)
    expect(await send('lead', submit)).toMatchObject({ outcome: 'accepted' })
    expect(
      await send('staff', edit(id, { title: '直し' }, { stage: 'submitted', from: { title: '棚の整理' } })),
    ).toMatchObject({ outcome: 'accepted' })
    expect(
      await send(
        'staff',
        edit(id, { stage: 'withdrawn' }, { stage: 'submitted', from: { stage: 'submitted' } }),
      ),
    ).toMatchObject(refused)
    expect(await send('staff', edit(id, { progress: 'doing' }, { stage: 'submitted' }))).toMatchObject({
      outcome: 'accepted',
    })
  })

  test('headquarters returns a row only with a reason, and marks 好事例 and No.', async () => {
    const id = newId()
    const values = { ...draftValues('kameido', '棚の整理'), stage: 'submitted' }
    await send('lead', intention('initiative', 'create', { id, set: values }))
    const from = { stage: 'submitted' }
    expect(await send('hq', edit(id, { stage: 'returned' }, { stage: 'submitted', from }))).toMatchObject({
      outcome: 'parked',
      reason: { type: 'missingValue', field: 'returnReason' },
    })
    expect(await send('hq', edit(id, { no: 3, goodPractice: true }, { stage: 'submitted' }))).toMatchObject({
      outcome: 'accepted',
    })
    expect(await send('lead', edit(id, { no: 1 }, { stage: 'submitted', from: { no: 3 } }))).toMatchObject(
      refused,
    )
    const back = edit(
      id,
      { stage: 'returned', returnReason: '目標を書いてください。' },
      { stage: 'submitted', from },
    )
    expect(await send('hq', back)).toMatchObject({ outcome: 'accepted' })
  })

  describe('本部レビュー is headquarters’ alone', () => {
    let id: string
    beforeEach(async () => {
      id = newId()
      const values = { ...draftValues('kameido', '棚の整理'), stage: 'submitted' }
      await send('lead', intention('initiative', 'create', { id, set: values }))
    })
    const given = (feedbackId: string, initiative: string): Intention =>
      intention('feedback', 'create', {
        id: feedbackId,
        set: { stage: 'open', initiative, kind: 'advice', text: '数字も書いてください。' },
      })
    const review = (owner: string, initiative: string): Intention =>
      intention('review', 'create', {
        id: reviewIdOf(owner, initiative),
        set: { stage: 'seen', initiative, rev: 1, ownRev: 1 },
      })

    test.each(['staff', 'lead', 'other', 'admin', 'exec'])(
      '%s gives no feedback, no 好事例, no 差戻し and no 確認',
      async (uid) => {
        const from = { stage: 'submitted' }
        const returned = { stage: 'returned', returnReason: '直してください。' }
        for (const forbidden of [
          given(newId(), id),
          edit(id, { goodPractice: true }, { stage: 'submitted' }),
          edit(id, returned, { stage: 'submitted', from }),
          review(uid, id),
          review('hq', id),
        ]) {
          expect(await send(uid, forbidden)).toMatchObject(refused)
        }
      },
    )

    test('feedback is closed, opened again and its text changed by nobody but headquarters', async () => {
      const feedback = newId()
      await send('hq', given(feedback, id))
      const moved = (to: string, from = 'open'): Intention =>
        intention('feedback', 'edit', {
          id: feedback,
          set: { stage: to },
          from: { stage: from },
          stage: from,
        })
      for (const uid of ['staff', 'lead', 'other', 'exec'])
        expect(await send(uid, moved('closed'))).toMatchObject(refused)
      expect(await send('hq', moved('closed'))).toMatchObject({ outcome: 'accepted' })
      expect(await send('lead', moved('open', 'closed'))).toMatchObject(refused)
      expect(await send('hq', moved('open', 'closed'))).toMatchObject({ outcome: 'accepted' })
    })

    test('what a person has reviewed is read and written by that person alone', async () => {
      await enrol(world, 'hq2', 'somu', ['hq'])
      expect(await send('hq2', review('hq', id))).toMatchObject(refused)
      expect(await send('hq', review('hq', id))).toMatchObject({ outcome: 'accepted' })
      const forged = intention('review', 'edit', {
        id: reviewIdOf('hq', id),
        set: { rev: 9 },
        from: { rev: 1 },
        stage: 'seen',
      })
      expect(await send('hq2', forged)).toMatchObject(refused)
      expect(await everythingPulledBy('hq')).toContain(reviewIdOf('hq', id))
      expect(await everythingPulledBy('hq2')).not.toContain(reviewIdOf('hq', id))
    })
  })

  test.each(['staff', 'lead', 'exec', 'hq'])('%s cannot become administrator', async (uid) => {
    const grab = intention('member', 'edit', {
      id: uid,
      set: { roles: ['admin', 'hq'] },
      from: { roles: [uid] },
      stage: 'active',
    })
    expect((await send(uid, grab)).outcome).toBe('parked')
    const forged = { stage: 'active', name: 'x', email: 'x@test.example', unit: 'somu', roles: ['admin'] }
    expect((await send(uid, intention('member', 'create', { id: newId(), set: forged }))).outcome).toBe(
      'parked',
    )
  })

  test('headquarters cannot take an administrator’s roles away', async () => {
    const demote = intention('member', 'edit', {
      id: 'admin',
      set: { roles: ['staff'] },
      from: { roles: ['admin'] },
      stage: 'active',
    })
    expect(await send('hq', demote)).toMatchObject(refused)
  })

  test('staff cannot change master data, devices or conflict records', async () => {
    expect(
      await send(
        'staff',
        intention('unit', 'create', {
          id: 'x',
          set: { stage: 'active', name: 'x', shortName: 'x', kind: 'office' },
        }),
      ),
    ).toMatchObject(refused)
    const revive = intention('device', 'edit', {
      id: 'dev-staff',
      set: { owner: 'other' },
      from: { owner: 'staff' },
      stage: 'active',
    })
    expect(await send('staff', revive)).toMatchObject(refused)
    const conflict = { stage: 'open', target: 'a', targetType: 'initiative', field: 'title', by: 'staff' }
    expect(
      await send('staff', intention('conflict', 'create', { id: 'a.title.staff', set: conflict })),
    ).toMatchObject(refused)
  })

  test('mail addresses and roles of others do not leave headquarters', async () => {
    const received = await everythingPulledBy('staff')
    expect(received).toContain('"name":"hq"')
    expect(received).not.toContain('hq@test.example')
    expect(await everythingPulledBy('hq')).toContain('staff@test.example')
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
    expect(await send('hq', revoke)).toMatchObject({ outcome: 'accepted' })
    expect(await everythingPulledBy('staff')).toBe('{"ok":false,"error":{"type":"revoked"}}')
    const disable = intention('member', 'edit', {
      id: 'lead',
      set: { stage: 'disabled' },
      from: { stage: 'active' },
      stage: 'active',
    })
    expect(await send('hq', disable)).toMatchObject({ outcome: 'accepted' })
    const body = { protocol: PROTOCOL_VERSION, clientId: 'c-lead', mutations: [{ mid: 1 }] }
    expect(await push(world.deps, callerOf('lead'), body)).toEqual({ ok: false, error: { type: 'revoked' } })
  })

  test('a tablet of somebody else does not speak for me', async () => {
    const stolen = { uid: asUid('lead'), deviceId: asDeviceId('dev-staff') }
    const answer = await pull(world.deps, stolen, { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} })
    expect(answer).toEqual({ ok: false, error: { type: 'revoked' } })
  })

  test('nobody pushes into another person’s outbox', async () => {
    await send(
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
    expect(await everythingPulledBy('staff')).not.toContain('別の内容')
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
    const [parked] = await world.deps.storage.read((tx) => tx.find('parkedByUid', { value: 'staff' }))
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
    expect(await everythingPulledBy('staff')).toContain('"progress":"doing"')
    expect(await batch([early])).toMatchObject({ value: { receipts: [{ outcome: 'accepted' }] } })
  })

  test('[S11] it is decided too when the create follows in the same batch', async () => {
    const id = newId()
    const early = { ...mutationJson(edit(id, { progress: 'doing' })), mid: 1, base: { rev: 1 } }
    const late = mutationJson(
      intention('initiative', 'create', { id, set: draftValues('kameido', '後から') }),
    )
    await batch([early, { ...late, mid: 2, base: { rev: 0 } }])
    expect(await everythingPulledBy('staff')).toContain('"progress":"doing"')
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
