/** A snapshot's parts over HTTP [S23]: lines of JSON, dealt with while the rest arrives. */
import * as v from 'valibot'
import type { Uid } from '../domain/ids.ts'
import { type SnapshotLine, snapshotLineSchema } from '../domain/snapshot.ts'
import type { Auth } from '../sync/peoplePorts.ts'
import type { SnapshotSource } from '../sync/ports.ts'
import { withCredentials } from './call.ts'
import { askFor } from './http.ts'

/** Parts are larger than most answers; on a thin network they may take their time. */
const PART_BYTES = 16 * 1024 * 1024

export function createSnapshotSource(auth: Auth, uid: Uid): SnapshotSource {
  return {
    read: (request, take, stop) =>
      withCredentials({ auth, uid }, (headers) =>
        askFor('/api/snapshot', {
          init: {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(request),
          },
          sizeBytes: PART_BYTES,
          stop,
          read: (response) => readLines(response, take),
        }),
      ),
  }
}

async function readLines({ body }: Response, take: (line: SnapshotLine) => Promise<void>): Promise<void> {
  if (body === null) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value = '' } = await reader.read()
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) await take(v.parse(snapshotLineSchema, JSON.parse(line)))
    if (done) return
  }
}
