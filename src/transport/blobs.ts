/** Photos' bytes over HTTP [S24]: with the person's credentials, or signed with the tablet's key when their grant is over [S26]. */
import { MAX_BLOB_BYTES, blobStateSchema } from '../domain/blobs.ts'
import { hexOf } from '../domain/hex.ts'
import type { Uid } from '../domain/ids.ts'
import { type Result, err } from '../domain/result.ts'
import type { BlobRoute, BlobTransport } from '../sync/photoPorts.ts'
import type { Auth, AuthHeaders } from '../sync/peoplePorts.ts'
import type { TransportError } from '../sync/ports.ts'
import { withCredentials } from './call.ts'
import { signBody } from './deviceKey.ts'
import { askFor, askJson } from './http.ts'
import type { SessionVault } from './sessionVault.ts'

const OCTETS = { 'content-type': 'application/octet-stream' }

export function createBlobTransport(auth: Auth, vault: Pick<SessionVault, 'byUid'>, uid: Uid): BlobTransport {
  /** Runs with the headers this route wants; they sign `body` where the tablet speaks for itself. */
  async function authorised<T>(
    { stopped }: BlobRoute,
    body: ArrayBuffer,
    send: (headers: AuthHeaders) => Promise<Result<T, TransportError>>,
  ): Promise<Result<T, TransportError>> {
    if (stopped === undefined) return withCredentials({ auth, uid }, send)
    const session = await vault.byUid(uid)
    return session === undefined ? err({ type: 'signInNeeded' }) : send(await signBody(session, body))
  }

  return {
    state: (route) =>
      authorised(route, new ArrayBuffer(0), (headers) =>
        askJson(pathOf(route, '/state'), { init: { headers }, schema: blobStateSchema, sizeBytes: 0 }),
      ),

    put: (route, { offset, sizeBytes, bytes }) =>
      authorised(route, bytes, (headers) =>
        askJson(pathOf(route, '', { offset: String(offset), size: String(sizeBytes) }), {
          init: { method: 'PUT', headers: { ...headers, ...OCTETS }, body: bytes },
          schema: blobStateSchema,
          sizeBytes: bytes.byteLength,
        }),
      ),

    async get(place) {
      const got = await withCredentials({ auth, uid }, (headers) =>
        askFor(pathOf(place), {
          init: { headers },
          sizeBytes: MAX_BLOB_BYTES,
          read: (response) => response.arrayBuffer(),
        }),
      )
      if (!got.ok) return got
      return hexOf(await crypto.subtle.digest('SHA-256', got.value)) === place.sha256
        ? got
        : err({ type: 'malformed' })
    },
  }
}

function pathOf({ id, field, stopped }: BlobRoute, end = '', query: Record<string, string> = {}): string {
  const base = stopped === undefined ? '/api/blobs' : '/api/quarantine/blobs'
  const named =
    stopped === undefined ? query : { ...query, client: stopped.clientId, mid: String(stopped.mid) }
  const search = new URLSearchParams(named).toString()
  return `${base}/${id}/${field}${end}${search === '' ? '' : `?${search}`}`
}
