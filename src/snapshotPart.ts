/** Fetches a snapshot's part and makes its packs beside the page, so that nothing stutters; in the page where no worker comes up. */
import { SnapshotReader } from './db/snapshotReader.ts'
import { err } from './domain/result.ts'
import type { PartAnswer, PartOrder } from './snapshotPart.worker.ts'
import { type FetchPart, readPart } from './transport/snapshot.ts'

export const fetchPart: FetchPart = async (...asked) =>
  (await inWorker(...asked)) ?? readPart(new SnapshotReader(), ...asked)

/** Undefined when the worker did not come up. */
async function inWorker(
  ...[asked, take, stop]: Parameters<FetchPart>
): Promise<Awaited<ReturnType<FetchPart>> | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./snapshotPart.worker.ts', import.meta.url), { type: 'module' })
    const order = (message: PartOrder): void => worker.postMessage(message)
    const end = (answer: Awaited<ReturnType<FetchPart>> | undefined): void => {
      worker.terminate()
      resolve(answer)
    }
    const brokenOff = (): void => end(err({ type: 'offline' }))
    let isUp = false
    let turn = Promise.resolve()
    worker.addEventListener('message', ({ data }: MessageEvent<PartAnswer>) => {
      isUp = true
      turn = turn.then(async () => {
        if (data.type === 'done') return end(data.result)
        await take(data.piece)
        order({ type: 'taken' })
      })
      turn.catch(brokenOff)
    })
    worker.addEventListener('error', () => (isUp ? brokenOff() : end(undefined)))
    stop?.onStop(() => end(err({ type: 'timeout' })))
    order({ type: 'fetch', asked })
  })
}
