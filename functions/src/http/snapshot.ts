/** Snapshots over HTTP [S23]: a stored part as it is, which the browser itself decodes. */
import type { Request, RequestHandler } from 'express'
import { type SnapshotDeps, snapshot } from '../handlers/snapshot.ts'
import type { Answer, Caller } from '../handlers/context.ts'
import { readBody, refuse } from './replies.ts'

/** Where the browser does not take brotli: none is made, which takes seconds. */
const NONE: SnapshotDeps['snapshots'] = { partFrom: () => Promise.resolve(undefined) }

/** For whoever `identify` names, where the browser takes brotli. */
export function snapshotRoute(
  deps: SnapshotDeps,
  identify: (request: Request) => Answer<Caller>,
): RequestHandler {
  return async (request, response) => {
    const caller = await identify(request)
    if (!caller.ok) return refuse(response, caller.error)
    const given = request.acceptsEncodings('br') === 'br' ? deps : { ...deps, snapshots: NONE }
    const body = await readBody(request, response)
    const part = body.ok ? await snapshot(given, caller.value, body.value) : body
    if (!part.ok) return refuse(response, part.error)
    response.setHeader('Content-Type', 'application/x-ndjson')
    response.setHeader('Content-Encoding', 'br')
    response.setHeader('Content-Length', part.value.length)
    response.setHeader('Cache-Control', 'no-store')
    response.end(part.value)
  }
}
