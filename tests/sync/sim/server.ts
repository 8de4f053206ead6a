/** The server of the simulation: the real handlers on a real store, in a process that can die before or after a commit. */
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import type { Caller, Deps } from '../../../functions/src/handlers/context.ts'
import { type PullDeps, pull } from '../../../functions/src/handlers/pull.ts'
import { push } from '../../../functions/src/handlers/push.ts'
import { quarantine } from '../../../functions/src/handlers/quarantine.ts'
import { type SnapshotDeps, snapshot } from '../../../functions/src/handlers/snapshot.ts'
import { createPageCache } from '../../../functions/src/pageCache.ts'
import type { PartWriter } from '../../../functions/src/partWriter.ts'
import { type Snapshots, createSnapshots } from '../../../functions/src/snapshots.ts'
import type { ReadTx, Storage } from '../../../functions/src/storage/storage.ts'
import type { Since } from '../../../src/domain/patch.ts'
import { type Result, ok } from '../../../src/domain/result.ts'
import { quarantineProofText } from '../../../src/domain/session.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import { memoryBlobs } from '../../support/memoryBlobs.ts'
import { arrived, messageOf } from '../../support/pulling.ts'
import type { Mortal, Scheduler } from './scheduler.ts'
import { signText } from './syncCrypto.ts'
import type { Restore, World } from './world.ts'

/** Looks at every answer to a pull inside its snapshot. */
export type Witness = (tx: ReadTx, caller: Caller, answer: unknown) => Promise<void>
/** Looks at the text of every part that is sent. */
export type PartWitness = (tx: ReadTx, text: string) => Promise<void>

export type Path = 'push' | 'pull' | 'snapshot' | 'quarantine'

/** One request as it crosses the network: who calls, and the very text of the body. */
export interface Request {
  readonly path: Path
  readonly caller: Caller
  readonly text: string
  /** What the address of a pull says. */
  readonly since?: Since
}

/** Several pages a pull, so that tablets are cut off in the middle of a stream. */
const PAGE_LIMITS = { rows: 12, chars: 20_000 }

class ServerDown extends Error {
  override readonly name = 'ServerDown'
}

export class Server {
  /** Errors no person should ever cause. */
  readonly bugs: unknown[] = []
  /** What is wrong with requests. */
  readonly seen: string[] = []
  /** Keys of every receipt that may be in the store. */
  readonly receiptKeys = new Set<string>()
  /** By receipt key: what was sent under that number, by a tablet or its copy. */
  private readonly sentIds = new Map<string, Set<string>>()
  private readonly world: World
  private readonly scheduler: Scheduler
  private readonly witness: Witness
  private readonly partWitness: PartWitness
  private process: Mortal = { name: 'server1', dead: false }
  private processes = 1
  private readonly writers: (() => void)[] = []
  private writing = false
  private readonly blobs = memoryBlobs()
  private built = { process: this.process, pages: createPageCache() }
  private making: { readonly process: Mortal; readonly snapshots: Snapshots } | undefined

  /** Since the last backup something came into quarantine, from a tablet that is then wiped. */
  hasTakenOver = false

  constructor(
    world: World,
    { scheduler, witness, partWitness }: { scheduler: Scheduler; witness: Witness; partWitness: PartWitness },
  ) {
    this.partWitness = partWitness
    this.world = world
    this.scheduler = scheduler
    this.witness = witness
  }

  /** Handles one request; undefined when the process died over it. */
  async handle(request: Request): Promise<Result<unknown, Refusal> | undefined> {
    const { process } = this
    if (process.dead) return undefined
    this.noteSent(JSON.parse(request.text))
    try {
      const deps = this.depsOf(process, request.caller)
      const answer = await handlerOf(request)({
        ...deps,
        snapshots: this.snapshots(deps),
        pages: this.pages(),
        limits: PAGE_LIMITS,
      })
      if (request.path === 'quarantine' && answer.ok) {
        this.scheduler.count('taken into quarantine')
        this.hasTakenOver = true
      }
      if (request.path === 'snapshot' && answer.ok)
        await this.world.deps.storage.read((tx) => this.partWitness(tx, String(answer.value)))
      return process.dead ? undefined : answer
    } catch (error) {
      if (!(error instanceof ServerDown)) this.bugs.push(error)
      return undefined
    }
  }

  /** The process dies; what was not committed is undone. The next one stands at once. */
  async crash(): Promise<void> {
    this.stop()
    this.start()
    await this.scheduler.settle()
  }

  /** Puts back a backup; nobody is answered meanwhile. */
  async restore(restore: Restore): Promise<void> {
    this.stop()
    await this.scheduler.settle()
    this.scheduler.note(`restored ${await restore()}`)
    this.start()
    this.scheduler.count('restore')
  }

