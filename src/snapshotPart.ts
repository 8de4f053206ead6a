/** Fetches a snapshot's part and makes its packs beside the page, so that nothing stutters; in the page where no worker comes up. */
import { SnapshotReader } from './db/snapshotReader.ts'
import { err } from './domain/result.ts'
import type { SnapshotPiece } from './sync/ports.ts'
import type { PartAnswer, PartOrder } from './snapshotPart.worker.ts'
import { type FetchPart, readPart } from './transport/snapshot.ts'

export const fetchPart: FetchPart = async (...asked) =>
  (await inWorker(...asked)) ?? readPart(new SnapshotReader(), ...asked)

const startWorker = (): Worker =>
  new Worker(new URL('./snapshotPart.worker.ts', import.meta.url), { type: 'module' })

/** Comes up while it is not yet known what to ask for. */
let spare: Worker | undefined

export function warmUp(): void {
  coolDown()
  const worker = startWorker()
  spare = worker
  worker.addEventListener('error', () => {
    if (spare === worker) spare = undefined
  })
}

/** It will not be asked for. */
export function coolDown(): void {
  spare?.terminate()
  spare = undefined
}

/** Undefined when the worker did not come up. */
async function inWorker(
  ...[asked, take, stop]: Parameters<FetchPart>
): Promise<Awaited<ReturnType<FetchPart>> | undefined> {
  return new Promise((resolve) => {
    const worker = spare ?? startWorker()
    spare = undefined
    const order = (message: PartOrder): void => worker.postMessage(message)
    const end = (answer: Awaited<ReturnType<FetchPart>> | undefined): void => {
      worker.terminate()
      resolve(answer)
    }
    const brokenOff = (): void => end(err({ type: 'offline' }))
    let [isUp, isTaking] = [false, false]
    let pieces: SnapshotPiece[] = []
    let result: Awaited<ReturnType<FetchPart>> | undefined
    /** What has come while the last was written is written together. */
    async function takeAll(): Promise<void> {
      isTaking = true
      for (let taken = pieces; taken.length > 0; taken = pieces) {
        pieces = []
        await take(taken)
        order({ type: 'taken', pieces: taken.length })
      }
      isTaking = false
      if (result !== undefined) end(result)
    }
    worker.addEventListener('message', ({ data }: MessageEvent<PartAnswer>) => {
      isUp = true
      if (data.type === 'piece') pieces.push(data.piece)
      else result = data.result
      if (!isTaking) takeAll().catch(brokenOff)
    })
    worker.addEventListener('error', () => (isUp ? brokenOff() : end(undefined)))
    stop?.onStop(() => end(err({ type: 'timeout' })))
    order({ type: 'fetch', asked })
  })
}
