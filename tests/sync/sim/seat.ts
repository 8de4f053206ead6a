/** A person at a tablet: one disk, and the tabs that live and die on it. */
import { PACKS, type PackLimits } from '../../../src/db/packs.ts'
import { createHash } from 'node:crypto'
import { type Tablet, openTablet } from '../../../src/db/tablet.ts'
import type { Actor } from '../../../src/domain/actor.ts'
import { asDeviceId } from '../../../src/domain/ids.ts'
import { SyncEngine } from '../../../src/sync/engine.ts'
import { createTabLock } from '../../../src/sync/tabLock.ts'
import { type Connection, Disk } from './disk.ts'
import { type Faults, CALM, snapshotsOver, transportOver } from './network.ts'
import type { Random } from './random.ts'
import { type Release, releaseAfter } from './release.ts'
import { type Mortal, type Scheduler, never, turn } from './scheduler.ts'
import type { Server } from './server.ts'
import { type WorldTime, TabletTime } from './time.ts'
import { type Person, deviceIdOf } from './world.ts'

/** What every seat stands in. */
const NO_PACKS: PackLimits = { min: Infinity, rows: 1, perChange: 1, blockChars: 1 }
/** As the app has them, never made anew, seldom, and mostly. */
const SOME_PACKS: readonly PackLimits[] = [
  PACKS,
  { min: 1, rows: 2, perChange: 1, blockChars: 1 },
  { min: 2, rows: 3, perChange: 2, blockChars: 1500 },
  { min: 2, rows: 5, perChange: 8, blockChars: 700 },
]

export interface Surroundings {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly server: Server
  readonly time: WorldTime
  readonly newId: () => string
  /** Every answer that reached a tablet. */
  readonly received: (answer: unknown) => void
  /** A port has answered a tab, which still lives. */
  readonly done: (seat: Seat, call: Call) => Promise<void>
  /** The person as the server knows them now. */
  readonly actorOf: (uid: string) => Promise<Actor>
}

export interface Call {
  readonly method: string
  readonly args: readonly unknown[]
}

/** One life of the app on a tablet. */
export class Tab implements Mortal {
  dead = false
  readonly name: string
  readonly actor: Actor
  readonly tablet: Tablet
  readonly release: Release
  readonly engine: SyncEngine
  private readonly connection: Connection
  private readonly scheduler: Scheduler

  constructor(
    {
      name,
      actor,
      tablet,
      release,
      connection,
      scheduler,
    }: Pick<Tab, 'name' | 'actor' | 'tablet' | 'release'> & {
      connection: Connection
      scheduler: Scheduler
    },
    engine: (tab: Tab) => SyncEngine,
  ) {
    this.name = name
    this.actor = actor
    this.tablet = tablet
    this.release = release
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
    this.scheduler.count('tab killed')
    this.scheduler.bury(this)
    if (this.connection.cut()) this.scheduler.count('tab killed in a transaction')
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
  /** What the next tab is opened with. */
  release: Release
  private readonly around: Surroundings
  private live: Tab[] = []
  private lives = 0

  constructor(
    {
      person,
      name,
      disk,
      brokenLock,
      release,
    }: Pick<Seat, 'person' | 'name' | 'disk' | 'brokenLock' | 'release'>,
    around: Surroundings,
  ) {
    this.person = person
    this.name = name
    this.disk = disk
    this.brokenLock = brokenLock
    this.release = release
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
    const { random, scheduler } = this.around
    const { release } = this
    const connection = this.disk.connect(release)
    const tablet = await this.openTablet(connection)
    const { actor } = tablet
    this.disk.units.add(actor.unit)
    const replica = await tablet.tablet.replica()
    this.lives += 1
    const tab = new Tab(
      { name: `${this.name}.${this.lives}`, ...tablet, release, connection, scheduler },
      (self) => {
        const clock = this.clock.clockOf(self, random)
        const done = (call: Call): Promise<void> => this.around.done(this, call)
        const gatedReplica = gated(replica, self, done)
        const browserLock = this.disk.lock(self, { broken: this.brokenLock })
        const lock = createTabLock({ lock: browserLock, replica: gatedReplica, clock })
        const line = {
          ...this.around,
          caller: { uid: actor.uid, deviceId: asDeviceId(deviceIdOf(this.person)) },
          tab: self,
          faults: this.faults,
        }
        return new SyncEngine({
          outbox: gated(tablet.tablet.outbox, self, done),
          replica: gatedReplica,
          transport: transportOver(line),
          snapshots: snapshotsOver(line),
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
    if (this.live.length > 1) scheduler.count(this.brokenLock ? 'two tabs sync at once' : 'two tabs')
    if (this.tabs.some((other) => other.release !== release)) scheduler.count('two releases in two tabs')
    tab.engine.start()
  }

  private async openTablet(connection: Connection): Promise<Pick<Tab, 'actor' | 'tablet'>> {
    const { random, newId, actorOf } = this.around
    const actor = await actorOf(this.person.uid)
    const tablet = await openTablet({
      actor,
      hash: sha256,
      newId,
      now: () => this.clock.iso(),
      nowMs: () => this.clock.nowMs(),
      // Another build of the app may have been here before.
      release: random.pick(['1', '2']),
      // The first release knew none, and packs of many rows would never come about here.
      packs: this.release === 'first' ? NO_PACKS : random.pick(SOME_PACKS),
      indexedDB: connection.indexedDB,
    })
    return { actor, tablet }
  }

  /** The next release of the app comes, beside the tabs of the one before or in their place. */
  async upgrade(): Promise<void> {
    const { random, scheduler } = this.around
    if (this.state !== 'inUse' || this.release === 'next') return
    const first = this.release === 'first'
    if (first || random.chance(0.6)) for (const tab of this.tabs) tab.kill()
    if (first) this.disk = await this.disk.asLeftByTheFirstRelease(this.person.uid)
    this.release = releaseAfter(this.release)
    while (random.chance(0.5)) await this.openAndDie()
    await this.open()
    scheduler.count('schema upgraded')
  }

  /** The app is killed while it opens the database. */
  private async openAndDie(): Promise<void> {
    const { random, scheduler } = this.around
    const connection = this.disk.connect(this.release)
    const opening = this.openTablet(connection).then(
      ({ tablet }) => tablet.close(),
      () => undefined,
    )
    for (let turns = random.below(4); turns > 0; turns -= 1) await turn()
    if (connection.cut()) scheduler.count('killed in an upgrade')
    // What it had begun comes to nothing.
    for (let turns = 50; turns > 0; turns -= 1) await turn()
    void opening
  }

  /** Kills a tab where it stands, or in the middle of its next step. */
  async kill(tab: Tab): Promise<void> {
    const { random, scheduler } = this.around
    if (random.chance(0.7)) scheduler.release(tab)
    for (let turns = random.below(8); turns > 0; turns -= 1) await turn()
    if (random.chance(0.4) && this.disk.leak()) scheduler.count('lock leaked')
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
    this.around.scheduler.count('tablet wiped')
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

const sha256 = (content: string | Uint8Array): Promise<string> =>
  Promise.resolve(createHash('sha256').update(content).digest('hex'))

/** The port, with a gate before each call; `after` is done within it. */
function gated<T extends object>(port: T, tab: Tab, after: (call: Call) => Promise<void>): T {
  return new Proxy(port, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method)
      if (typeof value !== 'function') return value
      const name = String(method)
      return (...args: unknown[]) =>
        tab.call(name, async () => {
          const result: unknown = await Reflect.apply(value, target, args)
          if (!tab.dead) await after({ method: name, args })
          return result
        })
    },
  })
}
