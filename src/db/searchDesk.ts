/** The page's side of the search: in a worker, which begins with the first question; in the page where none comes up. */
import type { SearchAnswer, SearchTask } from './search.worker.ts'
import { type Searcher, createSearcher } from './searcher.ts'
import type { TabletDatabase } from './schema.ts'

export interface SearchDesk extends Searcher {
  end(): void
}

/** Undefined where the browser makes none, which it may say by throwing. */
function startWorker(): Worker | undefined {
  try {
    return new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' })
  } catch {
    return undefined
  }
}

export function openSearchDesk(db: TabletDatabase): SearchDesk {
  const inPage = (): Searcher => createSearcher((work) => work(db.backendDB()))
  let worker = startWorker()
  let instead: Searcher | undefined
  const waiting: ((answer: SearchAnswer) => void)[] = []
  const tell = (task: SearchTask): void => worker?.postMessage(task)
  const end = (): void => {
    worker?.terminate()
    worker = undefined
    for (const answer of waiting.splice(0)) answer(undefined)
  }
  worker?.addEventListener('message', ({ data }: MessageEvent<SearchAnswer>) => waiting.shift()?.(data))
  worker?.addEventListener('error', end)
  tell({ type: 'open', name: db.name })

  function ask(keys: readonly string[]): Promise<SearchAnswer> {
    return new Promise((resolve) => {
      if (worker === undefined) return resolve(undefined)
      waiting.push(resolve)
      tell({ type: 'find', keys })
    })
  }
  return {
    changed(ids) {
      tell({ type: 'changed', ids })
      instead?.changed(ids)
    },
    async find(keys) {
      // What the worker cannot read, the page may still: its connection is looked after.
      return (await ask(keys)) ?? (instead ??= inPage()).find(keys)
    },
    end,
  }
}
