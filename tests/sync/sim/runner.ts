/** Runs one seed: a random world, everything that can go wrong, then healing and judgement. */
import * as v from 'valibot'
import { actorOf } from '../../../src/domain/types/member.ts'
import { receiptSchema } from '../../../src/domain/wire.ts'
import type { Actor } from '../../../src/domain/actor.ts'
import { uuidv7 } from '../../../src/domain/ids.ts'
import { act } from './actions.ts'
import { indiscretions, indiscretionsOfPart } from './audience.ts'
import type { Happening } from './happenings.ts'
import { Disk } from './disk.ts'
import { CALM, badNetwork } from './network.ts'
import { Oracle } from './oracle.ts'
import { type Random, seeded } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { RELEASES } from './release.ts'
import { type Call, type Surroundings, Seat } from './seat.ts'
import { Server } from './server.ts'
import { withSyncCrypto } from './syncCrypto.ts'
import { tabletProblems } from './tabletProblems.ts'
import { WorldTime } from './time.ts'
import { type Person, type World, CAST, bySystem, deviceIdOf, enrolAll, openSimWorld } from './world.ts'

/** After the faults have stopped, every queue is empty and every replica equal when each tablet's timer has fired this often. */
const HEALING_ROUNDS = 5
/** What a tablet's idle timer takes in that time counts as hours, so that hourly pauses end. */
const ROUND_MS = 2 * 60 * 60 * 1000

const MOST_SEATS = 8
const MOST_RESTORES = 2
const MOST_TABS = 2

export interface Outcome {
  /** Every gate passed, in order; equal for equal seeds. */
  readonly trace: readonly string[]
  /** What is wrong; empty when nothing is. */
  readonly violations: readonly string[]
  readonly savedCount: number
  readonly happened: Readonly<Partial<Record<Happening, number>>>
}

/** Runs a seed to its end. Throws only for a fault of the simulation itself. */
export async function simulate(seed: number, { brief = false } = {}): Promise<Outcome> {
  // Loaded beforehand: how long that takes must not decide who comes first.
  await Promise.all([import('../../../src/db/outbox.ts'), import('../../../src/db/shown.ts')])
  return withSyncCrypto(() => run(seed, { brief }))
}

async function run(seed: number, { brief }: { brief: boolean }): Promise<Outcome> {
  const random = seeded(seed)
  const world = await openSimWorld()
  try {
    const simulation = new Simulation(world, random)
    await simulation.begin()
    const steps = brief ? 60 : 150 + random.below(350)
    for (let step = 0; step < steps; step += 1) await simulation.step()
    await simulation.heal()
    const violations = await simulation.judge()
    simulation.end()
    const { trace, happened } = simulation.scheduler
    const { savedCount } = simulation.oracle
    return { trace, violations, savedCount, happened: Object.fromEntries(happened) }
  } finally {
    await world.close()
  }
}

/** What `settle` of the outbox is given. */
const settleSchema = v.tuple([v.string(), v.array(receiptSchema)])

class Simulation {
  readonly scheduler: Scheduler
  readonly oracle: Oracle
  private readonly world: World
  private readonly random: Random
  private readonly time: WorldTime
  private readonly server: Server
  private readonly around: Surroundings
  private readonly people: readonly Person[]
  private readonly seats: Seat[] = []
  private texts = 0
  private ids = 0
  private restores = 0
  private backedUp = false
  private cloned = false

  constructor(world: World, random: Random) {
    this.world = world
    this.random = random
    this.scheduler = new Scheduler(random, random.pick([0.05, 0.2, 0.5, 1]))
    this.oracle = new Oracle((happening) => this.scheduler.count(happening))
    this.time = new WorldTime(random)
    this.people = CAST.slice(0, 2 + random.below(MOST_SEATS - 1))
    this.server = new Server(world, {
      scheduler: this.scheduler,
      witness: async (tx, caller, answer) => {
        const told = await indiscretions(tx, caller, answer)
        this.oracle.seen.push(...told.map((text) => `(d) ${text}`))
      },
      partWitness: async (tx, part) => {
        const told = await indiscretionsOfPart(tx, part)
        this.oracle.seen.push(...told.map((text) => `(d) ${text}`))
      },
    })
    this.around = {
      random,
      scheduler: this.scheduler,
      server: this.server,
      time: this.time,
      newId: () => this.newId(),
      received: (answer) => this.oracle.received(answer),
      done: (seat, call) => this.lookAt(seat, call),
      actorOf: (uid) => this.actorOf(uid),
    }
  }

