/** The start of an empty replica [S23]: streams that everybody reads who may pull at all. */
import * as v from 'valibot'
import { err, ok } from '../../../src/domain/result.ts'
import { snapshotRequestSchema } from '../../../src/domain/snapshot.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { type Snapshots, readHeads } from '../snapshots.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

export interface SnapshotDeps extends Deps {
  readonly snapshots: Pick<Snapshots, 'partFrom'>
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
    return actor.ok ? ok(await readHeads(tx)) : actor
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
