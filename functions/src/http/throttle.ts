/** Limits how often somebody may try something within a window. Kept in memory: a restart forgives. */
import type { RequestHandler } from 'express'
import type { Deps } from '../handlers/context.ts'
import { refuse } from './replies.ts'
import { readDevice } from './signedTablet.ts'

export interface Throttle {
  /** Counts one attempt; milliseconds until the next is allowed, 0 = this one is. */
  readonly attempt: (who: string, nowMs: number) => number
  /** What `attempt` would say; counts nothing. */
  readonly waitMs: (who: string, nowMs: number) => number
}

/** At most `limit` attempts in each window, for each by themselves. */
export function createThrottle({
  limit,
  windowMs,
}: {
  readonly limit: number
  readonly windowMs: number
}): Throttle {
  const counts = new Map<string, number>()
  let windowStartMs = 0
  const next = (who: string, nowMs: number): number => {
    if (nowMs - windowStartMs >= windowMs || nowMs < windowStartMs) {
      counts.clear()
      windowStartMs = nowMs
    }
    return (counts.get(who) ?? 0) + 1
  }
  const waitMs = (count: number, nowMs: number): number =>
    count <= limit ? 0 : windowStartMs + windowMs - nowMs
  return {
    attempt(who, nowMs) {
      const count = next(who, nowMs)
      counts.set(who, count)
      return waitMs(count, nowMs)
    },
    waitMs: (who, nowMs) => waitMs(next(who, nowMs), nowMs),
  }
}

/** Puts off who asks too often, with 429; each use counts by itself. */
export type Throttling = (deps: Deps, limits: Parameters<typeof createThrottle>[0]) => RequestHandler

/** By address: for a server that sees whose it is. */
export const throttled: Throttling = (deps, limits) => {
  const throttle = createThrottle(limits)
  return (request, response, next) => {
    const retryAfterMs = throttle.attempt(request.ip ?? '', Date.parse(deps.now()))
    if (retryAfterMs > 0) refuse(response, { type: 'busy', retryAfterMs }, 429)
    else next()
  }
}

/**
 * By the tablet that signs what it sends: for a server behind front ends that everybody shares. Only what was taken counts,
 * so that nobody without the tablet's key can have it put off.
 */
export const throttledByTablet: Throttling = (deps, limits) => {
  const throttle = createThrottle(limits)
  return (request, response, next) => {
    const tablet = readDevice(request)?.deviceId
    // It is refused without a look at the store.
    if (tablet === undefined) return next()
    const retryAfterMs = throttle.waitMs(tablet, Date.parse(deps.now()))
    if (retryAfterMs > 0) return refuse(response, { type: 'busy', retryAfterMs }, 429)
    response.once('finish', () => {
      if (response.statusCode < 400) throttle.attempt(tablet, Date.parse(deps.now()))
    })
    next()
  }
}