  async begin(): Promise<void> {
    await enrolAll(this.world, this.people)
    for (const person of this.people)
      await this.sit({ person, disk: new Disk(), release: this.random.pick(RELEASES) })
  }

  private async sit(at: Pick<Seat, 'person' | 'disk' | 'release'>): Promise<void> {
    const name = `${at.person.uid}${at.person.tablet}${String.fromCharCode(97 + this.seats.length)}`
    const seat = new Seat({ ...at, name, brokenLock: this.random.chance(0.25) }, this.around)
    this.seats.push(seat)
    await seat.open()
    await this.scheduler.settle()
  }

  async step(): Promise<void> {
    const what = this.random.weighed({
      release: 60,
      act: 32,
      timer: 4,
      button: 2,
      network: 2.5,
      open: 2,
      kill: 2.5,
      clock: 0.7,
      crash: 1.2,
      backUp: 1,
      restore: 0.6,
      clone: 0.3,
      upgrade: 0.8,
      move: 0.5,
      grant: 0.7,
    })
    await this.faults[what]()
    await this.scheduler.settle()
  }

  private readonly faults = {
    release: (): void => {
      for (let count = this.random.pick([1, 1, 1, 2, 4]); count > 0; count -= 1) this.scheduler.release()
    },
    act: (): void => this.letAct(this.random.pick(this.seats)),
    timer: (): void => void this.time.fireOne(),
    button: (): void => {
      const tab = this.anyTab()
      if (tab !== undefined) void tab.engine.sync()
    },
    network: (): void => {
      const seat = this.random.pick(this.seats)
      Object.assign(seat.faults, badNetwork(this.random))
      for (const tab of seat.tabs) tab.engine.setOnline(seat.faults.online)
    },
    open: async (): Promise<void> => {
      const seat = this.random.pick(this.seats)
      if (seat.tabs.length < MOST_TABS) await seat.open()
    },
    kill: async (): Promise<void> => {
      const seat = this.random.pick(this.seats)
      const [tab] = seat.tabs
      if (this.random.chance(0.5)) this.letAct(seat)
      if (tab !== undefined) await seat.kill(tab)
    },
    clock: (): void => {
      const kind = this.random.pick(this.seats).clock.disturb(this.random)
      if (kind !== 'right') this.scheduler.count(kind === 'off' ? 'clock off' : 'clock stands still')
    },
    upgrade: () => this.random.pick(this.seats).upgrade(),
    crash: async (): Promise<void> => {
      if (this.world.local) await this.server.crash()
    },
    backUp: (): void => {
      if (this.world.backUp === undefined) return
      this.world.backUp()
      this.backedUp = true
      this.server.hasTakenOver = false
      this.scheduler.count('backup')
    },
    restore: async (): Promise<void> => {
      const { restore } = this.world
      // What a wiped tablet had brought, nobody can bring again.
      const wiped = this.server.hasTakenOver || this.seats.some(({ state }) => state !== 'inUse')
      if (restore === undefined || !this.backedUp || wiped || this.restores === MOST_RESTORES) return
      this.restores += 1
      await this.server.restore(restore)
    },
    clone: async (): Promise<void> => {
      if (this.cloned) return
      this.cloned = true
      const { person, disk, release, state } = this.random.pick(this.seats)
      if (state !== 'inUse') return
      await this.sit({ person, disk: await disk.copy(person.uid), release })
      this.scheduler.count('tablet copied')
    },
    move: (): void => {
      const { uid, unit } = this.random.pick(this.people)
      const set = { unit: this.random.pick([unit, 'osaki', 'kameido']) }
      this.scheduler.count('person moved')
      this.server.byItself(() => bySystem(this.world, 'member', uid, { op: 'edit', set }))
    },
    grant: (): void => {
      const set = { stage: this.random.pick(['active', 'active', 'revoked']) }
      const id = deviceIdOf(this.random.pick(this.people))
      if (set.stage === 'revoked') this.scheduler.count('tablet revoked')
      this.server.byItself(() => bySystem(this.world, 'device', id, { op: 'edit', set }))
    },
  } as const

