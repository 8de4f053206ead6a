/** A snapshot's parts over HTTP [S23]: bytes, dealt with while the rest arrives. */
import type { SnapshotRequest } from '../domain/snapshot.ts'
import type { Uid } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { Auth, AuthHeaders } from '../sync/peoplePorts.ts'
import type { SnapshotPiece, SnapshotSource, TransportError } from '../sync/ports.ts'
import type { StopSignal } from '../sync/stop.ts'
import { withCredentials } from './call.ts'
import { askFor } from './http.ts'

/** Parts are larger than most answers; on a thin network they may take their time. */
const PART_BYTES = 16 * 1024 * 1024

/** What a part is asked for with; it can be handed to a worker. */
export interface PartRequest {
  readonly request: SnapshotRequest
  readonly headers: AuthHeaders
}
type Take = Parameters<SnapshotSource['read']>[1]

/** Fetches one part, in a worker or here. */
export type FetchPart = (
  asked: PartRequest,
  take: Take,
  stop?: StopSignal,
) => Promise<Result<void, TransportError>>

export function createSnapshotSource({
  auth,
  uid,
  fetchPart,
}: {
  readonly auth: Auth
  readonly uid: Uid
  readonly fetchPart: FetchPart
}): SnapshotSource {
  return {
    read: (request, take, stop) =>
      withCredentials({ auth, uid }, (headers) => fetchPart({ request, headers }, take, stop)),
  }
}

/** Makes pieces of bytes as they come; throws at what is no snapshot. */
interface PieceReader {
  read(chunk: Uint8Array): Iterable<SnapshotPiece>
}

/** Fetches a part; never throws. */
export function readPart(
  reader: PieceReader,
  ...[{ request, headers }, take, stop]: Parameters<FetchPart>
): ReturnType<FetchPart> {
  return askFor('/api/snapshot', {
    init: {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(request),
    },
    sizeBytes: PART_BYTES,
    stop,
    async read({ body }) {
      const bytes = body?.getReader()
      for (;;) {
        const { done, value } = (await bytes?.read()) ?? { done: true }
        if (done || value === undefined) return
        for (const piece of reader.read(value)) await take([piece])
      }
    },
  })
}
