/** [S26] The final push of a tablet that may no longer sync, as raw requests: what is taken, from whom, how often. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import type { Caller } from '../../../functions/src/handlers/context.ts'
import { history } from '../../../functions/src/handlers/history.ts'
import { pull } from '../../support/pulling.ts'
import { push } from '../../../functions/src/handlers/push.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import { mutationJson } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { type ListeningApp, listen } from '../../support/listening.ts'
import { type SigningTablet, enrolSigningTablet, quarantineHeaders } from '../../support/signingTablet.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../../support/world.ts'

let world: World
let server: ListeningApp
let tablet: SigningTablet
let caller: Caller
/** The server's clock, where a test stops it. */
let stoppedAt: string | undefined

beforeEach(async () => {
  stoppedAt = undefined
  world = await openWorld()
  const staff = await enrol(world, 'staff', 'kameido', ['staff'])
  await enrol(world, 'lead', 'kameido', ['lead'])
  tablet = await enrolSigningTablet(world.deps, 'staff')
  caller = { uid: staff.uid, deviceId: tablet.deviceId }
  server = await listen({ ...world.deps, now: () => stoppedAt ?? world.deps.now() })
})
afterEach(async () => {
  server.close()
  await world.close()
})

const LEAD: Caller = { uid: asUid('lead'), deviceId: asDeviceId('dev-lead') }
const create = (mid: number, title: string, id = newId()): Record<string, Json> => ({
  ...mutationJson(intention('initiative', 'create', { id, set: draftValues('kameido', title) })),
  mid,
  base: { rev: 0 },
})
const bodyOf = (mutations: readonly unknown[], clientId = 'c-staff'): string =>
  JSON.stringify({ protocol: PROTOCOL_VERSION, clientId, mutations })

interface Answered {
  readonly status: number
  readonly body: unknown
}
async function post(body: string, headers: Record<string, string>): Promise<Answered> {
  const response = await fetch(`${server.url}/api/quarantine`, { method: 'POST', headers, body })
  return { status: response.status, body: await response.json() }
}
const handOver = async (mutations: readonly unknown[], clientId?: string): Promise<Answered> => {
  const body = bodyOf(mutations, clientId)
  return post(body, await quarantineHeaders(tablet, body))
}

async function setStage(type: 'device' | 'member', id: string, from: string, to: string): Promise<void> {
  const moved = intention(type, 'edit', { id, set: { stage: to }, from: { stage: from }, stage: from })
  expect(await commitAs(world.deps, SYSTEM, [moved])).toMatchObject({ ok: true })
}
const revoke = (): Promise<void> => setStage('device', tablet.deviceId, 'active', 'revoked')

const parked = async (): Promise<{ key: string; doc: unknown }[]> =>
  world.deps.storage.read((tx) => tx.find('parkedByHeld', { value: 'quarantine' }))
const UNAUTHENTICATED = { status: 401, body: { type: 'unauthenticated' } }
const kept = (...mids: number[]) => ({
  status: 200,
  body: {
    type: 'receipts',
    receipts: mids.map((mid) => ({ mid, outcome: 'parked', reason: { type: 'quarantined' } })),
  },
})

test('[S26] a revoked tablet is refused by push, pull and history at once', async () => {
  await revoke()
  const revoked = { ok: false, error: { type: 'revoked' } }
  const { deps } = world
  const empty = { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} }
  expect(await pull(deps, caller, empty)).toEqual(revoked)
  expect(await push(deps, caller, JSON.parse(bodyOf([create(1, '棚')])))).toEqual(revoked)
  expect(await history(deps, caller, { id: 'staff' })).toEqual(revoked)
})

