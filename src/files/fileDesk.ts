/** The page's side of the workers that read and write files: one worker a task, ended when it is done, given up or too slow. */
import { err } from '../domain/result.ts'
import { FILE_LIMITS, type TableFile } from '../domain/table.ts'
import type { FileTask } from './files.worker.ts'
import type { TableRead } from './readTable.ts'

/** A file within the limits is read in seconds, also on a slow tablet. */
const READ_TIMEOUT_MS = 90_000

/** Reads a chosen file; undefined when it was given up. */
export async function read(file: Blob, signal: AbortSignal): Promise<TableRead | undefined> {
  if (file.size > FILE_LIMITS.file) return err({ type: 'tooLarge' })
  const late: TableRead = err({ type: 'timeout' })
  return inWorker<TableRead>({ type: 'read', file }, { signal, late, afterMs: READ_TIMEOUT_MS })
}

/** The bytes of a table's file; undefined when it was given up. */
export function write(table: TableFile, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return inWorker({ type: 'write', table }, { signal })
}

interface Limits<T> {
  readonly signal: AbortSignal
  /** The answer when the worker has none after that long. */
  readonly late?: T
  readonly afterMs?: number
}

/** Undefined when the signal came first. @throws when the worker failed or did not come up */
function inWorker<T>(task: FileTask, { signal, late, afterMs }: Limits<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(undefined)
    const worker = new Worker(new URL('./files.worker.ts', import.meta.url), { type: 'module' })
    const end = (answer: T | undefined): void => {
      worker.terminate()
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      resolve(answer)
    }
    const giveUp = (): void => end(undefined)
    const timer = afterMs === undefined ? undefined : setTimeout(() => end(late), afterMs)
    signal.addEventListener('abort', giveUp)
    worker.addEventListener('message', ({ data }: MessageEvent<T>) => end(data))
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(`The worker for files failed: ${message}`))
      end(undefined)
    })
    worker.postMessage(task)
  })
}
