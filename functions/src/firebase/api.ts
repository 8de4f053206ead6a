/** The API on Firebase: the shared one, with callers by ID token. */
import { type Express, Router } from 'express'
import type { BlobStore } from '../blobs/blobStore.ts'
import type { Deps } from '../handlers/context.ts'
import { type RequestLine, authorised, createApi } from '../http/api.ts'
import { throttledByTablet } from '../http/throttle.ts'
import type { AccountAdmin } from '../identity/accountAdmin.ts'
import { type TokenVerifier, identifyCaller, identifyPerson } from './identity.ts'
import { enrol, readPresence } from './session.ts'

/** The Express app behind the function `api`. */
export function createFirebaseApi({
  deps,
  verifier,
  accounts,
  blobs,
  log,
}: {
  readonly deps: Deps
  readonly accounts: AccountAdmin
  readonly blobs: BlobStore
  readonly verifier: TokenVerifier
  readonly log: (line: RequestLine) => void
}): Express {
  const identify = identifyCaller(verifier)
  const session = Router()
  session.post(
    '/enrol',
    authorised(identifyPerson(verifier), (person, body) => enrol(deps, person, body)),
  )
  session.post(
    '/presence',
    authorised(identify, (caller) => readPresence(deps, caller)),
  )
  // Not by address: behind Hosting the sender's is the last but one of X-Forwarded-For, at the function's own URL, which is
  // as public, the last. Whichever is trusted, one way lets senders make theirs up, or has everybody share one.
  const throttled = throttledByTablet
  return createApi({ deps, identify, accounts, blobs, session, throttled, log })
}
