/**
 * Interleaves everything that goes on at once. Each call of a port waits at a gate until the seed lets it pass; what was let
 * through runs until it has come to the next gate. Nothing depends on time, so that a seed replays step by step.
 */
import type { Happening } from './happenings.ts'
import type { Random } from './random.ts'

/** What can die while it waits: a tab, a server process. */
export interface Mortal {
  readonly name: string
  dead: boolean
}

interface Gate {
  readonly owner: Mortal
  readonly label: string
  readonly open: () => void
}

/** More turns of the event loop for one step mean that something hangs. */
const MOST_TURNS = 3_000_000

/** Answers in the next turn of the event loop, after everything that is ready. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** What a killed tab gets: no answer, ever. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

export class Scheduler {
  /** Every gate passed and everything noted, in order. */
  readonly trace: string[] = []
  /** How often what happened. */
  readonly happened = new Map<Happening, number>()
  private waiting: Gate[] = []
  private running = 0
  private readonly random: Random
  private parkChance: number

  /** `parkChance`: how often a call waits at its gate at all; the smaller, the coarser the interleaving. */
  constructor(random: Random, parkChance: number) {
    this.random = random
    this.parkChance = parkChance
  }

  note(text: string): void {
    this.trace.push(text)
  }

  count(happening: Happening): void {
    this.happened.set(happening, (this.happened.get(happening) ?? 0) + 1)
  }

  /** Waits at a gate; answers false when the owner has died meanwhile. */
  async pass(owner: Mortal, label: string): Promise<boolean> {
    if (!owner.dead && this.random.chance(this.parkChance))
      await new Promise<void>((open) => void this.waiting.push({ owner, label, open }))
    if (!owner.dead) this.note(`${owner.name} ${label}`)
    return !owner.dead
  }

  /** Waits at a gate in the middle of work that counts as running. */
  async passWithin(owner: Mortal, label: string): Promise<boolean> {
    return this.aside(() => this.pass(owner, label))
  }

  /** Work that `settle` waits for. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.running += 1
    try {
      return await work()
    } finally {
      this.running -= 1
    }
  }

  /** Waits within running work for something that only another step can bring. */
  async aside<T>(wait: () => Promise<T>): Promise<T> {
    this.running -= 1
    try {
      return await wait()
    } finally {
      this.running += 1
    }
  }

  get gates(): number {
    return this.waiting.length
  }

  /** Lets one through; answers whether there was one. `owner` = only one of theirs. */
  release(owner?: Mortal): boolean {
    const open = this.waiting.filter((gate) => owner === undefined || gate.owner === owner)
    if (open.length === 0) return false
    const gate = this.random.pick(open)
    this.waiting = this.waiting.filter((other) => other !== gate)
    gate.open()
    return true
  }

  /** What the dead one had waiting goes on, and finds that it is dead. */
  bury(owner: Mortal): void {
    owner.dead = true
    const gates = this.waiting.filter((gate) => gate.owner === owner)
    this.waiting = this.waiting.filter((gate) => gate.owner !== owner)
    for (const gate of gates) gate.open()
  }

  /** From now on nothing waits any more. */
  openAll(): void {
    this.parkChance = 0
    for (const gate of this.waiting.splice(0)) gate.open()
  }

  /** Waits until everything that was let through has come to a gate or to its end. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < MOST_TURNS; turns += 1) {
      await turn()
      if (this.running > 0) continue
      await turn()
      if (this.running <= 0) return
    }
    throw new Error('a step of the simulation did not come to rest')
  }
}
