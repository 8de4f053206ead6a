/** The embedded server's HTTP face: the shared API with its own sign-in, and the built app. */
import { type Express, Router } from 'express'
import { err, ok } from '../../src/domain/result.ts'
import type { BlobStore } from './blobs/blobStore.ts'
import type { Deps } from './handlers/context.ts'
import { changePassword } from './handlers/changePassword.ts'
import { refresh, signIn, signOut } from './handlers/session.ts'
import { type Identify, type RequestLine, authorised, bearerToken, createApi, open } from './http/api.ts'
import { staticFiles } from './http/staticFiles.ts'
import { throttled } from './http/throttle.ts'
import { embeddedAccounts } from './identity/accountAdmin.ts'
import type { Tokens } from './identity/tokens.ts'

export type { RequestLine } from './http/api.ts'

export interface AppOptions {
  readonly deps: Deps
  readonly tokens: Tokens
  /** Where photos' bytes are kept. */
  readonly blobs: BlobStore
  /** Folder of the built app. */
  readonly distDir: string
  readonly log: (line: RequestLine) => void
  /** The server speaks HTTPS itself. */
  readonly tls?: boolean
}

/** Every password costs a quarter of a second of the server; an office behind one address still gets in. */
const SIGN_INS = { limit: 60, windowMs: 60_000 } as const

/** The Express app; listening is the caller's. */
export function createApp({ deps, tokens, blobs, distDir, log, tls = false }: AppOptions): Express {
  const identify = identifyByToken(deps, tokens)
  return createApi({
    deps,
    identify,
    accounts: embeddedAccounts(deps),
    blobs,
    session: sessionRoutes({ deps, tokens, identify }),
    throttled,
    site: staticFiles(distDir),
    log,
    tls,
  })
}

/** The caller that one of our own tokens names. */
function identifyByToken(deps: Deps, tokens: Tokens): Identify {
  return async (request) => {
    const token = bearerToken(request)
    const caller = token === undefined ? undefined : await tokens.verify(token, Date.parse(deps.now()))
    return caller === undefined ? err({ type: 'unauthenticated' }) : ok(caller)
  }
}

function sessionRoutes({
  deps,
  tokens,
  identify,
}: {
  readonly deps: Deps
  readonly tokens: Tokens
  readonly identify: Identify
}): Router {
  const router = Router()
  router.post(
    '/sign-in',
    throttled(deps, SIGN_INS),
    open((body) => signIn({ ...deps, tokens }, body)),
  )
  router.post(
    '/refresh',
    open((body) => refresh({ ...deps, tokens }, body)),
  )
  router.post(
    '/sign-out',
    open((body) => signOut(deps, body)),
  )
  router.post(
    '/change-password',
    authorised(identify, (caller, body) => changePassword(deps, caller, body)),
  )
  return router
}
