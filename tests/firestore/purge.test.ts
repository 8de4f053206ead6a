/** [S18] On Firestore too nothing is left of a destroyed record, in transactions of bounded size. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commitAs } from '../../functions/src/commit.ts'
import { purge } from '../../functions/src/handlers/purge.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { type Actor, streamsOf } from '../../src/domain/actor.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { type Intention, mutationJson } from '../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { type TestFirestore, openTestFirestore } from '../support/firestore.ts'
import { memoryBlobs } from '../support/memoryBlobs.ts'
import { type World, draftValues, enrol, intention, newId, worldOn } from '../support/world.ts'
import { parkedOf } from '../support/parked.ts'

const WORD = '秘密太郎'
/** Far below what Firestore takes at once. */
const MAX_WRITES = 40

let database: TestFirestore
let world: World
beforeEach(async () => {
  database = openTestFirestore()
  world = await worldOn(database)
})
afterEach(() => world.close())

/** Every document that tells of these records and people, as text. */
async function everything(types: readonly string[], people: readonly Actor[]): Promise<string> {
  return world.deps.storage.read(async (tx) => {
    const found: unknown[] = []
    for (const type of types)
      for (const { key, doc } of await tx.find('recordsByType', { value: type }))
        found.push(doc, await tx.find('historyByRecord', { value: key }))
    for (const stream of new Set(people.flatMap(streamsOf)))
      found.push(await tx.find('rowsByStream', { value: stream }))
    for (const { uid } of people) found.push(await parkedOf(tx, uid))
    return JSON.stringify(found)
  })
}

test('[S18] a record with all that hangs on it', async () => {
  const lead = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
  const other = await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  const hq = await enrol(world, 'hq', 'somu', ['hq'])
  const row = newId()
  const commit = async (...what: Intention[]): Promise<void> =>
    expect(await commitAs(world.deps, lead, what)).toMatchObject({ ok: true })
  const text = (n: number): string => `${WORD}さんに${n}回電話した。`
  await commit(
    intention('initiative', 'create', {
      id: row,
      set: { ...draftValues('kameido', '窓口'), stage: 'submitted', detail: text(0) },
    }),
  )
  for (let n = 1; n <= 45; n += 1)
    await commit(
      intention('initiative', 'edit', {
        ...{ id: row, stage: 'submitted', set: { detail: text(n) }, from: { detail: text(n - 1) } },
      }),
    )
  const note = (): Intention =>
    intention('note', 'create', {
      id: newId(),
      set: { stage: 'posted', initiative: row, text: `${WORD}の経過` },
    })
  await commit(...Array.from({ length: 30 }, note))
  // Two versions, and one that is kept aside.
  const stale = intention('initiative', 'edit', {
    ...{ id: row, stage: 'submitted', set: { detail: `${WORD}に会った。` }, from: { detail: text(3) } },
  })
  await commit(stale)
  const parked = await push(
    world.deps,
    { uid: other.uid, deviceId: asDeviceId('dev-other') },
    {
      protocol: PROTOCOL_VERSION,
      clientId: newId(),
      mutations: [{ ...mutationJson(stale), mid: 1, base: { rev: 1 } }],
    },
  )
  expect(parked).toMatchObject({ value: { receipts: [{ outcome: 'parked' }] } })
  const types = ['initiative', 'note', 'conflict']
  const people = [lead, other, hq]
  expect(await everything(types, people)).toContain(WORD)

  database.usages.length = 0
  const done = await purge(
    { ...world.deps, blobs: memoryBlobs(), forget: () => Promise.resolve() },
    { uid: hq.uid, deviceId: asDeviceId('dev-hq') },
    { id: row, scope: 'record', reason: '氏名' },
  )
  expect(done).toMatchObject({
    ok: true,
    value: { conflicts: 1, parked: 1, records: { initiative: 1, note: 30 } },
  })
  expect(await everything(types, people)).not.toContain(WORD)
  expect(Math.max(...database.usages.map(({ writes }) => writes))).toBeLessThanOrEqual(MAX_WRITES)
})
