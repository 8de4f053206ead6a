/** Limits how often one address may try something within a window. Kept in memory: a restart forgives. */
import type { RequestHandler } from 'express'
import type { Deps } from '../handlers/context.ts'
import { refuse } from './replies.ts'

export interface Throttle {
  /** Counts one attempt; milliseconds until the next is allowed, 0 = this one is. */
  readonly attempt: (address: string, nowMs: number) => number
}

/** At most `limit` attempts per address in each window. */
export function createThrottle({
  limit,
  windowMs,
}: {
  readonly limit: number
  readonly windowMs: number
}): Throttle {
  const counts = new Map<string, number>()
  let windowStartMs = 0
  return {
    attempt(address, nowMs) {
      if (nowMs - windowStartMs >= windowMs || nowMs < windowStartMs) {
        counts.clear()
        windowStartMs = nowMs
      }
      const count = (counts.get(address) ?? 0) + 1
      counts.set(address, count)
      return count <= limit ? 0 : windowStartMs + windowMs - nowMs
    },
  }
}

/** Puts off who asks too often, with 429; each use counts by itself. */
export function throttled(deps: Deps, limits: Parameters<typeof createThrottle>[0]): RequestHandler {
  const throttle = createThrottle(limits)
  return (request, response, next) => {
    const retryAfterMs = throttle.attempt(request.ip ?? '', Date.parse(deps.now()))
    if (retryAfterMs > 0) refuse(response, { type: 'busy', retryAfterMs }, 429)
    else next()
  }
}
