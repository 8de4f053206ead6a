/** Keeps the search texts of a database in memory and answers queries: in the worker, or in the page where there is none. */
import type { RecordId } from '../domain/ids.ts'
import { SearchTexts } from '../domain/searchTexts.ts'
import { allTexts, someTexts } from './texts.ts'

export interface Searcher {
  /** These look different now: they are read again before the next answer. */
  changed(ids: readonly RecordId[]): void
  /** Ids of the records whose text holds all keys (queryKeys), in no order. */
  find(keys: readonly string[]): Promise<readonly RecordId[]>
}

/** When more have changed, everything is read anew: it lies together in the packs. */
const SOME = 100
/** While rows keep coming in, an answer does not wait for the last of them: who asked asks again. */
const MAX_ROUNDS = 3

/** `withDatabase` does its work on the person's database, open. */
export function createSearcher(
  withDatabase: <T>(work: (db: IDBDatabase) => Promise<T>) => Promise<T>,
): Searcher {
  let texts: SearchTexts<RecordId> | undefined
  const stale = new Set<RecordId>()
  let turn: Promise<unknown> = Promise.resolve()

  async function bringUpToDate(): Promise<SearchTexts<RecordId>> {
    const ids = [...stale]
    const known = ids.length > SOME ? undefined : texts
    stale.clear()
    // Should reading fail, all is read the next time.
    texts = undefined
    const next = known ?? new SearchTexts<RecordId>()
    const fresh = await withDatabase((db) => (known === undefined ? allTexts(db) : someTexts(db, ids)))
    for (const [id, text] of fresh) {
      if (text === undefined) next.remove(id)
      else next.put(id, text)
    }
    // What has changed meanwhile may have been read as it was.
    for (const id of stale) next.remove(id)
    texts = next
    return next
  }

  async function answer(keys: readonly string[]): Promise<readonly RecordId[]> {
    let current = texts
    for (let round = 0; current === undefined || (stale.size > 0 && round < MAX_ROUNDS); round += 1)
      current = await bringUpToDate()
    return current.find(keys)
  }

  return {
    changed(ids) {
      for (const id of ids) {
        stale.add(id)
        // What is destroyed does not stay in memory until somebody searches again [S18].
        texts?.remove(id)
      }
    },
    find(keys) {
      const next = turn.then(() => answer(keys))
      turn = next.catch(() => undefined)
      return next
    },
  }
}
