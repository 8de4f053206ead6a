/** The HTTP face every server shares: the API for signed-in tablets. Who they are, and how they sign in, is the entry's own. */
import { createHash } from 'node:crypto'
import { constants } from 'node:zlib'
import compression from 'compression'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Router,
} from 'express'
import type { BlobStore } from '../blobs/blobStore.ts'
import { type AccountDeps, createMember, resetPassword, setDisabled } from '../handlers/accounts.ts'
import { changes } from '../handlers/changes.ts'
import type { Answer, Caller, Deps } from '../handlers/context.ts'
import { adoptHeld, importHeld, listHeld, setHeldAside } from '../handlers/held.ts'
import { history } from '../handlers/history.ts'
import { type PurgeDeps, purge, purgeExtent } from '../handlers/purge.ts'
import { push } from '../handlers/push.ts'
import { quarantine } from '../handlers/quarantine.ts'
import type { AccountAdmin } from '../identity/accountAdmin.ts'
import { createSightings } from '../identity/sightings.ts'
import { createPageCache } from '../pageCache.ts'
import { createSnapshots } from '../snapshots.ts'
import { StorageBusyError, StorageLimitError } from '../storage/storage.ts'
import { blobRoutes, stoppedBlobRoutes } from './blobs.ts'
import { pullRoute } from './pull.ts'
import { readBody, refuse, reply } from './replies.ts'
import { snapshotRoute } from './snapshot.ts'
import { dataHeaders, securityHeaders } from './securityHeaders.ts'
import { signedByTablet } from './signedTablet.ts'
import type { Throttling } from './throttle.ts'

/** One answered request. No body, no query, no person. */
export interface RequestLine {
  readonly at: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly ms: number
}

/** Who sends a request, from its headers alone. Errs: unauthenticated, revoked. */
export type Identify<C = Caller> = (request: Request) => Answer<C>

export interface ApiOptions {
  readonly deps: Deps
  readonly identify: Identify
  /** Where accounts are kept. */
  readonly accounts: AccountAdmin
  /** Where photos' bytes are kept. */
  readonly blobs: BlobStore
  /** Signing in, mounted at /api/session. */
  readonly session: Router
  /** Whom it puts off who hands over too often without a token. */
  readonly throttled: Throttling
  readonly log: (line: RequestLine) => void
  /** What answers outside /api: the built app, where the server serves it itself. */
  readonly site?: Router
  /** The server speaks HTTPS itself. */
  readonly tls?: boolean
}

type Handler<D> = (deps: D, caller: Caller, body: unknown) => Answer<unknown>

const BUSY_RETRY_MS = 2000
const COMPRESS_BYTES = 1024
/** A twelfth less than the usual 4; beyond it every step costs more than it saves. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }
/** Asked without a token: a tablet with 3,000 unsent records comes through in a minute, a flood does not. */
const QUARANTINES = { limit: 60, windowMs: 60_000 } as const

/** The Express app; listening is the caller's. */
export function createApi(options: ApiOptions): Express {
  const { deps, identify, accounts, blobs, session, throttled, site, tls = false } = options
  const app = express()
  app.disable('x-powered-by')
  app.use(logRequests(options))
  app.use(['/api', '/healthz'], dataHeaders({ tls }))
  app.use(compression({ threshold: COMPRESS_BYTES, brotli: BROTLI }))

  app.get('/healthz', async (_request, response) => {
    await deps.storage.read((tx) => tx.get('meta', 'epoch'))
    response.setHeader('Cache-Control', 'no-store')
    response.json({ status: 'ok' })
  })
  const pages = createPageCache()
  const nowMs = (): number => Date.parse(deps.now())
  const snapshots = createSnapshots({ storage: deps.storage, blobs, nowMs })
  const forget = async (): Promise<void> => {
    pages.forget()
    await snapshots.forget()
  }
  const purgeDeps: PurgeDeps = { ...deps, blobs, forget }
  const handlers: Readonly<Record<string, Handler<AccountDeps>>> = {
    '/api/push': push,
    '/api/history': history,
    '/api/changes': changes,
    '/api/purge/extent': purgeExtent,
    '/api/purge': (_deps, caller, body) => purge(purgeDeps, caller, body),
    '/api/accounts/create': createMember,
    '/api/accounts/reset-password': resetPassword,
    '/api/accounts/set-disabled': setDisabled,
    '/api/quarantine/list': listHeld,
    '/api/quarantine/adopt': adoptHeld,
    '/api/quarantine/set-aside': setHeldAside,
    '/api/quarantine/import': importHeld,
  }
  const accountDeps = { ...deps, accounts }
  for (const [path, handler] of Object.entries(handlers))
    app.post(
      path,
      authorised(identify, (caller, body) => handler(accountDeps, caller, body)),
    )
  const noteSighting = createSightings(deps)
  app.post(
    '/api/pull',
    pullRoute({ ...deps, pages }, identify, ({ deviceId }) => noteSighting(deviceId)),
  )
  const blobDeps = { ...deps, blobs, hashBytes }
  app.use('/api/blobs', blobRoutes(blobDeps, identify))
  app.post('/api/snapshot', snapshotRoute({ ...deps, snapshots }, identify))
  app.use('/api/quarantine/blobs', stoppedBlobRoutes(blobDeps, throttled))
  app.post(
    '/api/quarantine',
    throttled(deps, QUARANTINES),
    signedByTablet((tablet, body) => quarantine(deps, tablet, body)),
  )
  app.use('/api/session', session)
  app.use('/api', (_request, response) => refuse(response, { type: 'notFound' }))

  app.use(securityHeaders({ tls }))
  if (site !== undefined) app.use(site)
  app.use((_request, response) => refuse(response, { type: 'notFound' }))
  app.use(failures(deps))
  return app
}

function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A handler for anyone. */
export function open(handler: (body: unknown) => Answer<unknown>): RequestHandler {
  return async (request, response) => {
    const body = await readBody(request, response)
    reply(response, body.ok ? await handler(body.value) : body)
  }
}

/** A handler for whoever `identify` names; where it names nobody, the body is not even read. */
export function authorised<C>(
  identify: Identify<C>,
  handler: (caller: C, body: unknown) => Answer<unknown>,
): RequestHandler {
  return async (request, response) => {
    const caller = await identify(request)
    if (!caller.ok) {
      refuse(response, caller.error)
      return
    }
    const body = await readBody(request, response)
    reply(response, body.ok ? await handler(caller.value, body.value) : body)
  }
}

/** The token of a request, when it carries one. */
export function bearerToken(request: Request): string | undefined {
  return /^Bearer ([A-Za-z0-9._-]+)$/.exec(request.headers.authorization ?? '')?.[1]
}

function logRequests({ deps, log }: ApiOptions): RequestHandler {
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
    // The tablet sends less at once.
    if (error instanceof StorageLimitError) {
      refuse(response, { type: 'tooLarge' })
      return
    }
    refuse(response, { type: 'busy', retryAfterMs: BUSY_RETRY_MS }, busy ? 503 : 500)
  }
}
