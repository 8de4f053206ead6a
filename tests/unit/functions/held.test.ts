/** [S26] [S27] 預かった記録: who decides about them, and what becomes of each. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import { adoptHeld, importHeld, listHeld, setHeldAside } from '../../../functions/src/handlers/held.ts'
import { history } from '../../../functions/src/handlers/history.ts'
import { push } from '../../../functions/src/handlers/push.ts'
import type { Json } from '../../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { callerOf } from '../../support/outboxes.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../../support/world.ts'

let world: World

beforeEach(async () => {
  world = await openWorld()
  await enrol(world, 'staff', 'kameido', ['staff'])
  await enrol(world, 'lead', 'kameido', ['lead'])
  await enrol(world, 'hq', 'somu', ['hq'])
  await enrol(world, 'admin', 'somu', ['admin'])
})
afterEach(() => world.close())

type Sent = Readonly<Record<string, Json>>
const numbered = (mid: number, what: Intention, base: Json = { rev: 0 }): Sent => ({
  ...mutationJson(what),
  mid,
  base,
})
const create = (mid: number, title: string, id = newId()): Sent =>
  numbered(mid, intention('initiative', 'create', { id, set: draftValues('kameido', title) }))
const edit = (mid: number, id: string, set: Record<string, Json>, from: Record<string, Json> = {}): Sent =>
  numbered(mid, intention('initiative', 'edit', { id, stage: 'draft', set, from }), { rev: 1 })

const imported = (by: string, mutations: readonly Sent[], uid = 'staff', clientId = 'c-staff') =>
  importHeld(world.deps, callerOf(by), { uid, deviceId: `dev-${uid}`, clientId, mutations })
const pushed = (mutations: readonly Sent[], uid = 'staff') =>
  push(world.deps, callerOf(uid), { protocol: PROTOCOL_VERSION, clientId: `c-${uid}`, mutations })
const listed = async (held: 'quarantine' | 'setAside' = 'quarantine') => {
  const answer = await listHeld(world.deps, callerOf('hq'), { held })
  if (!answer.ok) throw new Error(answer.error.type)
  return answer.value.items
}
const adopt = (mids: readonly number[], by = 'hq', clientId = 'c-staff') =>
  adoptHeld(world.deps, callerOf(by), { clientId, mids })
const aside = (mids: readonly number[], toAside: boolean) =>
  setHeldAside(world.deps, callerOf('hq'), { clientId: 'c-staff', mids, aside: toAside })
const record = (id: string) => world.deps.storage.read(async (tx) => (await tx.get('records', id))?.record)
const receipts = (...all: object[]) => ({ ok: true, value: { receipts: all } })
const FORBIDDEN = { ok: false, error: { type: 'forbidden' } }

async function disable(uid: string): Promise<void> {
  const moved = { id: uid, set: { stage: 'disabled' }, from: { stage: 'active' }, stage: 'active' }
  expect(await commitAs(world.deps, SYSTEM, [intention('member', 'edit', moved)])).toMatchObject({ ok: true })
}

describe('[S26] who may', () => {
  test.each(['staff', 'lead'])('%s may neither read, nor import, nor decide', async (uid) => {
    await imported('hq', [create(1, '棚の整理')])
    expect(await listHeld(world.deps, callerOf(uid), { held: 'quarantine' })).toEqual(FORBIDDEN)
    expect(await imported(uid, [create(2, '机の整理')])).toEqual(FORBIDDEN)
    expect(await adopt([1], uid)).toEqual(FORBIDDEN)
    const body = { clientId: 'c-staff', mids: [1], aside: true }
    expect(await setHeldAside(world.deps, callerOf(uid), body)).toEqual(FORBIDDEN)
    expect(await listed()).toHaveLength(1)
  })

  test('nobody at headquarters becomes administrator by a file that says it is an administrator’s', async () => {
    const roles = { set: { roles: ['hq', 'admin'] }, from: { roles: ['hq'] }, stage: 'active' }
    const grab = numbered(1, intention('member', 'edit', { id: 'hq', ...roles }), { rev: 1 })
    expect(await imported('hq', [grab], 'admin', 'c-forged')).toEqual(FORBIDDEN)
    await imported('admin', [grab], 'admin', 'c-forged')
    expect(await adopt([1], 'hq', 'c-forged')).toEqual(FORBIDDEN)
    expect((await record('hq'))?.fields['roles']).toEqual(['hq'])
  })

  test('a file of nobody, or of another person under a known number, is not taken', async () => {
    expect(await imported('hq', [create(1, '棚')], 'ghost')).toEqual({
      ok: false,
      error: { type: 'notFound' },
    })
    await pushed([create(1, '棚の整理')])
    expect(await imported('hq', [create(2, '机')], 'lead')).toEqual({
      ok: false,
      error: { type: 'foreignClient' },
    })
  })
})

describe('[S26] adopting', () => {
  test('decides for the author, also when they are no longer active; history names them, the receipt who approved', async () => {
    const id = newId()
    await imported('hq', [create(1, '棚の整理', id), edit(2, id, { progress: 'doing' })])
    await disable('staff')
    expect(await adopt([2, 1])).toMatchObject(
      receipts({ mid: 1, outcome: 'accepted', rev: 1 }, { mid: 2, outcome: 'accepted', rev: 2 }),
    )
    expect(await record(id)).toMatchObject({ createdBy: 'staff', fields: { progress: 'doing' } })
    const seen = await history(world.deps, callerOf('lead'), { id })
    expect(seen).toMatchObject({ ok: true, value: { entries: [{ by: 'staff' }, { by: 'staff' }] } })
    expect(await listed()).toEqual([])
    const kept = await world.deps.storage.read((tx) => tx.get('receipts', 'c-staff|1'))
    expect(kept).toMatchObject({ imported: { by: 'hq' }, adopted: { by: 'hq' } })
  })

  test('[S10] once: a repeat, a second import and the tablet’s own push get the same receipts', async () => {
    const id = newId()
    const both = [create(1, '棚の整理', id), edit(2, id, { title: '机の整理' }, { title: '棚の整理' })]
    await imported('hq', both)
    const first = await adopt([1, 2])
    expect(await adopt([1, 2])).toEqual(first)
    const again = receipts({ mid: 1, outcome: 'accepted' }, { mid: 2, outcome: 'accepted' })
    expect(await imported('hq', both)).toMatchObject(again)
    expect(await pushed(both)).toMatchObject(again)
    expect(await record(id)).toMatchObject({ rev: 2 })
    expect(await listed()).toEqual([])
  })

  test('[S11] an edit waits for its record, and is decided when the create is adopted or comes by another way', async () => {
    const [one, two] = [newId(), newId()]
    await imported('hq', [
      create(1, '棚の整理', one),
      edit(2, one, { progress: 'doing' }),
      edit(3, two, { progress: 'done' }),
    ])
    await disable('staff')
    const waits = { outcome: 'parked', reason: { type: 'unknownRecord' } }
    expect(await adopt([2, 3])).toMatchObject(receipts({ mid: 2, ...waits }, { mid: 3, ...waits }))
    expect(await listed()).toMatchObject([{ mid: 1 }, { mid: 2, adopted: { by: 'hq' } }, { mid: 3 }])
    await adopt([1])
    await pushed([create(1, '机の整理', two)], 'lead')
    expect((await record(one))?.fields['progress']).toBe('doing')
    expect((await record(two))?.fields['progress']).toBe('done')
    expect(await listed()).toEqual([])
    const kept = await world.deps.storage.read((tx) => tx.get('receipts', 'c-staff|3'))
    expect(kept).toMatchObject({ receipt: { outcome: 'accepted' }, adopted: { by: 'hq' } })
  })

  test('what the author may not do is refused with the reason, and stays', async () => {
    const id = newId()
    const set = { ...draftValues('osaki', '他所の取組') }
    await imported('hq', [
      numbered(1, intention('initiative', 'create', { id, set })),
      { mid: 2, op: 'explode' },
    ])
    expect(await adopt([1, 2])).toMatchObject(
      receipts(
        { mid: 1, outcome: 'parked', reason: { type: 'notAllowed' } },
        { mid: 2, outcome: 'parked', reason: { type: 'malformed' } },
      ),
    )
    expect(await listed()).toMatchObject([
      { mid: 1, reason: { type: 'notAllowed' }, adopted: { by: 'hq' } },
      { mid: 2, reason: { type: 'malformed' } },
    ])
    expect(await record(id)).toBeUndefined()
  })

  test('[S14] what others changed since is merged or becomes 要確認, as in any push', async () => {
    const id = newId()
    await pushed([create(1, '棚の整理', id)])
    await pushed([edit(1, id, { title: '倉庫の整理' }, { title: '棚の整理' })], 'lead')
    await imported('hq', [edit(2, id, { title: '机の整理' }, { title: '棚の整理' })])
    expect(await adopt([2])).toMatchObject(receipts({ mid: 2, outcome: 'conflicted' }))
    expect((await record(id))?.fields['title']).toBe('倉庫の整理')
    expect((await record(`${id}.title.staff`))?.fields['mine']).toBe('机の整理')
  })
})

describe('[S26] setting aside', () => {
  test('keeps the content out of the list; brought back it can be adopted', async () => {
    const id = newId()
    await imported('hq', [create(1, '棚の整理', id)])
    expect(await aside([1, 9], true)).toEqual({ ok: true, value: {} })
    expect(await listed()).toEqual([])
    expect(await listed('setAside')).toMatchObject([{ mid: 1, mutation: { id }, setAside: { by: 'hq' } }])
    await aside([1], false)
    const [back] = await listed()
    expect(back).toMatchObject({ mid: 1, reason: { type: 'quarantined' } })
    expect(back?.setAside).toBeUndefined()
    expect(await adopt([1])).toMatchObject(receipts({ outcome: 'accepted' }))
  })

  test('[S11] what waited for its record waits no more once set aside', async () => {
    const id = newId()
    await imported('hq', [edit(1, id, { progress: 'done' })])
    await adopt([1])
    await aside([1], true)
    await pushed([create(1, '棚の整理', id)], 'lead')
    expect((await record(id))?.fields['progress']).toBeUndefined()
    expect(await listed('setAside')).toHaveLength(1)
  })

  test('what is parked for other reasons is not headquarters’ to decide', async () => {
    await pushed([{ mid: 1, op: 'explode' }])
    expect(await listed()).toEqual([])
    await aside([1], true)
    expect(await listed('setAside')).toEqual([])
    expect(await adopt([1])).toMatchObject(receipts({ outcome: 'parked', reason: { type: 'malformed' } }))
  })
})

describe('[S27] importing', () => {
  test('[S11] a gap is answered with the last number the server has; nothing is taken', async () => {
    expect(await imported('hq', [create(3, '棚の整理')])).toEqual({
      ok: true,
      value: { type: 'gap', lmid: 0 },
    })
    expect(await listed()).toEqual([])
  })

  test('first of every outbox first, however the numbers are written; who brought them is told', async () => {
    await imported(
      'hq',
      Array.from({ length: 12 }, (_, index) => create(index + 1, `棚 ${index + 1}`)),
    )
    const items = await listed()
    expect(items.map(({ mid }) => mid)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    expect(items[0]).toMatchObject({ uid: 'staff', deviceId: 'dev-staff', imported: { by: 'hq' } })
  })

  test('the tablet’s own later push gets 保留 until headquarters decides, then 受領', async () => {
    const one = create(1, '棚の整理')
    await imported('hq', [one])
    expect(await pushed([one, create(2, '机の整理')])).toMatchObject(
      receipts({ outcome: 'parked', reason: { type: 'quarantined' } }, { outcome: 'accepted' }),
    )
    await adopt([1])
    expect(await pushed([one])).toMatchObject(receipts({ outcome: 'accepted' }))
  })
})