  private stop(): void {
    this.scheduler.note(`${this.process.name} dies`)
    this.scheduler.count('server restarted')
    this.scheduler.bury(this.process)
  }

  private start(): void {
    this.processes += 1
    this.process = { name: `server${this.processes}`, dead: false }
  }

  /** The server writes something of its own, when its turn comes. */
  byItself(write: () => Promise<void>): void {
    const note = (error: unknown): void => void this.bugs.push(error)
    void this.scheduler.during(() => this.alone(write)).catch(note)
  }

  /** One instance a process; what they make is kept for all. */
  private snapshots({ storage, now }: Deps): Snapshots {
    if (this.making?.process !== this.process) {
      const nowMs = (): number => Date.parse(now())
      const [{ blobs }, limits] = [this, { minRows: 1, pageRows: 3, partBytes: 1500 }]
      const snapshots = createSnapshots({ storage, blobs, nowMs, limits, openPart: openPlainPart })
      this.making = { process: this.process, snapshots }
    }
    return this.making.snapshots
  }

  private pages(): PullDeps['pages'] {
    if (this.built.process !== this.process) this.built = { process: this.process, pages: createPageCache() }
    return this.built.pages
  }

  private depsOf(process: Mortal, caller: Caller): Deps {
    const { storage } = this.world.deps
    const watched: Storage = {
      transact: (work) =>
        this.alone(() =>
          storage.transact(async (tx) => {
            const result = await work(tx)
            if (!this.world.local || (await this.scheduler.passWithin(process, 'commits'))) return result
            this.scheduler.count('server killed before a commit')
            throw new ServerDown()
          }),
        ),
      read: (work) =>
        storage.read(async (tx) => {
          const answer = await work(tx)
          await this.witness(tx, caller, answer)
          return answer
        }),
      scrub: () => storage.scrub(),
      close: () => storage.close(),
    }
    return { ...this.world.deps, storage: watched }
  }

  /** One transaction at a time, as the store has it; the scheduler does not wait for those that wait. */
  private async alone<T>(work: () => Promise<T>): Promise<T> {
    if (!this.world.local) return work()
    while (this.writing)
      await this.scheduler.aside(() => new Promise<void>((resolve) => void this.writers.push(resolve)))
    this.writing = true
    try {
      return await work()
    } finally {
      this.writing = false
      this.writers.shift()?.()
    }
  }

  /** [S3] An edit made offline builds on an earlier mutation of the same record. */
  private noteSent(body: unknown): void {
    const sent = v.safeParse(sentSchema, body)
    if (!sent.success) return
    const { clientId, mutations } = sent.output
    for (const { mid, id, base } of mutations) {
      const key = `${clientId}|${mid}`
      this.receiptKeys.add(key)
      this.sentIds.set(key, (this.sentIds.get(key) ?? new Set()).add(id))
      if (base.mid !== undefined && this.sentIds.get(`${clientId}|${base.mid}`)?.has(id) !== true)
        this.seen.push(`(f) ${key} of ${id} builds on mid ${base.mid}, which is of another record`)
    }
  }
}

const sentSchema = v.object({
  clientId: v.string(),
  mutations: v.array(
    v.object({ mid: v.number(), id: v.string(), base: v.object({ mid: v.optional(v.number()) }) }),
  ),
})

/** Not compressed: how long another thread takes must not decide who comes first. */
function openPlainPart(): PartWriter {
  let taken = ''
  return {
    sizeBytes: () => taken.length,
    write: (text) => Promise.resolve(void (taken += text)),
    end: () => Promise.resolve(new TextEncoder().encode(taken)),
  }
}

function handlerOf({
  path,
  caller,
  text,
  since = {},
}: Request): (deps: SnapshotDeps & PullDeps) => Promise<Result<unknown, Refusal>> {
  const body: unknown = JSON.parse(text)
  switch (path) {
    case 'push':
      return (deps) => push(deps, caller, body)
    case 'pull':
      return async (deps) => {
        const answer = await pull(deps, caller, { body, since: arrived(since) })
        return answer.ok ? ok(messageOf(answer.value)) : answer
      }
    case 'snapshot':
      return async (deps) => {
        const part = await snapshot(deps, caller, body)
        return part.ok ? ok(new TextDecoder().decode(part.value)) : part
      }
    case 'quarantine': {
      const { deviceId } = caller
      const proven = quarantineProofText(deviceId, createHash('sha256').update(text).digest('hex'))
      const proof = { text: proven, signature: signText(proven) }
      return (deps) => quarantine(deps, { deviceId, proof }, body)
    }
  }
}
