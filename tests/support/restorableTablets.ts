/** Five tablets of a bureau that is restored from a backup, and what they and the server hold. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import * as v from 'valibot'
import { expect } from 'vitest'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { streamsOf } from '../../src/domain/actor.ts'
import { EMPTY_SUM, addToSum } from '../../src/domain/checksum.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { type Receipt, pushResponseSchema } from '../../src/domain/wire.ts'
import { type FiveTablets, openFiveTablets } from './fiveTablets.ts'
import { everyRow } from './heldRows.ts'
import { type RestorableWorld, openRestorableWorld } from './restorableWorld.ts'
import { type Station, intention } from './world.ts'

export interface RestorableTablets extends RestorableWorld, FiveTablets {
  held(station: Station): Promise<{ rows: string[]; acked: number }>
  /** Nothing waits anywhere, every tablet holds what the server's streams say, and heads agree with their rows. */
  expectSettled(everyone: readonly Station[]): Promise<void>
  changesOf(id: string): Promise<number>
  /** The same database on another disk. */
  copyOf(station: Station): Promise<IDBFactory>
  moveMember(uid: string, unit: string): Promise<void>
}

export async function openRestorableTablets(): Promise<RestorableTablets> {
  const world = await openRestorableWorld()
  const tablets = await openFiveTablets(world)
  const diskOf = (station: Station): IDBFactory => {
    const disk = tablets.disks.get(station)
    if (disk === undefined) throw new Error('no disk')
    return disk
  }
  const databaseOf = (station: Station, indexedDB: IDBFactory): TabletDatabase =>
    new TabletDatabase(databaseName(station.actor.uid), { autoOpen: true, indexedDB, IDBKeyRange })
  async function held(station: Station): Promise<{ rows: string[]; acked: number }> {
    const db = databaseOf(station, diskOf(station))
    const rows = await everyRow(db)
    const acked = await db.acked.count()
    db.close()
    return {
      rows: rows.map(({ stream, id, rev, record }) => JSON.stringify([stream, id, rev, record])).sort(),
      acked,
    }
  }
  return {
    ...world,
    ...tablets,
    held,
    async expectSettled(everyone) {
      for (const station of everyone) {
        expect(station.engine.status).toEqual({ type: 'allSent' })
        expect(await station.tablet.outbox.unsettled()).toEqual([])
        const streams = streamsOf(station.actor)
        const { rows, heads } = await world.deps.storage.read(async (tx) => ({
          rows: (await Promise.all(streams.map((value) => tx.find('rowsByStream', { value })))).flat(),
          heads: await tx.getAll('heads', streams),
        }))
        const live = rows.flatMap(({ doc }) => (doc.record === null ? [] : [doc]))
        expect((await held(station)).rows).toEqual(
          live.map(({ stream, id, rev, record }) => JSON.stringify([stream, id, rev, record])).sort(),
        )
        const sums = streams.map((name) =>
          live.filter(({ stream }) => stream === name).reduce(addToSum, EMPTY_SUM),
        )
        expect(sums).toEqual(heads.map((head) => head?.sum ?? EMPTY_SUM))
      }
    },
    changesOf: async (id) => (await world.deps.storage.read((tx) => tx.get('records', id)))?.changes ?? 0,
    async copyOf(station) {
      const copy = new IDBFactory()
      const [source, target] = [databaseOf(station, diskOf(station)), databaseOf(station, copy)]
      for (const table of source.tables) await target.table(table.name).bulkPut(await table.toArray())
      source.close()
      target.close()
      return copy
    },
    moveMember: (uid, unit) =>
      world.deps.storage.transact(async (tx) => {
        const member = await tx.get('records', uid)
        if (member === undefined) throw new Error('no member')
        const fields = { ...member.record.fields, unit }
        tx.put('records', uid, { ...member, record: { ...member.record, fields } })
      }),
  }
}

export const edit = (
  id: string,
  set: Record<string, string>,
  from: Record<string, string> = {},
  stage = 'draft',
): Intention => intention('initiative', 'edit', { id, stage, set, from })

export async function syncAll(stations: readonly Station[], rounds = 2): Promise<void> {
  for (let round = 0; round < rounds; round += 1) for (const station of stations) await station.sync()
}

/** Every receipt that crossed the wire to this tablet. */
export function receiptsOf({ received }: Station): Receipt[] {
  return received.flatMap((text) => {
    const answer = v.safeParse(pushResponseSchema, JSON.parse(text))
    return answer.success && answer.output.type === 'receipts' ? answer.output.receipts : []
  })
}
