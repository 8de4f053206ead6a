/** Photos over HTTP [S24]: `/{record}/{field}` is the picture, `/{record}/{field}/state` how far an upload is. */
import { createHash } from 'node:crypto'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { BLOB_CHUNK_BYTES } from '../../../src/domain/blobs.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import { type BlobChunk, type BlobDeps, putBlobChunk, readBlob, readBlobState } from '../handlers/blobs.ts'
import { putStoppedChunk } from '../handlers/stoppedBlobs.ts'
import type { Answer, Caller } from '../handlers/context.ts'
import { readBytes, refuse, reply } from './replies.ts'
import { proofOf, readDevice } from './signedTablet.ts'
import type { Throttling } from './throttle.ts'

/** Asked without a token: 100 photos come through in a minute, a flood does not. */
const STOPPED = { limit: 600, windowMs: 60_000 } as const
const CHUNK = { type: 'application/octet-stream', limit: BLOB_CHUNK_BYTES } as const
const PLACE = '/:id/:field'

/** Mounted at /api/blobs, for whoever `identify` names. */
export function blobRoutes(deps: BlobDeps, identify: (request: Request) => Answer<Caller>): Router {
  const router = Router()
  router.get(PLACE, async (request, response) => {
    const caller = await identify(request)
    const blob = caller.ok ? await readBlob(deps, caller.value, request.params) : caller
    if (blob.ok) sendPicture(response, blob.value)
    else refuse(response, blob.error)
  })
  router.get(`${PLACE}/state`, async (request, response) => {
    const caller = await identify(request)
    reply(response, caller.ok ? await readBlobState(deps, caller.value, request.params) : caller)
  })
  router.put(PLACE, async (request, response) => {
    const caller = await identify(request)
    const chunk = caller.ok ? await readChunk(request, response) : caller
    if (!caller.ok || !chunk.ok) return reply(response, chunk)
    reply(response, await putBlobChunk(deps, caller.value, { place: request.params, chunk: chunk.value }))
  })
  return router
}

/** Mounted at /api/quarantine/blobs, for a tablet that signs the bytes it sends; `client` and `mid` name the mutation. */
export function stoppedBlobRoutes(deps: BlobDeps, throttled: Throttling): Router {
  const router = Router()
  const handler =
    (read: (request: Request, response: Response) => Promise<Result<BlobChunk | undefined, Refusal>>) =>
    async (...[request, response]: Parameters<RequestHandler>): Promise<void> => {
      const device = readDevice(request)
      if (device === undefined) return refuse(response, { type: 'unauthenticated' })
      const chunk = await read(request, response)
      if (!chunk.ok) return refuse(response, chunk.error)
      const bodyHash = createHash('sha256')
        .update(chunk.value?.bytes ?? '')
        .digest('hex')
      const { client, mid } = request.query
      const place = { ...request.params, clientId: client, mid: wholeNumber(mid) }
      const sent = chunk.value === undefined ? { place } : { place, chunk: chunk.value }
      reply(response, await putStoppedChunk(deps, proofOf(device, bodyHash), sent))
    }
  router.use(throttled(deps, STOPPED))
  router.get(
    `${PLACE}/state`,
    handler(async () => ok(undefined)),
  )
  router.put(PLACE, handler(readChunk))
  return router
}

/** A picture and nothing a browser could take it for else; kept by the app itself, not by the browser's cache. */
function sendPicture(
  response: Response,
  { id, bytes }: { readonly id: string; readonly bytes: Uint8Array },
): void {
  response.setHeader('Content-Type', 'image/jpeg')
  response.setHeader('Content-Disposition', `inline; filename="photo-${id}.jpg"`)
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox")
  response.setHeader('Cache-Control', 'private, no-store')
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}

async function readChunk(request: Request, response: Response): Promise<Result<BlobChunk, Refusal>> {
  const [offset, sizeBytes] = [wholeNumber(request.query['offset']), wholeNumber(request.query['size'])]
  if (offset === undefined || sizeBytes === undefined) return err({ type: 'invalid' })
  const bytes = await readBytes(request, response, CHUNK)
  return bytes.ok ? ok({ offset, sizeBytes, bytes: bytes.value }) : bytes
}

function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
