/** Queues drain once faults stop, and nothing stands still unnoticed, whatever hangs. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../src/domain/actor.ts'
import type { Result } from '../../src/domain/result.ts'
import { err } from '../../src/domain/result.ts'
import { SyncEngine } from '../../src/sync/engine.ts'
import type { Transport, TransportError } from '../../src/sync/ports.ts'
import { HANG_MS, STALL_MS } from '../../src/sync/watchdog.ts'
import { type FakeClock, createFakeClock } from '../support/fakeClock.ts'
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
  transportOf,
} from '../support/world.ts'

/** What the next request meets, in order; 'fine' from then on. `hang` never answers, though the server may have handled it. */
type Fault = 'hang' | 'hangAfterCommit' | 'timeout' | 'busy' | 'offline' | 'fine'

let world: World
let staff: Actor
let station: Station
let clock: FakeClock
let faults: Fault[]
let forever: Fault
let engine: SyncEngine
let seen: string[]
/** What asking for the lock fails with. */
let lockFailure: Error | undefined

const create = (title: string) =>
  intention('initiative', 'create', { id: newId(), set: draftValues('kameido', title) })

function faulty(transport: Transport): Transport {
  async function through<T>(
    send: () => Promise<Result<T, TransportError>>,
  ): Promise<Result<T, TransportError>> {
    const never = new Promise<never>(() => undefined)
    switch (faults.shift() ?? forever) {
      case 'hang':
        return never
      case 'hangAfterCommit':
        await send()
        return never
      case 'timeout':
        return err({ type: 'timeout' })
      case 'offline':
        return err({ type: 'offline' })
      case 'busy':
        return err({ type: 'refused', refusal: { type: 'busy' } })
      case 'fine':
        return send()
    }
  }
  return {
    ...transport,
    push: (request) => through(() => transport.push(request)),
    pull: (request) => through(() => transport.pull(request)),
  }
}

beforeEach(async () => {
  world = await openWorld()
  staff = await enrol(world, 'staff1', 'kameido', ['staff'])
  station = await openStation(world, staff)
  await station.engine.stop()
  // fake-indexeddb takes a turn of the event loop for every request.
  clock = createFakeClock({ turns: 400 })
  faults = []
  forever = 'fine'
  seen = []
  lockFailure = undefined
  engine = new SyncEngine({
    outbox: station.tablet.outbox,
    replica: await station.tablet.replica(),
    transport: faulty(transportOf({ world, actor: staff, network: station.network, received: [] })),
    clock,
    lock: {
      async tryRun(work) {
        if (lockFailure !== undefined) throw lockFailure
        await work()
        return true
      },
    },
  })
  engine.onStatus(({ type }) => seen.at(-1) !== type && seen.push(type))
})
afterEach(async () => {
  faults = []
  forever = 'offline'
  station.tablet.close()
  await world.close()
})

const queued = (): Promise<number> => station.tablet.outbox.queuedCount()

describe('an exchange that hangs', () => {
  test.each(['hang', 'hangAfterCommit'] as const)(
    '[S6] is abandoned and begun anew (%s), and what was queued arrives once',
    async (fault) => {
      faults = [fault]
      await save(station, create('棚の整理'))
      engine.start()
      await clock.advance(HANG_MS + 60_000)
      expect(await queued()).toBe(0)
      expect(engine.status).toEqual({ type: 'allSent' })
      const rows = await world.deps.storage.read((tx) => tx.find('recordsByType', { value: 'initiative' }))
      expect(rows.map(({ doc }) => doc.changes)).toEqual([1])
    },
  )

  test('[S6] in the pull too', async () => {
    faults = ['fine', 'hang']
    await save(station, create('棚の整理'))
    engine.start()
    await clock.advance(HANG_MS + 60_000)
    expect(engine.status).toEqual({ type: 'allSent' })
  })
})