  private anyTab() {
    const tabs = this.seats.flatMap((seat) => seat.tabs)
    return tabs.length === 0 ? undefined : this.random.pick(tabs)
  }

  private letAct(seat: Seat): void {
    if (seat.tabs.length === 0 || seat.state !== 'inUse') return
    const tab = this.random.pick(seat.tabs)
    const desk = {
      seat,
      tab,
      random: this.random,
      newId: () => this.newId(),
      newText: () => `第${(this.texts += 1)}文。`,
      saved: (entry: Parameters<Oracle['saved']>[1]) => this.oracle.saved(seat, entry),
    }
    void act(desk).catch((error: unknown) => this.oracle.seen.push(`${tab.name} failed: ${String(error)}`))
  }

  private async lookAt(seat: Seat, { method, args }: Call): Promise<void> {
    if (method === 'apply' || method === 'applySnapshot')
      this.oracle.seen.push(...(await tabletProblems(seat)))
    const answered = v.safeParse(settleSchema, args)
    if (method !== 'settle' || !answered.success || seat.tabs.length > 1) return
    const [clientId, receipts] = answered.output
    await this.oracle.stillListed(seat, { clientId, receipts })
  }

  private async actorOf(uid: string): Promise<Actor> {
    const doc = await this.world.deps.storage.read((tx) => tx.get('records', uid))
    const actor = doc === undefined ? undefined : actorOf(doc.record)
    if (actor === undefined) throw new Error(`${uid} is nobody`)
    return actor
  }

  private newId(): string {
    this.ids += 1
    const bytes = new Uint8Array(10)
    new DataView(bytes.buffer).setUint32(6, this.ids)
    return uuidv7(1_700_000_000_000 + this.ids, bytes)
  }

  /** The faults stop, and time goes on. */
  async heal(): Promise<void> {
    this.scheduler.note('healing')
    this.scheduler.openAll()
    await this.scheduler.settle()
    for (const person of this.people) {
      if (this.random.chance(0.5)) continue
      await bySystem(this.world, 'device', deviceIdOf(person), { op: 'edit', set: { stage: 'active' } })
    }
    for (const { faults, clock } of this.seats) {
      Object.assign(faults, CALM)
      clock.unfreeze()
    }
    for (const seat of this.seats) {
      if (seat.tabs.length === 0) await seat.open()
      for (const { engine } of seat.tabs) engine.setOnline(true)
    }
    await this.scheduler.settle()
    for (let round = 0; round < HEALING_ROUNDS; round += 1) {
      this.time.nowMs += ROUND_MS
      this.time.fireAll()
      await this.scheduler.settle()
    }
  }

  async judge(): Promise<string[]> {
    const { server, world, people, oracle } = this
    const seats = this.seats.filter(({ state }) => state !== 'wiped')
    const actors = new Map<string, Actor>()
    for (const { uid } of people) actors.set(uid, await this.actorOf(uid))
    const receiptKeys = [...server.receiptKeys]
    const judged = await world.deps.storage.read((tx) => oracle.judge(tx, { seats, actors, receiptKeys }))
    return [...server.bugs.map((bug) => `the server failed: ${String(bug)}`), ...server.seen, ...judged]
  }

  end(): void {
    for (const tab of this.seats.flatMap(({ tabs }) => tabs)) tab.kill()
  }
}
