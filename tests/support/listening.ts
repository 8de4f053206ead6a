/** The embedded server's app on a port of its own, within the test's process. */
import { once } from 'node:events'
import { type RequestListener, createServer } from 'node:http'
import type { BlobStore } from '../../functions/src/blobs/blobStore.ts'
import type { Caller, Deps } from '../../functions/src/handlers/context.ts'
import { createApp } from '../../functions/src/http.ts'
import { openTokens } from '../../functions/src/identity/tokens.ts'
import { memoryBlobs } from './memoryBlobs.ts'

interface Listening {
  readonly url: string
  readonly close: () => void
}

export interface ListeningApp extends Listening {
  /** Headers of somebody who is signed in on a tablet. */
  readonly headersOf: (caller: Caller) => Promise<Record<string, string>>
}

/** `blobs` takes the photos' bytes, where the test looks at them. */
export async function listen(deps: Deps, blobs: BlobStore = memoryBlobs()): Promise<ListeningApp> {
  const tokens = await openTokens(deps.storage)
  return {
    ...(await serve(createApp({ deps, tokens, blobs, distDir: '/nowhere', log: () => undefined }))),
    headersOf: async (caller) => ({
      'content-type': 'application/json',
      authorization: `Bearer ${await tokens.issue(caller, Date.parse(deps.now()))}`,
    }),
  }
}

/** Any other app likewise. */
export async function serve(app: RequestListener): Promise<Listening> {
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
