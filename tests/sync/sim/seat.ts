/** A person at a tablet: one disk, and the tabs that live and die on it. */
import { createHash } from 'node:crypto'
import { type Tablet, openTablet } from '../../../src/db/tablet.ts'
import type { Actor } from '../../../src/domain/actor.ts'
import { asDeviceId } from '../../../src/domain/ids.ts'
import { SyncEngine } from '../../../src/sync/engine.ts'
import { createTabLock } from '../../../src/sync/tabLock.ts'
import { type Connection, Disk } from './disk.ts'
import { type Faults, CALM, transportOver } from './network.ts'
import type { Random } from './random.ts'
import { type Mortal, type Scheduler, never, turn } from './scheduler.ts'
import type { Server } from './server.ts'
import { type WorldTime, TabletTime } from './time.ts'
import { type Person, deviceIdOf } from './world.ts'

/** What every seat stands in. */
export interface Surroundings {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly server: Server
  readonly time: WorldTime
  readonly newId: () => string
  /** Every answer that reached a tablet. */
  readonly received: (seat: Seat, answer: unknown) => void
  /** A page of a pull was applied. */
  readonly applied: (seat: Seat) => Promise<void>
  /** The person as the server knows them now. */
  readonly actorOf: (uid: string) => Promise<Actor>
}

/** One life of the app on a tablet. */
export class Tab implements Mortal {
  dead = false
  readonly name: string
  readonly actor: Actor
  readonly tablet: Tablet
  readonly engine: SyncEngine
  private readonly connection: Connection
  private readonly scheduler: Scheduler

  constructor(
    {
      name,
      actor,
      tablet,
      connection,
      scheduler,
    }: Pick<Tab, 'name' | 'actor' | 'tablet'> & {
      connection: Connection
      scheduler: Scheduler
    },
    engine: (tab: Tab) => SyncEngine,
  ) {
    this.name = name
    this.actor = actor
    this.tablet = tablet
    this.connection = connection
    this.scheduler = scheduler
    this.engine = engine(this)
  }

  /** A call that waits at its gate and may never come back. */
  async call<T>(label: string, work: () => Promise<T>): Promise<T> {
    if (!(await this.scheduler.pass(this, label))) return never()
    try {
      const result = await this.scheduler.during(work)
      if (!this.dead) return result
    } catch (error) {
      if (!this.dead) throw error
    }
    return never()
  }

  /** Ends at once: nothing it still does takes effect beyond what is committed. */
  kill(): void {
    this.scheduler.note(`${this.name} dies`)
    this.scheduler.bury(this)
    this.connection.cut()
    this.tablet.close()
  }
}

export class Seat {
  readonly person: Person
  readonly name: string
  disk: Disk
  /** `wiped`: nobody uses it any more. */
  state: 'inUse' | 'closing' | 'wiped' = 'inUse'
  readonly clock: TabletTime
  readonly faults: Faults = { ...CALM }
  /** Forms the person has open. */
  readonly forms: Form[] = []
  /** Both tabs may sync at once. */
  readonly brokenLock: boolean
  private readonly around: Surroundings
  private live: Tab[] = []
  private lives = 0

  constructor(
    { person, name, disk, brokenLock }: Pick<Seat, 'person' | 'name' | 'disk' | 'brokenLock'>,
    around: Surroundings,
  ) {
    this.person = person
    this.name = name
    this.disk = disk
    this.brokenLock = brokenLock
    this.around = around
    this.clock = new TabletTime(around.time)
  }

  get tabs(): readonly Tab[] {
    this.live = this.live.filter(({ dead }) => !dead)
    return this.live
  }

  /** Opens the app in one more tab, which begins to sync. */
  async open(): Promise<void> {
    // Killed while it closed: the app begins as ever.
    if (this.state === 'closing' && this.tabs.length === 0) this.state = 'inUse'
    if (this.state !== 'inUse') return
    const { random, scheduler, newId } = this.around
    const actor = await this.around.actorOf(this.person.uid)
    this.lives += 1
    const connection = this.disk.connect()
    const tablet = await openTablet({
      actor,
      hash: sha256,
      newId,
      now: () => this.clock.iso(),
      nowMs: () => this.clock.nowMs(),
      // Another release of the app may have been here before.
      release: random.pick(['1', '2']),
      indexedDB: connection.indexedDB,
    })
    const replica = await tablet.replica()
    const tab = new Tab(
      { name: `${this.name}.${this.lives}`, actor, tablet, connection, scheduler },
      (self) => {
        const clock = this.clock.clockOf(self, random)
        const gatedReplica = gated(replica, self, (method) =>
          method === 'apply' ? this.around.applied(this) : Promise.resolve(),
        )
        const browserLock = this.disk.lock(self, { broken: this.brokenLock })
        const lock = createTabLock({ lock: browserLock, replica: gatedReplica, clock })
        return new SyncEngine({
          outbox: gated(tablet.outbox, self),
          replica: gatedReplica,
          transport: transportOver({
            ...this.around,
            caller: { uid: actor.uid, deviceId: asDeviceId(deviceIdOf(this.person)) },
            tab: self,
            faults: this.faults,
            received: (answer) => this.around.received(this, answer),
          }),
          clock,
          lock: {
            tryRun: async (work) => ((await scheduler.pass(self, 'lock')) ? lock.tryRun(work) : never()),
          },
          grant: {
            met: () => undefined,
            drained: () => Promise.resolve(true),
            ended: () => void this.end(self),
          },
        })
      },
    )
    this.live.push(tab)
    tab.engine.start()
  }

  /** Kills a tab where it stands, or in the middle of its next step. */
  async kill(tab: Tab): Promise<void> {
    const { random, scheduler } = this.around
    if (random.chance(0.7) && scheduler.release(tab))
      for (let turns = random.below(40); turns > 0; turns -= 1) await turn()
    if (random.chance(0.2)) this.disk.leak()
    tab.kill()
    await scheduler.settle()
  }

  /** The person may not use the tablet any more: as the app does, its views close, what is left is sent, and it is wiped. */
  private async end(tab: Tab): Promise<void> {
    if (this.state !== 'inUse') return
    this.state = 'closing'
    for (const other of this.tabs) if (other !== tab) other.kill()
    await tab.engine.sync()
    const left = await tab.call('queuedCount', () => tab.tablet.outbox.queuedCount())
    this.state = left > 0 ? 'inUse' : 'wiped'
    if (left > 0) return
    tab.kill()
    this.around.scheduler.note(`${this.name} is wiped`)
    this.disk = new Disk()
  }
}

/** A form a person has opened: what they saw in it. */
export interface Form {
  readonly id: string
  readonly stage: string
  readonly field: string
  readonly from: string
}

const sha256 = (text: string): Promise<string> =>
  Promise.resolve(createHash('sha256').update(text).digest('hex'))

/** The port, with a gate before each call; `after` is done within it. */
function gated<T extends object>(
  port: T,
  tab: Tab,
  after: (method: string) => Promise<void> = () => Promise.resolve(),
): T {
  return new Proxy(port, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method)
      if (typeof value !== 'function') return value
      const name = String(method)
      return (...args: unknown[]) =>
        tab.call(name, async () => {
          const result: unknown = await Reflect.apply(value, target, args)
          if (!tab.dead) await after(name)
          return result
        })
    },
  })
}
