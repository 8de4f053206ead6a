import { nextEpoch } from './epochs.ts'
import type { Storage } from './storage/storage.ts'

/** Gives a new store its epoch [S22], once. Restoring a backup gives it a new one (ops/restore.ts), so that tablets notice. */
export async function initialiseStore(storage: Storage, nowMs: number): Promise<void> {
  await storage.transact(async (tx) => {
    if ((await tx.get('meta', 'epoch')) !== undefined) return
    tx.put('meta', 'epoch', { value: nextEpoch([], nowMs) })
  })
}
