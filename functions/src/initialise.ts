import type { Storage } from './storage/storage.ts'

/**
 * Gives a new store its epoch [S22], once: base-36 upper case of Unix seconds. A store restored from a backup is given a new
 * one by hand, so that tablets notice.
 */
export async function initialiseStore(storage: Storage, nowMs: number): Promise<void> {
  await storage.transact(async (tx) => {
    if ((await tx.get('meta', 'epoch')) !== undefined) return
    tx.put('meta', 'epoch', {
      value: Math.floor(nowMs / 1000)
        .toString(36)
        .toUpperCase(),
    })
  })
}
