/**
 * The tablet's sync engine [S5]–[S13], [S19]–[S22]: pushes what is queued, then pulls what is new, one tab at a time.
 * No DOM, no Vue: it drives ports. It never throws at its caller; what goes wrong becomes the status.
 */
import type { Stream } from '../domain/actor.ts'
import { PROTOCOL_VERSION, MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS } from '../domain/wire.ts'
import { statusOfError, statusOfFailure } from './failures.ts'
import { createHandOver } from './handOver.ts'
import type {
  BegunPull,
  Clock,
  Grant,
  Lock,
  Outbox,
  OutboxEntry,
  Place,
  Replica,
  SnapshotSource,
  Transport,
  TransportError,
} from './ports.ts'
import { Rounds } from './rounds.ts'
import { Schedule } from './schedule.ts'
import { createSnapshotStart } from './snapshotStart.ts'
import type { SyncStatus } from './status.ts'
import { Stop, type StopSignal } from './stop.ts'
import { type Run, Watchdog } from './watchdog.ts'

export interface EnginePorts {
  readonly outbox: Outbox
  readonly replica: Replica
  readonly transport: Transport
  readonly clock: Clock
  readonly lock: Lock
  readonly grant?: Grant
  /** Absent where every row is pulled. */
  readonly snapshots?: SnapshotSource
}

/** The push body's envelope is small; this leaves room for it within MAX_PUSH_BYTES. */
const BATCH_BYTES = MAX_PUSH_BYTES - 4096

/** More rounds than this in one run means that tablet and server disagree for good; better to stop and say so. */
const MAX_ROUNDS = 10_000

/** Push and pull this often in one run at most; the timer goes on from there. */
const MAX_EXCHANGES = 5

interface Stopped {
  readonly type: 'stopped'
  readonly error: TransportError
}
type Outcome = { readonly type: 'done' } | Stopped
const DONE: Outcome = { type: 'done' }
/** Hung, or taken over by another tab: as if the network had been too slow. */
const ABANDONED: Stopped = { type: 'stopped', error: { type: 'timeout' } }
/** What a whole exchange leaves queued. */
type Exchanged = { readonly type: 'done'; readonly queued: number } | Stopped

export class SyncEngine {
  private readonly ports: EnginePorts
  private readonly schedule: Schedule
  private readonly watchdog: Watchdog
  private readonly listeners = new Set<(status: SyncStatus) => void>()
  private current: SyncStatus = { type: 'sending' }
  private readonly rounds = new Rounds(() => this.round(), { open: false })
  private online = true
  /** Breaks the running sync off. */
  private underWay: Stop | undefined
  private batchLimit = MAX_PUSH_MUTATIONS
  private readonly handOver: ReturnType<typeof createHandOver>
  private readonly startFromSnapshot: ReturnType<typeof createSnapshotStart>
  /** Server clock minus tablet clock in ms at the last answer; undefined before the first [S2]. */
  clockSkewMs: number | undefined

  constructor(ports: EnginePorts) {
    this.ports = ports
    this.schedule = new Schedule(ports.clock, () => void this.sync())
    this.handOver = createHandOver(ports)
    this.startFromSnapshot = createSnapshotStart(ports)
    this.watchdog = new Watchdog(ports.clock)
  }

  get status(): SyncStatus {
    return this.current
  }

