/** The embedded server's HTTP face: the API for signed-in tablets, the sign-in, and the built app. */
import compression from 'compression'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import type { Answer, Caller, Deps } from './handlers/context.ts'
import { history } from './handlers/history.ts'
import { pull } from './handlers/pull.ts'
import { push } from './handlers/push.ts'
import { refresh, signIn, signOut } from './handlers/session.ts'
import { readBody, refuse, reply } from './http/replies.ts'
import { securityHeaders } from './http/securityHeaders.ts'
import { staticFiles } from './http/staticFiles.ts'
import { createThrottle } from './http/throttle.ts'
import type { Tokens } from './identity/tokens.ts'
import { StorageBusyError } from './storage/storage.ts'

/** One answered request. No body, no query, no person. */
export interface RequestLine {
  readonly at: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly ms: number
}

export interface AppOptions {
  readonly deps: Deps
  readonly tokens: Tokens
  /** Folder of the built app. */
  readonly distDir: string
  readonly log: (line: RequestLine) => void
  /** The server speaks HTTPS itself. */
  readonly tls?: boolean
}

/** Every password costs a quarter of a second of the server; an office behind one address still gets in. */
const SIGN_INS = { limit: 60, windowMs: 60_000 } as const
const BUSY_RETRY_MS = 2000
const COMPRESS_BYTES = 1024

/** The Express app; listening is the caller's. */
export function createApp(options: AppOptions): Express {
  const { deps, tokens, distDir, tls = false } = options
  const app = express()
  app.disable('x-powered-by')
  app.use(logRequests(options))
  app.use(securityHeaders({ tls }))
  app.use(compression({ threshold: COMPRESS_BYTES }))

  app.get('/healthz', async (_request, response) => {
    await deps.storage.read((tx) => tx.get('meta', 'epoch'))
    response.setHeader('Cache-Control', 'no-store')
    response.json({ status: 'ok' })
  })
  app.post('/api/push', authorised(options, push))
  app.post('/api/pull', authorised(options, pull))
  app.post('/api/history', authorised(options, history))
  app.post(
    '/api/session/sign-in',
    throttled(options),
    open((body) => signIn({ ...deps, tokens }, body)),
  )
  app.post(
    '/api/session/refresh',
    open((body) => refresh({ ...deps, tokens }, body)),
  )
  app.post(
    '/api/session/sign-out',
    open((body) => signOut(deps, body)),
  )
  app.use('/api', (_request, response) => refuse(response, { type: 'notFound' }))

  app.use(staticFiles(distDir))
  app.use((_request, response) => refuse(response, { type: 'notFound' }))
  app.use(failures(deps))
  return app
}

/** A handler for anyone. */
function open(handler: (body: unknown) => Answer<unknown>): RequestHandler {
  return async (request, response) => {
    const body = await readBody(request, response)
    reply(response, body.ok ? await handler(body.value) : body)
  }
}

/** A handler for the caller a verified token names; without one, the body is not even read. */
function authorised(
  { deps, tokens }: AppOptions,
  handler: (deps: Deps, caller: Caller, body: unknown) => Answer<unknown>,
): RequestHandler {
  return async (request, response) => {
    const token = /^Bearer ([A-Za-z0-9._-]+)$/.exec(request.headers.authorization ?? '')?.[1]
    const caller = token === undefined ? undefined : await tokens.verify(token, Date.parse(deps.now()))
    if (caller === undefined) {
      refuse(response, { type: 'unauthenticated' })
      return
    }
    const body = await readBody(request, response)
    reply(response, body.ok ? await handler(deps, caller, body.value) : body)
  }
}

function throttled({ deps }: AppOptions): RequestHandler {
  const throttle = createThrottle(SIGN_INS)
  return (request, response, next) => {
    const retryAfterMs = throttle.attempt(request.ip ?? '', Date.parse(deps.now()))
    if (retryAfterMs > 0) refuse(response, { type: 'busy', retryAfterMs }, 429)
    else next()
  }
}

function logRequests({ deps, log }: AppOptions): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now()
    const { method, path } = request
    response.once('close', () => {
      const ms = Math.round(performance.now() - startedMs)
      log({ at: deps.now(), method, path: path.slice(0, 200), status: response.statusCode, ms })
    })
    next()
  }
}

/** Contention and bugs alike: the tablet keeps what it has and comes again. */
function failures(deps: Deps): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const busy = error instanceof StorageBusyError
    if (!busy) deps.report(error)
    if (response.headersSent) {
      next(error)
      return
    }
    refuse(response, { type: 'busy', retryAfterMs: BUSY_RETRY_MS }, busy ? 503 : 500)
  }
}
