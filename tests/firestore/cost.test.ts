/** Documents read and written by the requests that tablets make all day; docs/DEPLOY.md counts money with them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FirestoreUsage } from '../../functions/src/storage/firestore.ts'
import { pull } from '../support/pulling.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { noteSighting } from '../../functions/src/identity/sightings.ts'
import { type Role, streamsOf } from '../../src/domain/actor.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { type Cursor, PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { type TestFirestore, openTestFirestore } from '../support/firestore.ts'
import { type World, draftValues, enrol, intention, newId, worldOn } from '../support/world.ts'

let database: TestFirestore
let world: World
beforeEach(async () => {
  database = openTestFirestore()
  world = await worldOn(database)
})
afterEach(() => world.close())

/** What the work cost. */
async function costOf(work: () => Promise<unknown>): Promise<FirestoreUsage> {
  const before = database.usages.length
  await work()
  const [usage, ...more] = database.usages.slice(before)
  if (usage === undefined || more.length > 0) throw new Error('one transaction expected')
  return usage
}

const print = (line: string): void => void process.stdout.write(`Firestore: ${line}\n`)

async function person(uid: string, roles: readonly Role[]) {
  const actor = await enrol(world, uid, 'kameido', roles)
  const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${uid}`) }
  let mid = 0
  return {
    streams: streamsOf(actor).length,
    push: async (intentions: readonly ReturnType<typeof intention>[], rev: number): Promise<void> => {
      const mutations = intentions.map((each) => ({ ...each, mid: (mid += 1), base: { rev } }))
      const request = { protocol: PROTOCOL_VERSION, clientId: `client-${uid}`, mutations }
      const answer = await push(world.deps, caller, request)
      const receipts = answer.ok && answer.value.type === 'receipts' ? answer.value.receipts : []
      expect(receipts.map(({ outcome }) => outcome)).toEqual(intentions.map(() => 'accepted'))
    },
    pull: async (cursors: Readonly<Record<string, Cursor>>): Promise<Record<string, Cursor>> => {
      const answer = await pull(world.deps, caller, { protocol: PROTOCOL_VERSION, clientId: null, cursors })
      if (!answer.ok) throw new Error('pull refused')
      return {
        ...cursors,
        ...Object.fromEntries(answer.value.pages.map(({ stream, cursor }) => [stream, cursor])),
      }
    },
  }
}

describe('cost', () => {
  test('a push of 10 mutations', async () => {
    const staff = await person('staff', ['staff'])
    const ids = Array.from({ length: 10 }, newId)
    const created = await costOf(() =>
      staff.push(
        ids.map((id) => intention('initiative', 'create', { id, set: draftValues('kameido', '棚の整理') })),
        0,
      ),
    )
    const edited = await costOf(() =>
      staff.push(
        ids.map((id) =>
          intention('initiative', 'edit', {
            id,
            stage: 'draft',
            set: { title: '机の整理' },
            from: { title: '棚の整理' },
          }),
        ),
        1,
      ),
    )
    print(`push of 10 new rows = ${created.reads} reads, ${created.writes} writes`)
    print(`push of 10 edits = ${edited.reads} reads, ${edited.writes} writes`)
    // Member, device, client, epoch, head; a row's record, its possible conflicts and what waits for it.
    expect(created.reads).toBeLessThanOrEqual(5 + 10 * 8)
    expect(edited.reads).toBeLessThanOrEqual(5 + 10 * 2)
    // Client, head; record, row, history and receipt of each.
    for (const { writes, attempts } of [created, edited]) {
      expect(writes).toBe(2 + 10 * 4)
      expect(attempts).toBe(1)
    }
  })

  test('[S26] the note that a tablet was there, once an hour', async () => {
    await person('staff', ['staff'])
    const noted = await costOf(() => noteSighting(world.deps, asDeviceId('dev-staff')))
    const again = await costOf(() => noteSighting(world.deps, asDeviceId('dev-staff')))
    print(
      `a tablet seen = ${noted.reads} reads, ${noted.writes} writes; within the hour ${again.reads} reads`,
    )
    // Device, epoch, two heads; record, and row and head of each of its streams.
    expect([noted.reads, noted.writes]).toEqual([4, 5])
    expect([again.reads, again.writes]).toEqual([2, 0])
  })

  test.each<readonly [string, readonly Role[]]>([
    ['staff', ['staff']],
    ['hq', ['hq', 'evaluator']],
  ])('[S20] an empty pull of %s reads member, device and heads, and nothing else', async (uid, roles) => {
    await person('writer', ['staff']).then((writer) =>
      writer.push([intention('initiative', 'create', { id: newId(), set: draftValues('kameido', '棚') })], 0),
    )
    const reader = await person(uid, roles)
    const cursors = await reader.pull({})
    const empty = await costOf(() => reader.pull(cursors))
    print(`empty pull of ${uid} (${reader.streams} streams) = ${empty.reads} reads`)
    expect(empty.reads).toBeLessThanOrEqual(reader.streams + 2)
    expect(empty.writes).toBe(0)
  })
})
