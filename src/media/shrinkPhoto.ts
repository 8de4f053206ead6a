/** Shrinks a picture in a worker of its own; in the page where the worker does not start. */
import { type Shrunk, shrink } from './shrink.ts'

/** Large pictures are decoded one at a time: a tablet has little memory. */
let last: Promise<unknown> = Promise.resolve()

export function shrinkPhoto(file: Blob): Promise<Shrunk> {
  const next = last.then(() => inWorker(file)).then((shrunk) => shrunk ?? shrink(file))
  last = next.catch(() => undefined)
  return next
}

/** Undefined when the worker did not come up. */
function inWorker(file: Blob): Promise<Shrunk | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./shrink.worker.ts', import.meta.url), { type: 'module' })
    const end = (shrunk: Shrunk | undefined): void => {
      worker.terminate()
      resolve(shrunk)
    }
    worker.addEventListener('message', ({ data }: MessageEvent<Shrunk>) => end(data))
    worker.addEventListener('error', () => end(undefined))
    worker.postMessage(file)
  })
}
