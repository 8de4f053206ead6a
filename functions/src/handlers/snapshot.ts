/** The start of an empty replica [S23]: streams that everybody reads who may pull at all. */
import * as v from 'valibot'
import { COMMON_STREAMS } from '../../../src/domain/actor.ts'
import { err, ok } from '../../../src/domain/result.ts'
import { snapshotRequestSchema } from '../../../src/domain/snapshot.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import type { Heads, Snapshots } from '../snapshots.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

export interface SnapshotDeps extends Deps {
  readonly snapshots: Snapshots
}

/**
 * Answers a part of the snapshot, compressed with brotli. Errs: invalid, revoked, protocolTooOld, and notFound where the
 * tablet had better pull.
 */
export async function snapshot(deps: SnapshotDeps, caller: Caller, body: unknown): Answer<Uint8Array> {
  const request = v.safeParse(snapshotRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { protocol, cursors } = request.output
  if (protocol < PROTOCOL_VERSION) return err({ type: 'protocolTooOld' })
  const heads = await deps.storage.read(async (tx) => {
    const actor = await readActor(tx, caller)
    if (!actor.ok) return actor
    const found = await tx.getAll('heads', COMMON_STREAMS)
    return ok<Heads>(
      new Map(
        COMMON_STREAMS.flatMap((stream, index) => {
          const head = found[index]
          return head === undefined ? [] : [[stream, head] as const]
        }),
      ),
    )
  })
  if (!heads.ok) return heads
  try {
    const part = await deps.snapshots.partFrom(cursors, heads.value)
    return part === undefined ? err({ type: 'notFound' }) : ok(part)
  } catch (error) {
    // Blobs may be out of order, or not set up: nobody goes without their rows for that.
    deps.report(error)
    return err({ type: 'notFound' })
  }
}
