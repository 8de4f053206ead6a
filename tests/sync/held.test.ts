/** [S27] An outbox goes by file and by network: whichever comes first, each change stands once. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Caller } from '../../functions/src/handlers/context.ts'
import { adoptHeld, importHeld, listHeld } from '../../functions/src/handlers/held.ts'
import { asDeviceId, asUid } from '../../src/domain/ids.ts'
import { batchesOf, buildOutboxFile, parseOutboxFile } from '../../src/domain/outboxFile.ts'
import type { PushResponse, Receipt } from '../../src/domain/wire.ts'
import {
  type Station,
  type World,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  openWorld,
  save,
  shown,
} from '../support/world.ts'

let world: World
let staff: Station
let id: string
const HQ: Caller = { uid: asUid('hq'), deviceId: asDeviceId('dev-hq') }

beforeEach(async () => {
  world = await openWorld()
  await enrol(world, 'hq', 'somu', ['hq'])
  staff = await openStation(world, await enrol(world, 'staff', 'kameido', ['staff']))
  staff.network.online = false
  id = newId()
  await save(staff, intention('initiative', 'create', { id, set: draftValues('kameido', '棚の整理') }))
  const edit = { set: { title: '机の整理' }, from: { title: '棚の整理' }, stage: 'draft' }
  await save(staff, intention('initiative', 'edit', { id, ...edit }))
})
afterEach(() => world.close())

/** What the tablet would write to a file now, as text. */
async function written(): Promise<string> {
  const from = {
    exportedAt: '2026-11-20T01:02:03.004Z',
    uid: staff.actor.uid,
    deviceId: asDeviceId('dev-staff'),
  }
  return JSON.stringify(buildOutboxFile(from, await staff.tablet.outbox.unsettled()))
}

async function importFile(text: string): Promise<PushResponse[]> {
  const parsed = parseOutboxFile(text)
  if (!parsed.ok) throw new Error(parsed.error.type)
  const answers: PushResponse[] = []
  for (const batch of batchesOf(parsed.value)) {
    const { uid, deviceId } = parsed.value
    const answer = await importHeld(world.deps, HQ, { ...batch, uid, deviceId })
    if (!answer.ok) throw new Error(answer.error.type)
    answers.push(answer.value)
  }
  return answers
}
const receiptsOf = (answers: readonly PushResponse[]): Receipt[] =>
  answers.flatMap((answer) => (answer.type === 'receipts' ? answer.receipts : []))

async function adoptAll(): Promise<void> {
  const listed = await listHeld(world.deps, HQ, { held: 'quarantine' })
  const items = listed.ok ? listed.value.items : []
  const [first] = items
  const body = { clientId: first?.clientId, mids: items.map(({ mid }) => mid) }
  expect(await adoptHeld(world.deps, HQ, body)).toMatchObject({ ok: true })
}

const rev = (): Promise<number | undefined> =>
  world.deps.storage.read(async (tx) => (await tx.get('records', id))?.record.rev)

test('[S27] imported and adopted, then sent by the tablet itself: applied once, and the tablet has its receipts', async () => {
  const text = await written()
  await importFile(text)
  await adoptAll()
  expect(await rev()).toBe(2)
  staff.network.online = true
  await staff.sync()
  expect(await staff.tablet.outbox.unsettled()).toEqual([])
  expect(await shown(staff, id)).toMatchObject({ title: '机の整理' })
  expect(await rev()).toBe(2)
  expect(receiptsOf(await importFile(text)).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted'])
  expect(await rev()).toBe(2)
})

test('[S27] sent by the tablet while headquarters has not decided: 保留, and 受領 once it has', async () => {
  await importFile(await written())
  staff.network.online = true
  await staff.sync()
  const waiting = await staff.tablet.outbox.unsettled()
  expect(waiting).toMatchObject([
    { state: 'parked', receipt: { reason: { type: 'quarantined' } } },
    { state: 'parked' },
  ])
  await adoptAll()
  await staff.sync()
  expect(await staff.tablet.outbox.unsettled()).toEqual([])
  expect(await shown(staff, id)).toMatchObject({ title: '机の整理' })
  expect(await rev()).toBe(2)
})

test('[S27] sent by the tablet first, then imported: nothing waits, nothing changes', async () => {
  const text = await written()
  staff.network.online = true
  await staff.sync()
  expect(receiptsOf(await importFile(text)).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted'])
  expect(await listHeld(world.deps, HQ, { held: 'quarantine' })).toMatchObject({ value: { items: [] } })
  expect(await rev()).toBe(2)
})
