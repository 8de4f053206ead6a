/** Searches beside the page, which says first whose database it is. Questions are answered in order. */
import type { RecordId } from '../domain/ids.ts'
import { readDatabase } from './plain.ts'
import { type Searcher, createSearcher } from './searcher.ts'

export type SearchTask =
  | { readonly type: 'open'; readonly name: string }
  | { readonly type: 'changed'; readonly ids: readonly RecordId[] }
  | { readonly type: 'find'; readonly keys: readonly string[] }
/** Undefined where the database could not be read. */
export type SearchAnswer = readonly RecordId[] | undefined

let searcher: Searcher | undefined

addEventListener('message', ({ data }: MessageEvent<SearchTask>) => {
  if (data.type === 'open') searcher = createSearcher((work) => readDatabase(data.name, work))
  else if (data.type === 'changed') searcher?.changed(data.ids)
  else void searcher?.find(data.keys).then(postMessage, () => postMessage(undefined))
})
