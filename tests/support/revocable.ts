/** A tablet with a key of its own, whose grant headquarters can end, against the real handlers. */
import { createHash } from 'node:crypto'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import * as v from 'valibot'
import { SYSTEM, commitAs } from '../../functions/src/commit.ts'
import { quarantine } from '../../functions/src/handlers/quarantine.ts'
import { storedKey } from '../../functions/src/identity/deviceKey.ts'
import { type Tablet, openTablet } from '../../src/db/tablet.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { type Result, err, ok } from '../../src/domain/result.ts'
import { quarantineProofText } from '../../src/domain/session.ts'
import { pushResponseSchema } from '../../src/domain/wire.ts'
import { SyncEngine } from '../../src/sync/engine.ts'
import type { Transport, TransportError } from '../../src/sync/ports.ts'
import { type DeviceKey, makeDeviceKey } from './deviceKey.ts'
import { type FakeClock, createFakeClock } from './fakeClock.ts'
import { type Network, type World, intention, newId, transportOf } from './world.ts'

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

export interface RevocableTablet {
  readonly actor: Actor
  readonly tablet: Tablet
  readonly engine: SyncEngine
  readonly clock: FakeClock
  readonly network: Network
  /** What the tablet meets; another world is another server. */
  world: World
  /** Its tokens are lost: only the key is left. */
  tokensGone: boolean
  /** Sends the photos; answers whether none is left. */
  sendPhotos: () => Promise<boolean>
  /** How often the engine has said that the tablet may be wiped. */
  ended: number
  /** Times the server has answered the person. */
  met: number
}

/** Gives the person's enrolled tablet a key on this server. */
export async function registerKey(world: World, actor: Actor, key: DeviceKey): Promise<void> {
  await change(world, `dev-${actor.uid}`, 'device', { publicKey: storedKey(key.publicKey) })
}

/** Headquarters ends the tablet's grant, or closes the person's account. */
export async function end(world: World, actor: Actor, what: 'device' | 'member'): Promise<void> {
  if (what === 'device') await change(world, `dev-${actor.uid}`, 'device', { stage: 'revoked' })
  else await change(world, actor.uid, 'member', { stage: 'disabled' })
}

/** The person's account is opened again. */
export async function takeBack(world: World, actor: Actor): Promise<void> {
  await change(world, actor.uid, 'member', { stage: 'active' }, 'disabled')
}

async function change(
  world: World,
  id: string,
  type: string,
  set: Readonly<Record<string, string>>,
  stage = 'active',
): Promise<void> {
  const from = 'stage' in set ? { stage } : {}
  const changed = await commitAs(world.deps, SYSTEM, [intention(type, 'edit', { id, stage, set, from })])
  if (!changed.ok) throw new Error(`${id} was not changed: ${JSON.stringify(changed.error)}`)
}

/** Opens the person's tablet, on a browser that may be shared. */
export async function openRevocable(
  world: World,
  actor: Actor,
  { idb = new IDBFactory(), key }: { idb?: IDBFactory; key?: DeviceKey } = {},
): Promise<RevocableTablet> {
  const ownKey = key ?? (await makeDeviceKey())
  await registerKey(world, actor, ownKey)
  const clock = createFakeClock()
  const tablet = await openTablet({
    actor,
    hash: (bytes) => Promise.resolve(sha256(bytes)),
    newId,
    now: clock.now,
    nowMs: clock.nowMs,
    indexedDB: { indexedDB: idb, IDBKeyRange },
  })
  const network: Network = { online: true, loseAnswers: 0, duplicate: false }
  const lost = (): Promise<Result<never, TransportError>> => Promise.resolve(err({ type: 'signInNeeded' }))
  const transport: Transport = {
    push: (request) => (station.tokensGone ? lost() : server().push(request)),
    pull: (request) => (station.tokensGone ? lost() : server().pull(request)),
    history: (id) => server().history(id),
    async quarantine(request) {
      if (!network.online) return err({ type: 'offline' })
      const text = JSON.stringify(request)
      const deviceId = asDeviceId(`dev-${actor.uid}`)
      const proofText = quarantineProofText(deviceId, sha256(text))
      const proof = { text: proofText, signature: await ownKey.signText(proofText) }
      const answer = await quarantine(station.world.deps, { deviceId, proof }, JSON.parse(text))
      if (network.loseAnswers > 0) {
        network.loseAnswers -= 1
        return err({ type: 'offline' })
      }
      return answer.ok
        ? ok(v.parse(pushResponseSchema, answer.value))
        : err({ type: 'refused', refusal: answer.error })
    },
  }
  const station: RevocableTablet = {
    actor,
    tablet,
    clock,
    network,
    world,
    tokensGone: false,
    sendPhotos: () => Promise.resolve(true),
    ended: 0,
    met: 0,
    engine: new SyncEngine({
      outbox: tablet.outbox,
      replica: await tablet.replica(),
      transport,
      clock,
      lock: {
        async tryRun(work) {
          await work()
          return true
        },
      },
      grant: {
        met: () => (station.met += 1),
        drained: () => station.sendPhotos(),
        ended: () => (station.ended += 1),
      },
    }),
  }
  const server = (): Transport => transportOf({ world: station.world, actor, network, received: [] })
  station.engine.start()
  await station.engine.sync()
  return station
}
