/** [S20] [S23] Who gets a snapshot, and that it holds what everybody reads and nothing else. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, COMMON_STREAMS, streamsOf } from '../../src/domain/actor.ts'
import { asDeviceId, asUid, asUnitId } from '../../src/domain/ids.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { pull } from '../support/pulling.ts'
import { end } from '../support/revocable.ts'
import { START, type SnapshotWorld, held, openSnapshotWorld } from '../support/snapshotWorld.ts'

let world: SnapshotWorld
beforeEach(async () => {
  world = await openSnapshotWorld()
})
afterEach(() => world.close())

describe('who gets it', () => {
  test('[S20][S23] a part has what everybody reads and nothing else: no unit’s drafts, no person’s own', async () => {
    for (const actor of world.leads) {
      const parts = await world.everyPart(actor)
      expect(parts).not.toContain('内緒の下書き')
      expect(new Set(parts.match(/"stream":"[^"]+"/g))).toEqual(
        new Set(
          COMMON_STREAMS.filter((stream) => parts.includes(stream)).map((stream) => `"stream":"${stream}"`),
        ),
      )
      const rows = (await pullEverything(actor)).filter(({ stream }) => COMMON_STREAMS.includes(stream))
      for (const row of rows) expect(parts).toContain(JSON.stringify(row.record))
    }
  })

  test('[S20] the streams of a snapshot are those of everybody, whatever their roles', () => {
    const one = { uid: asUid('one'), unit: asUnitId('kameido') }
    for (const roles of [[], ['staff'], ['lead'], ['evaluator'], ['hq'], ['executive'], ['admin']] as const)
      expect(streamsOf({ ...one, roles })).toEqual(expect.arrayContaining([...COMMON_STREAMS]))
  })

  test('[S23][S25][S26] nobody who may not pull', async () => {
    const stranger: Actor = { ...world.kameido(), uid: asUid('nobody') }
    const errorOf = async (actor: Actor, body: unknown): Promise<unknown> => {
      const answer = await world.server.ask(actor, body)
      return answer.ok ? 'answered' : answer.error.type
    }
    expect(await errorOf(stranger, START)).toBe('unauthenticated')
    expect(await errorOf(world.kameido(), { ...START, protocol: PROTOCOL_VERSION - 1 })).toBe(
      'protocolTooOld',
    )
    for (const body of [null, {}, { ...START, stream: 'unit/osaki' }, { ...START, cursors: { master: 1 } }])
      expect(await errorOf(world.kameido(), body)).toBe('invalid')
    expect(await errorOf(world.kameido(), START)).toBe('answered')
    await end(world, world.kameido(), 'device')
    expect(await errorOf(world.kameido(), START)).toBe('revoked')
    const [, second = world.kameido()] = world.leads
    await end(world, second, 'member')
    expect(await errorOf(second, START)).toBe('revoked')
  })

  test('[S23][S26] a tablet that is revoked in the middle is told so and gets no further', async () => {
    const { station, lines } = await world.openNew(world.kameido(), {
      beforeLine: async (count) => {
        if (count === 4) await end(world, world.kameido(), 'device')
      },
    })
    expect(station.engine.status).toMatchObject({ type: 'cannotSend', reason: 'revoked' })
    expect(lines.at(-1)).toBe('{"type":"end","more":true}')
  })

  test('[S20][S23] a person who changes office in the middle ends with the streams of the new one', async () => {
    const disk = new IDBFactory()
    const before = await world.openKilledAt(7, disk)
    before.tablet.close()
    const { uid } = world.kameido()
    await world.deps.storage.transact(async (tx) => {
      const doc = await tx.get('records', uid)
      if (doc === undefined) throw new Error('no member')
      const fields = { ...doc.record.fields, unit: 'osaki' }
      tx.put('records', uid, { ...doc, record: { ...doc.record, fields } })
    })
    const moved = { ...world.kameido(), unit: asUnitId('osaki') }
    await world.openNew(moved, { disk })
    expect(await held(disk, moved)).toEqual(await world.pulled(moved))
  })
})

async function pullEverything(
  actor: Actor,
): Promise<{ stream: (typeof COMMON_STREAMS)[number]; record: unknown }[]> {
  const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${actor.uid}`) }
  const answer = await pull(world.deps, caller, { ...START, clientId: null })
  if (!answer.ok) throw new Error(answer.error.type)
  return answer.value.pages.flatMap(({ stream, rows }) => rows.map(({ record }) => ({ stream, record })))
}