describe('a queue that does not shrink', () => {
  test.each(['timeout', 'busy', 'hang'] as const)(
    '[S27] is told while it lasts (%s), and not after',
    async (fault) => {
      forever = fault
      await save(station, create('棚の整理'))
      engine.start()
      await clock.advance(STALL_MS + HANG_MS + 60_000)
      expect(engine.status).toEqual({ type: 'stalled', count: 1 })
      const before = seen.length
      await clock.advance(STALL_MS)
      expect(seen.slice(before)).toEqual([])
      forever = 'fine'
      await clock.advance(HANG_MS + 3 * 60_000)
      expect(engine.status).toEqual({ type: 'allSent' })
      expect(await queued()).toBe(0)
    },
  )

  test('[S27] offline says so itself, and is no stall', async () => {
    forever = 'offline'
    await save(station, create('棚の整理'))
    engine.start()
    await clock.advance(2 * STALL_MS)
    expect(engine.status).toEqual({ type: 'offline', count: 1 })
    expect(seen).not.toContain('stalled')
  })

  test('[S27] one that shrinks slowly is no stall', async () => {
    for (let index = 0; index < 6; index += 1) await save(station, create(`取組${index}`))
    engine.start()
    forever = 'busy'
    for (let round = 0; round < 6; round += 1) {
      await clock.advance(STALL_MS / 2)
      faults = ['fine']
      await save(station, create(`あとの取組${round}`))
    }
    expect(seen).not.toContain('stalled')
  })
})

test('[S6] whatever the faults were, the queue drains within one longest pause once they stop', async () => {
  const kinds: Fault[] = ['hang', 'hangAfterCommit', 'timeout', 'busy', 'offline', 'fine']
  for (let seed = 1; seed <= 6; seed += 1) {
    faults = Array.from(
      { length: 12 },
      (_, index) => kinds[(seed * 7 + index * seed) % kinds.length] ?? 'fine',
    )
    await save(station, create(`取組${seed}`))
    engine.start()
    await clock.advance(3 * HANG_MS)
    faults = []
    // A request that hangs already, and the longest pause of the schedule.
    await clock.advance(HANG_MS + 60_000 + 180_000)
    expect(await queued(), `seed ${seed}`).toBe(0)
    expect(engine.status, `seed ${seed}`).toEqual({ type: 'allSent' })
  }
})

test('[S5] two tabs that sync at the same time are harmless', async () => {
  const idb = new IDBFactory()
  const actor = await enrol(world, 'staff2', 'kameido', ['staff'])
  const tabs = [await openStation(world, actor, idb), await openStation(world, actor, idb)]
  const saved = new Map<string, number>()
  for (let round = 0; round < 12; round += 1) {
    for (const [index, tab] of tabs.entries()) {
      Object.assign(tab.network, {
        online: true,
        loseAnswers: (round + index) % 3,
        duplicate: round % 2 === index,
      })
      const id = newId()
      await save(
        tab,
        intention('initiative', 'create', { id, set: draftValues('kameido', `取組${round}${index}`) }),
      )
      await save(tab, intention('initiative', 'edit', { id, stage: 'draft', set: { progress: 'doing' } }))
      saved.set(id, 2)
    }
    await Promise.all(tabs.map((tab) => tab.sync()))
  }
  for (const tab of tabs) {
    Object.assign(tab.network, { online: true, loseAnswers: 0, duplicate: false })
    await tab.sync()
  }
  const records = await world.deps.storage.read((tx) => tx.find('recordsByType', { value: 'initiative' }))
  expect(new Map(records.map(({ key, doc }) => [key, doc.changes]))).toEqual(saved)
  for (const tab of tabs) {
    expect(await tab.tablet.outbox.unsettled()).toEqual([])
    expect(tab.engine.status).toEqual({ type: 'allSent' })
    tab.tablet.close()
  }
})

test('[S7] a lock that cannot be asked for is told, and asked for again', async () => {
  await save(station, create('棚の整理'))
  lockFailure = new Error('The database does not open.')
  engine.start()
  await engine.sync()
  expect(engine.status).toMatchObject({ type: 'cannotSend', reason: 'database' })
  lockFailure = undefined
  await clock.advance(5 * 60_000)
  expect(engine.status).toEqual({ type: 'allSent' })
  expect(await queued()).toBe(0)
})

test('an engine that is stopped does not wait for a server that is silent, and asks for nothing more', async () => {
  forever = 'hang'
  await save(station, create('棚の整理'))
  engine.start()
  await clock.advance(1000)
  await engine.stop()
  forever = 'fine'
  await clock.advance(STALL_MS)
  expect(await queued()).toBe(1)
})
