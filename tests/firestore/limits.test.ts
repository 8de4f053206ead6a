/** What Firestore cannot take in one transaction is refused before it is sent, and never stops a tablet for good. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { push } from '../../functions/src/handlers/push.ts'
import { type Storage, StorageLimitError } from '../../functions/src/storage/storage.ts'
import { asDeviceId, asRecordId, asUid } from '../../src/domain/ids.ts'
import { MAX_PUSH_BYTES, PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { type TestFirestore, openTestFirestore } from '../support/firestore.ts'
import {
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
import { parkedOf } from '../support/parked.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** The limit that a rejected call met. */
async function limitOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof StorageLimitError ? error.limit : `no limit: ${String(error)}`
}

describe('limits of one transaction', () => {
  let database: TestFirestore
  let storage: Storage
  beforeEach(() => {
    database = openTestFirestore()
    storage = database.connect()
  })
  afterEach(() => database.dispose())

  const putMany = (count: number, value: string): Promise<void> =>
    storage.transact(async (tx) => {
      for (let n = 0; n < count; n += 1) tx.put('meta', `key${n}`, { value })
    })
  const isThere = (key: string): Promise<boolean> =>
    storage.read(async (tx) => (await tx.get('meta', key)) !== undefined)

  test('500 writes commit; of 501 none is written', async () => {
    expect(await limitOf(putMany(501, 'x'))).toBe('writes')
    expect(await isThere('key0')).toBe(false)
    await putMany(500, 'x')
    expect(await isThere('key499')).toBe(true)
  })

  test('writes to one document count once', async () => {
    await storage.transact(async (tx) => {
      for (let n = 0; n < 600; n += 1) tx.put('meta', 'key0', { value: `${n}` })
    })
    expect((await storage.read((tx) => tx.get('meta', 'key0')))?.value).toBe('599')
    expect(database.usages.at(0)).toMatchObject({ writes: 1 })
  })

  test('a document as large as Firestore takes is stored, one byte more is refused', async () => {
    // The longest value of a field is 1 MiB less 89 bytes; {"value":""} is around the text.
    const room = MIB - 89 - 12
    const put = (bytes: number): Promise<void> =>
      storage.transact(async (tx) => tx.put('meta', 'key', { value: 'x'.repeat(bytes) }))
    expect(await limitOf(put(room + 1))).toBe('documentBytes')
    expect(await isThere('key')).toBe(false)
    await put(room)
    expect((await storage.read((tx) => tx.get('meta', 'key')))?.value).toHaveLength(room)
  })

  test('Japanese counts in bytes', async () => {
    const text = 'あ'.repeat(400 * KIB)
    expect(await limitOf(storage.transact(async (tx) => tx.put('meta', 'key', { value: text })))).toBe(
      'documentBytes',
    )
  })

  test('a commit beyond 10 MiB is refused as a whole; one of some MiB is taken', async () => {
    expect(await limitOf(putMany(11, 'x'.repeat(960 * KIB)))).toBe('commitBytes')
    expect(await isThere('key0')).toBe(false)
    await putMany(3, 'x'.repeat(960 * KIB))
    expect(await isThere('key2')).toBe(true)
  })

  test('a key no document can have holds nothing, and nothing can be put there', async () => {
    for (const key of ['', 'k'.repeat(1501), 'half \ud83d of a pair']) {
      expect(await isThere(key)).toBe(false)
      expect(await limitOf(storage.transact(async (tx) => tx.put('meta', key, { value: '1' })))).toBe('key')
      await storage.transact(async (tx) => tx.remove('meta', key))
    }
  })
})

describe('limits and the tablet', () => {
  let world: World
  const reported: unknown[] = []
  beforeEach(async () => {
    reported.length = 0
    const opened = await openWorld()
    world = { ...opened, deps: { ...opened.deps, report: (error) => reported.push(error) } }
  })
  afterEach(() => world.close())

  test('[S8][S12] a batch that does not fit is halved; a mutation that never fits is parked and blocks nothing', async () => {
    const lead = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
    const id = newId()
    await save(lead, intention('initiative', 'create', { id, set: draftValues('kameido', '経過の多い取組') }))
    await lead.sync()
    await addNotes(id, 260)
    // Submitting moves the row and every note to another stream.
    const submit = { set: { stage: 'submitted' }, from: { stage: 'draft' }, stage: 'draft' }
    await save(lead, intention('initiative', 'edit', { id, ...submit }))
    const nextId = newId()
    await save(
      lead,
      intention('initiative', 'create', { id: nextId, set: draftValues('kameido', '次の取組') }),
    )
    await lead.sync()

    const [parked, ...others] = await lead.tablet.outbox.unsettled()
    expect(others).toEqual([])
    expect(parked).toMatchObject({ recordId: id, state: 'parked', receipt: { reason: { type: 'failed' } } })
    expect(reported.every((error) => error instanceof StorageLimitError)).toBe(true)
    expect(reported).toHaveLength(1)
    expect(await shown(lead, nextId)).toMatchObject({ title: '次の取組' })
    const kept = await world.deps.storage.read((tx) => parkedOf(tx, 'lead'))
    expect(kept.map(({ doc }) => doc.mutation)).toMatchObject([{ id, set: { stage: { to: 'submitted' } } }])
  })

  test('[S12] what cannot even be parked is refused as too large', async () => {
    await enrol(world, 'staff', 'kameido', ['staff'])
    const caller = { uid: asUid('staff'), deviceId: asDeviceId('dev-staff') }
    const request = (text: string) => ({
      protocol: PROTOCOL_VERSION,
      clientId: 'client',
      mutations: [{ mid: 1, text }],
    })
    const room = MAX_PUSH_BYTES - JSON.stringify(request('')).length
    const refused = await push(world.deps, caller, request('x'.repeat(room)))
    expect(refused).toEqual({ ok: false, error: { type: 'tooLarge' } })
    const parked = await push(world.deps, caller, request('x'.repeat(room - KIB)))
    expect(parked).toMatchObject({ ok: true, value: { lmid: 1, receipts: [{ outcome: 'parked' }] } })
  })

  /** Notes on a draft, written straight into the store. */
  async function addNotes(initiative: string, count: number): Promise<void> {
    const notes = Array.from({ length: count }, () => asRecordId(newId()))
    await world.deps.storage.transact(async (tx) => {
      for (const id of notes) {
        tx.put('records', id, {
          record: {
            type: 'note',
            id,
            rev: 1,
            stage: 'posted',
            fields: { initiative, text: '続けています。' },
            removed: false,
            createdBy: asUid('lead'),
            createdAt: world.deps.now(),
            updatedBy: asUid('lead'),
            updatedAt: world.deps.now(),
            receiptNo: null,
          },
          type: 'note',
          parent: initiative,
          changes: 1,
        })
      }
    })
  }
})
