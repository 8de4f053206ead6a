/** Fetches a snapshot's part and makes its packs beside the page, so that nothing stutters; in the page where no worker comes up. */
import { SnapshotReader } from './db/snapshotReader.ts'
import { type Result, err } from './domain/result.ts'
import { PROTOCOL_VERSION } from './domain/wire.ts'
import type { AuthHeaders } from './sync/peoplePorts.ts'
import type { SnapshotPiece, TransportError } from './sync/ports.ts'
import type { PartAnswer, PartOrder } from './snapshotPart.worker.ts'
import { type FetchPart, type PartRequest, readPart } from './transport/snapshot.ts'

type Take = Parameters<FetchPart>[1]
type Stop = Parameters<FetchPart>[2]
type Answer = Awaited<ReturnType<FetchPart>>

export const fetchPart: FetchPart = async (asked, take, stop) =>
  (await partFor(asked).hand(take, stop)) ?? readPart(new SnapshotReader(), asked, take, stop)

/** The part that somebody will most likely ask for: its worker is coming up, or it is on its way. */
let early: Part | undefined

/** Before it is known who will ask. */
export function wakeEarly(): void {
  if (early?.hasFailed === true) dropEarly()
  early ??= new Part()
}

/** Asks for the first part of all, which a tablet that holds nothing needs, as soon as there are credentials for it. */
export async function askEarly(credentials: Promise<Result<AuthHeaders, unknown>>): Promise<void> {
  wakeEarly()
  const part = early
  const headers = await credentials
  if (early !== part || !headers.ok) return
  part?.ask({ request: { protocol: PROTOCOL_VERSION, cursors: {} }, headers: headers.value })
}

/** Nobody will ask for it. */
export function dropEarly(): void {
  early?.end()
  early = undefined
}

function partFor(asked: PartRequest): Part {
  if (early?.isGoodFor(asked) !== true) dropEarly()
  const part = early ?? new Part()
  early = undefined
  part.ask(asked)
  return part
}

/** Undefined where the browser makes none, which it may say by throwing. */
function startWorker(): Worker | undefined {
  try {
    return new Worker(new URL('./snapshotPart.worker.ts', import.meta.url), { type: 'module' })
  } catch {
    return undefined
  }
}

/** A part on its way through a worker. What comes before somebody takes it waits; of a long part no more than a few MB come. */
class Part {
  private readonly worker = startWorker()
  private isUp = false
  private asked: PartRequest | undefined
  private pieces: SnapshotPiece[] = []
  /** No more will come; `answer` is undefined where the worker did not come up. */
  private over: { readonly answer: Answer | undefined } | undefined
  private wake = (): void => undefined

  constructor() {
    if (this.worker === undefined) this.over = { answer: undefined }
    this.worker?.addEventListener('message', ({ data }: MessageEvent<PartAnswer>) => {
      this.isUp = true
      if (data.type === 'piece') this.pieces.push(data.piece)
      else this.over = { answer: data.result }
      this.wake()
    })
    this.worker?.addEventListener('error', () =>
      this.breakOff(this.isUp ? err({ type: 'offline' }) : undefined),
    )
  }

  /** Nothing else was asked, nor with others' credentials. */
  isGoodFor(asked: PartRequest): boolean {
    if (this.hasFailed) return false
    return this.asked === undefined || JSON.stringify(this.asked) === JSON.stringify(asked)
  }

  /** The worker did not come up, or something has gone wrong on the way; a refusal is an answer. */
  get hasFailed(): boolean {
    if (this.over === undefined) return false
    const { answer } = this.over
    return answer === undefined || (!answer.ok && answer.error.type !== 'refused')
  }

  /** Asks once. */
  ask(asked: PartRequest): void {
    if (this.asked !== undefined) return
    this.asked = asked
    this.order({ type: 'fetch', asked })
  }

  /** Hands over what comes; what has come while the last was taken goes together. Undefined when the worker did not come up. */
  async hand(take: Take, stop: Stop): Promise<Answer | undefined> {
    stop?.onStop(() => this.breakOff(err({ type: 'timeout' })))
    for (;;) {
      const { pieces } = this
      this.pieces = []
      if (pieces.length > 0) {
        await take(pieces).catch(() => this.breakOff(err({ type: 'offline' })))
        this.order({ type: 'taken', pieces: pieces.length })
      } else if (this.over === undefined) {
        await new Promise<void>((resolve) => (this.wake = resolve))
      } else {
        this.end()
        return this.over.answer
      }
    }
  }

  end(): void {
    this.worker?.terminate()
  }

  /** What has come and is not taken yet is left. */
  private breakOff(answer: Result<void, TransportError> | undefined): void {
    this.end()
    this.pieces = []
    this.over = { answer }
    this.wake()
  }

  private order(order: PartOrder): void {
    this.worker?.postMessage(order)
  }
}