  /** Calls back with every new status; the answer unsubscribes. */
  onStatus(listener: (status: SyncStatus) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** Begins to sync by itself [S6]. */
  start(): void {
    this.rounds.begin()
    void this.showStart().then(() => this.sync())
  }

  /** 「すべて送信済み」 is not said before the first sync of an empty tablet has ended. */
  private async showStart(): Promise<void> {
    const started = await this.ports.replica.isStarted().catch(() => false)
    if (!this.online || started) await this.showCounted(this.online ? 'pending' : 'offline')
  }

  /** Ends syncing; a running sync is broken off, as when the network goes. */
  async stop(): Promise<void> {
    const ended = this.rounds.end()
    this.underWay?.now()
    await ended
    this.schedule.cancel()
  }

  /** The network is said to have come or gone. A wrong "online" does no harm: the next attempt tells. */
  setOnline(online: boolean): void {
    this.online = online
    if (online) void this.sync()
    else void this.showCounted('offline')
  }

  /** Something was saved: show it and send it. */
  saved(): void {
    void this.showCounted(this.online ? 'pending' : 'offline').then(() => this.sync())
  }

  /** Syncs now, or again right after the running sync. Resolves when that is done. */
  sync(): Promise<void> {
    return this.rounds.run()
  }

  private async round(): Promise<void> {
    try {
      const ran = await this.ports.lock.tryRun((lost) => this.run(lost))
      if (ran) return
    } catch (error) {
      return this.fail(error)
    }
    await this.showCounted(this.online ? 'pending' : 'offline')
    this.schedule.next('idle')
  }

  /** A failing database or a bug: the outbox keeps everything; the person sees that sending does not work [S7]. */
  private async fail(error: unknown): Promise<void> {
    await this.show(statusOfError(error))
    this.schedule.next('failed')
  }

  private async run(lost?: StopSignal): Promise<void> {
    this.schedule.cancel()
    const stop = new Stop()
    lost?.onStop(() => stop.now())
    this.underWay = stop
    const run = this.watchdog.watch(stop)
    let outcome: Exchanged
    try {
      outcome = await stop.race(this.exchangeOrHandOver(run), ABANDONED)
    } catch (error) {
      return await this.fail(error)
    } finally {
      run.end()
    }
    if (outcome.type === 'done') {
      await this.showCount('pending', outcome.queued)
      this.schedule.next('idle')
    } else {
      await this.showFailure(outcome.error)
      this.schedule.next('failed')
    }
  }

  private async exchangeOrHandOver(run: Run): Promise<Exchanged> {
    const outcome = await this.exchange(run)
    if (outcome.type === 'stopped')
      await this.handOver(outcome.error, async () => (await this.push(run, 'quarantine')).type === 'done')
    return outcome
  }

  /** Push, pull, and again while the pull has shown something to send: a restored server, or a record that was waited for. */
  private async exchange(run: Run): Promise<Exchanged> {
    let pulled: Exchanged = { type: 'done', queued: 0 }
    const { replica } = this.ports
    for (let round = 0; round < MAX_EXCHANGES; round += 1) {
      // Mostly nothing comes before the pull: then one look at the database will do.
      let begun = await replica.beginPullIfIdle()
      if (begun === undefined) {
        const pushed = await this.push(run, 'push')
        if (pushed.type === 'stopped') return pushed
        await this.startFromSnapshot(run, (progress) => this.show({ type: 'loading', ...progress }))
        begun = await replica.beginPull()
      }
      pulled = await this.pull(run, begun)
      if (pulled.type === 'stopped' || pulled.queued === 0) break
    }
    return pulled
  }

  /**
   * A server with another epoch was restored from a backup [S22]: it may have forgotten mutations it acknowledged. It is
   * asked once per epoch how far it knows this tablet; everything held is sent again, which it takes or recognises.
   */
  private async askWhatIsKnown(run: Run, epoch: string): Promise<Exchanged> {
    const { outbox, replica, transport } = this.ports
    for (const clientId of await outbox.answeredClients()) {
      const place = await replica.place()
      const answer = await transport.pull({ protocol: PROTOCOL_VERSION, clientId, ...place }, run.stop)
      run.step()
      if (!answer.ok) return { type: 'stopped', error: answer.error }
      await outbox.sendAgain(clientId, answer.value.lmid)
    }
    await replica.noteEpoch(epoch)
    return { type: 'done', queued: await outbox.queuedCount() }
  }

  private async push(run: Run, way: 'push' | 'quarantine'): Promise<Outcome> {
    const { outbox, transport } = this.ports
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const batch = await outbox.nextBatch({ mutations: this.batchLimit, bytes: BATCH_BYTES })
      const first = batch[0]
      if (first === undefined) return DONE
      // A queue that stands still goes on saying so until something gets through.
      if (this.current.type !== 'stalled') await this.show({ type: 'sending' })
      const { clientId } = first
      const mutations = batch.map(({ mutation }) => mutation)
      const answer = await transport[way]({ protocol: PROTOCOL_VERSION, clientId, mutations }, run.stop)
      run.step()
      if (!answer.ok) {
        if (this.shrinkBatch(answer.error, batch)) continue
        if (answer.error.type === 'refused' && answer.error.refusal.type === 'foreignClient') {
          await outbox.renumberFrom(clientId, first.mid)
          continue
        }
        return { type: 'stopped', error: answer.error }
      }
      switch (answer.value.type) {
        case 'receipts':
          if (way === 'push') this.noteServerTime(answer.value.serverTime)
          await outbox.settle(clientId, answer.value.receipts)
          this.watchdog.noteReceipts()
          this.batchLimit = Math.min(MAX_PUSH_MUTATIONS, this.batchLimit * 2)
          break
        case 'gap':
          await outbox.sendAgain(clientId, answer.value.lmid)
          break
        case 'clientIdReused':
          await outbox.settle(clientId, answer.value.receipts)
          await outbox.renumberFrom(clientId, answer.value.mid, {
            after: first.mid + batch.length - 1,
            upTo: answer.value.lmid,
          })
          break
      }
    }
    throw new Error('push did not come to rest')
  }

