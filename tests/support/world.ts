/** A small bureau for tests: the real handlers on a real store, real engines on Dexie, and a network that can be told to fail. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import * as v from 'valibot'
import { inject } from 'vitest'
import { SYSTEM, commitAs } from '../../functions/src/commit.ts'
import type { Deps } from '../../functions/src/handlers/context.ts'
import { history } from '../../functions/src/handlers/history.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'
import type { PackLimits } from '../../src/db/packs.ts'
import { type Tablet, openTablet } from '../../src/db/tablet.ts'
import type { Actor, Role } from '../../src/domain/actor.ts'
import { type RecordId, asDeviceId, asRecordId, asUid, asUnitId, uuidv7 } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { type Result, err } from '../../src/domain/result.ts'
import { pulledAt, pulledSchema } from '../../src/domain/patch.ts'
import { typeOf } from '../../src/domain/types/index.ts'
import { pushResponseSchema } from '../../src/domain/wire.ts'
import { SyncEngine } from '../../src/sync/engine.ts'
import type { SnapshotSource, Transport, TransportError } from '../../src/sync/ports.ts'
import { pullPatches } from './pulling.ts'

const sha256 = (content: string | Uint8Array): Promise<string> =>
  Promise.resolve(createHash('sha256').update(content).digest('hex'))

let counter = 0
/** Distinct ids in order of making. */
export const newId = (): string => {
  counter += 1
  const random = new Uint8Array(10)
  new DataView(random.buffer).setUint32(6, counter)
  return uuidv7(1_700_000_000_000 + counter, random)
}

const at = (seconds: number): string => new Date(1_790_000_000_000 + seconds * 1000).toISOString()

export interface World {
  readonly deps: Deps
  /** Another server process on the same data. */
  readonly anotherServer: () => Deps
  readonly close: () => Promise<void>
}

/** What the network does with the next requests. */
export interface Network {
  online: boolean
  /** Number of coming answers to lose after the server has handled the request. */
  loseAnswers: number
  /** Sends each request twice. */
  duplicate: boolean
  /** Protocol number its requests carry, as another release would; today's when left out. */
  protocol?: number
  /** Called once when the next answer is on its way, e.g. to kill the tablet. */
  beforeAnswer?: (() => void) | undefined
}

export interface Station {
  readonly actor: Actor
  readonly tablet: Tablet
  readonly engine: SyncEngine
  readonly network: Network
  sync(): Promise<void>
  /** Rows this tablet received, as they crossed the wire. */
  readonly received: string[]
}

/** An empty world on SQLite, or on Firestore in the vitest project of that name. */
export async function openWorld(): Promise<World> {
  return worldOn(await openStore())
}

/** A place for a store: each connection sees the same data. */
export interface Store {
  readonly connect: () => Storage
  readonly dispose: () => Promise<void>
}

/** An empty world, with an epoch, on this store. */
export async function worldOn({ connect, dispose }: Store): Promise<World> {
  let ticks = 0
  const depsOn = (storage: Storage): Deps => ({
    storage,
    now: () => at((ticks += 1)),
    hash: sha256,
    report: (error) => {
      throw error
    },
  })
  const deps = depsOn(connect())
  await deps.storage.transact(async (tx) => tx.put('meta', 'epoch', { value: 'E1' }))
  return { deps, anotherServer: () => depsOn(connect()), close: dispose }
}