describe('[S26] what a revoked tablet hands over', () => {
  test('is kept with its content, undecided, and counts for its outbox', async () => {
    await revoke()
    const id = newId()
    expect(await handOver([create(1, '棚の整理', id), { mid: 2, op: 'explode' }])).toMatchObject(kept(1, 2))
    expect(await handOver([create(3, '机の整理')])).toMatchObject({ body: { lmid: 3 } })
    expect((await parked()).map(({ doc }) => doc)).toMatchObject([
      {
        uid: 'staff',
        deviceId: tablet.deviceId,
        clientId: 'c-staff',
        mid: 1,
        mutation: { id },
        waitingFor: '',
      },
      { mid: 2, mutation: { op: 'explode' } },
      { mid: 3 },
    ])
    expect(await world.deps.storage.read((tx) => tx.get('records', id))).toBeUndefined()
  })

  test('goes on from what was pushed before, and a repeat after a lost answer changes nothing', async () => {
    const one = create(1, '棚の整理')
    const body = bodyOf([one])
    expect(await push(world.deps, caller, JSON.parse(body))).toMatchObject({ ok: true })
    await revoke()
    const both = [one, create(2, '机の整理')]
    const first = await handOver(both)
    expect(first).toMatchObject({
      body: {
        receipts: [
          { mid: 1, outcome: 'accepted' },
          { mid: 2, outcome: 'parked' },
        ],
      },
    })
    const again = await handOver(both)
    expect(again.body).toMatchObject({ type: 'receipts', lmid: 2 })
    expect(await parked()).toHaveLength(1)
  })

  test('is taken from a person who is no longer active, too', async () => {
    await setStage('member', 'staff', 'active', 'disabled')
    expect(await handOver([create(1, '棚の整理')])).toMatchObject(kept(1))
  })

  test('[S10] [S11] a gap and another content under a used mid are answered as by push', async () => {
    await revoke()
    expect(await handOver([create(2, '棚の整理')])).toMatchObject({ body: { type: 'gap', lmid: 0 } })
    await handOver([create(1, '棚の整理')])
    expect(await handOver([create(1, '別の内容')])).toMatchObject({
      body: { type: 'clientIdReused', mid: 1 },
    })
    expect(await parked()).toHaveLength(1)
  })

  test('[S11] is not decided when the record it is about arrives by another way', async () => {
    await revoke()
    const id = newId()
    const edit = intention('initiative', 'edit', { id, stage: 'draft', set: { progress: 'doing' } })
    await handOver([{ ...mutationJson(edit), mid: 1, base: { rev: 1 } }])
    const created = await push(world.deps, LEAD, JSON.parse(bodyOf([create(1, '後から', id)], 'c-lead')))
    expect(created).toMatchObject({ value: { receipts: [{ outcome: 'accepted' }] } })
    expect(await parked()).toHaveLength(1)
  })
})

describe('[S26] nothing is taken', () => {
  test('from a tablet that may sync as ever', async () => {
    expect(await handOver([create(1, '棚の整理')])).toEqual({ status: 403, body: { type: 'forbidden' } })
    expect(await parked()).toEqual([])
  })

  test('without a signature, or with one that is not of this tablet, this body and this purpose', async () => {
    await revoke()
    const other = await enrolSigningTablet(world.deps, 'lead')
    const body = bodyOf([create(1, '棚の整理')])
    const good = await quarantineHeaders(tablet, body)
    const forgeries: Readonly<Record<string, Record<string, string>>> = {
      'no headers': { 'content-type': 'application/json' },
      'no proof': { ...good, 'x-device-proof': '' },
      'of another key': { ...(await quarantineHeaders(other, body)), 'x-device-id': tablet.deviceId },
      'for another device': { ...good, 'x-device-id': other.deviceId },
      'unknown device': { ...good, 'x-device-id': newId() },
      'a person as device': { ...good, 'x-device-id': 'staff' },
      'of another body': await quarantineHeaders(tablet, `${body} `),
      'for a token': {
        ...good,
        'x-device-proof': await tablet.key.sign({ refreshToken: body, deviceId: tablet.deviceId }),
      },
    }
    for (const [name, headers] of Object.entries(forgeries))
      expect([name, await post(body, headers)]).toEqual([name, UNAUTHENTICATED])
    expect(await parked()).toEqual([])
    expect(await post(body, good)).toMatchObject(kept(1))
  })

  test('into the outbox of somebody else, or that is no push', async () => {
    await push(world.deps, LEAD, JSON.parse(bodyOf([create(1, '棚')], 'c-lead')))
    await revoke()
    expect(await handOver([create(2, '棚の整理')], 'c-lead')).toEqual({
      status: 403,
      body: { type: 'foreignClient' },
    })
    for (const text of ['{', '[]', '{"mutations":[]}', bodyOf([])])
      expect(await post(text, await quarantineHeaders(tablet, text))).toEqual({
        status: 400,
        body: { type: 'invalid' },
      })
  })

  test('from one address without end: the 61st request within a minute is put off', async () => {
    stoppedAt = world.deps.now()
    const statuses: number[] = []
    for (let n = 0; n < 61; n += 1)
      statuses.push((await post('{}', { 'content-type': 'application/json' })).status)
    expect(new Set(statuses.slice(0, 60))).toEqual(new Set([401]))
    expect(statuses.at(-1)).toBe(429)
  })
})