  /** A batch too large for the server, or for a thin network, is halved [S8]; it grows again with every success. */
  private shrinkBatch(error: TransportError, batch: readonly OutboxEntry[]): boolean {
    const tooLarge = error.type === 'refused' && error.refusal.type === 'tooLarge'
    if ((!tooLarge && error.type !== 'timeout') || batch.length <= 1) return false
    this.batchLimit = Math.max(1, Math.floor(batch.length / 2))
    return true
  }

  private async pull(run: Run, { pull, cursors, since }: BegunPull): Promise<Exchanged> {
    const { replica, transport } = this.ports
    let place: Place = { cursors, since }
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      // How far the server knows this tablet is asked by itself, when it matters; it costs the server a read.
      const answer = await transport.pull({ protocol: PROTOCOL_VERSION, clientId: null, ...place }, run.stop)
      run.step()
      if (!answer.ok) return { type: 'stopped', error: answer.error }
      this.noteServerTime(answer.value.serverTime)
      const applied = await replica.apply(answer.value, pull)
      if (applied.type === 'whole') {
        const { newEpoch, queued } = applied
        return newEpoch === undefined ? { type: 'done', queued } : this.askWhatIsKnown(run, newEpoch)
      }
      if (applied.type === 'wrong' && !(await this.restartAll(applied.streams)))
        return { type: 'stopped', error: { type: 'malformed' } }
      place = await replica.place()
    }
    throw new Error('pull did not come to rest')
  }

  /** Starts wrong streams over, each at most once an hour; false when one was already [S22]. */
  private async restartAll(streams: readonly Stream[]): Promise<boolean> {
    let all = true
    for (const stream of streams) all = (await this.ports.replica.restart(stream)) && all
    return all
  }

  private noteServerTime(serverTime: string): void {
    this.clockSkewMs = Date.parse(serverTime) - this.ports.clock.nowMs()
    this.ports.grant?.met(serverTime)
  }

  private async showCounted(type: 'pending' | 'offline'): Promise<void> {
    const count = await this.ports.outbox.queuedCount().catch(() => undefined)
    if (count !== undefined) await this.showCount(type, count)
  }

  private async showCount(type: 'pending' | 'offline', count: number): Promise<void> {
    const standsStill = this.watchdog.standsStill(count, type === 'pending')
    if (standsStill) await this.show({ type: 'stalled', count })
    else if (type === 'offline') await this.show({ type: 'offline', count })
    else await this.show(count === 0 ? { type: 'allSent' } : { type: 'pending', count })
  }

  private async showFailure(error: TransportError): Promise<void> {
    const status = statusOfFailure(error)
    return typeof status === 'string' ? this.showCounted(status) : this.show(status)
  }

  private show(status: SyncStatus): Promise<void> {
    this.current = status
    for (const listener of this.listeners) listener(status)
    return Promise.resolve()
  }
}