async function openStore(): Promise<Store> {
  if (inject('store') === 'firestore') return (await import('./firestore.ts')).openTestFirestore()
  const dir = mkdtempSync(join(tmpdir(), 'kaizencho-'))
  const opened: Storage[] = []
  return {
    connect: () => {
      const storage = openSqliteStorage({ path: join(dir, 'store.sqlite') })
      opened.push(storage)
      return storage
    },
    dispose: async () => {
      for (const storage of opened) await storage.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Makes a member with one enrolled tablet and answers the actor. */
export async function enrol(world: World, uid: string, unit: string, roles: readonly Role[]): Promise<Actor> {
  const created = await commitAs(world.deps, SYSTEM, [
    intention('member', 'create', {
      id: uid,
      set: { stage: 'active', name: uid, email: `${uid}@test.example`, unit, roles },
    }),
    intention('device', 'create', {
      id: `dev-${uid}`,
      set: { stage: 'active', owner: uid, label: 'テスト端末', enrolledAt: at(0) },
    }),
  ])
  if (!created.ok) throw new Error(`enrol failed: ${JSON.stringify(created.error)}`)
  return { uid: asUid(uid), unit: asUnitId(unit), roles }
}

/** An intention from plain new values; `from` gives what the person started from. */
export function intention(
  type: string,
  op: Intention['op'],
  {
    id,
    set,
    from = {},
    stage = null,
    resolves,
    seconds = 0,
  }: {
    id: string
    set: Readonly<Record<string, Json>>
    from?: Readonly<Record<string, Json>>
    stage?: string | null
    resolves?: RecordId
    seconds?: number
  },
): Intention {
  return {
    v: typeOf(type)?.version ?? 1,
    op,
    type,
    id: asRecordId(id),
    stage,
    set: Object.fromEntries(
      Object.entries(set).map(([name, to]) => [name, { from: from[name] ?? null, to }]),
    ),
    ...(resolves === undefined ? {} : { resolves }),
    blobs: [],
    at: at(seconds),
  }
}

/** Values of a new draft of an office. */
export const draftValues = (unit: string, title: string): Record<string, Json> => ({
  stage: 'draft',
  title,
  leadUnit: unit,
  unitLabel: unit,
  fiscalYear: 2026,
})

/** A tablet of the actor: its own database, engine and network. The engine syncs only when told to. */
export async function openStation(
  world: World,
  actor: Actor,
  idb = new IDBFactory(),
  {
    release,
    nowMs = () => 0,
    snapshots,
    packs,
  }: { release?: string; nowMs?: () => number; snapshots?: SnapshotSource; packs?: PackLimits } = {},
): Promise<Station> {
  const tablet = await openTablet({
    actor,
    hash: sha256,
    newId,
    now: () => at(0),
    ...(release === undefined ? {} : { release }),
    nowMs,
    ...(packs === undefined ? {} : { packs }),
    indexedDB: { indexedDB: idb, IDBKeyRange },
  })
  const network: Network = { online: true, loseAnswers: 0, duplicate: false }
  const received: string[] = []
  const engine = new SyncEngine({
    outbox: tablet.outbox,
    replica: await tablet.replica(),
    transport: transportOf({ world, actor, network, received }),
    clock: { now: () => at(0), nowMs: () => 0, after: () => () => undefined, random: () => 0.5 },
    lock: {
      async tryRun(work) {
        await work()
        return true
      },
    },
    ...(snapshots === undefined ? {} : { snapshots }),
  })
  engine.start()
  await engine.sync()
  return { actor, tablet, engine, network, received, sync: () => engine.sync() }
}

/** The real handlers behind a network that does as it is told. */
export function transportOf({
  world,
  actor,
  network,
  received,
}: {
  world: World
  actor: Actor
  network: Network
  received: string[]
}): Transport {
  const caller = { uid: actor.uid, deviceId: asDeviceId(`dev-${actor.uid}`) }
  const send = async <T>(
    handle: () => ReturnType<typeof push> | ReturnType<typeof pullPatches>,
    parse: (value: unknown) => T,
  ): Promise<Result<T, TransportError>> => {
    if (!network.online) return err({ type: 'offline' })
    let answer = await handle()
    if (network.duplicate) answer = await handle()
    const { beforeAnswer } = network
    network.beforeAnswer = undefined
    beforeAnswer?.()
    if (network.loseAnswers > 0) {
      network.loseAnswers -= 1
      return err({ type: 'offline' })
    }
    if (!answer.ok) return err({ type: 'refused', refusal: answer.error })
    received.push(JSON.stringify(answer.value))
    return { ok: true, value: parse(JSON.parse(JSON.stringify(answer.value))) }
  }
  const sent = (request: { protocol: number }): Record<string, unknown> =>
    JSON.parse(JSON.stringify({ ...request, protocol: network.protocol ?? request.protocol }))
  return {
    push: (request) => send(() => push(world.deps, caller, sent(request)), asPush),
    pull: ({ since, ...request }) =>
      send(
        () => pullPatches(world.deps, caller, { since, ...sent(request) }),
        (value) => pulledAt(request.cursors, v.parse(pulledSchema, value)),
      ),
    quarantine: () => Promise.resolve(err({ type: 'refused', refusal: { type: 'forbidden' } })),
    async history(id) {
      const answer = await history(world.deps, caller, { id })
      return answer.ok
        ? { ok: true, value: answer.value.entries }
        : err({ type: 'refused', refusal: answer.error })
    },
  }
}

const asPush = (value: unknown): v.InferOutput<typeof pushResponseSchema> =>
  v.parse(pushResponseSchema, value)

/** Saves and expects the tablet to take it. */
export async function save(station: Pick<Station, 'tablet'>, what: Intention): Promise<void> {
  const saved = await station.tablet.outbox.save(what)
  if (!saved.ok) throw new Error(`save refused: ${JSON.stringify(saved.error)}`)
}

/** The record as this tablet shows it. */
export async function shown(station: Station, id: string): Promise<Record<string, Json> | undefined> {
  const found = await station.tablet.records.read(asRecordId(id))
  return found === undefined ? undefined : { ...found.record.fields, stage: found.record.stage }
}
