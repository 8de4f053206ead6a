/** Pulls by the real handler, as the messages that cross the network. */
import * as v from 'valibot'
import type { Answer, Caller, Deps } from '../../functions/src/handlers/context.ts'
import { type PullAnswer, pull as answerPull } from '../../functions/src/handlers/pull.ts'
import { type PageCache, createPageCache } from '../../functions/src/pageCache.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'
import { type Since, pullUrl, sinceSchema } from '../../src/domain/patch.ts'
import type { PullResponse } from '../../src/domain/wire.ts'

/** The JSON of an answer. */
export function messageOf({ pieces }: PullAnswer): unknown {
  return JSON.parse(Buffer.concat(pieces).toString())
}

/** `since` as it arrives at a server. */
export function arrived(since: Since): Since {
  const { searchParams } = new URL(pullUrl(since), 'http://server.test')
  return v.parse(sinceSchema, searchParams.get('patches'))
}

/** A pull as tablets of today send it, answered in patches. */
export async function pullPatches(
  deps: Deps,
  caller: Caller,
  { since, ...body }: { readonly since: Since } & Record<string, unknown>,
): Answer<unknown> {
  const answer = await answerPull({ ...deps, pages: cacheOf(deps.storage) }, caller, {
    body,
    since: arrived(since),
  })
  return answer.ok ? { ok: true, value: messageOf(answer.value) } : answer
}

/** A pull without patches, as tablets of earlier releases send it. */
export async function pull(deps: Deps, caller: Caller, body: unknown): Answer<PullResponse> {
  const answer = await answerPull({ ...deps, pages: cacheOf(deps.storage) }, caller, { body })
  return answer.ok ? { ok: true, value: JSON.parse(JSON.stringify(messageOf(answer.value))) } : answer
}

const caches = new WeakMap<Storage, PageCache>()

/** One cache a server. */
function cacheOf(storage: Storage): PageCache {
  const cache = caches.get(storage) ?? createPageCache()
  caches.set(storage, cache)
  return cache
}
