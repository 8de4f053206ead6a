/** A bureau on a database file that can be backed up while it works and restored, as an operator does it. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Deps } from '../../functions/src/handlers/context.ts'
import { initialiseStore } from '../../functions/src/initialise.ts'
import { backUp } from '../../functions/src/ops/backup.ts'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { restore } from '../../functions/src/ops/restore.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'
import { tempDir } from './tempDir.ts'
import type { World } from './world.ts'

export interface RestorableWorld extends World {
  readonly backUp: () => void
  /** Stops the server, restores the last backup, and starts it again. Answers the new epoch. */
  readonly restore: () => Promise<string>
}

const START_MS = 1_790_000_000_000

export async function openRestorableWorld(): Promise<RestorableWorld> {
  const directory = await tempDir()
  const [dataDir, file] = [join(directory.path, 'data'), join(directory.path, 'backup.sqlite')]
  const open = (): Storage => openSqliteStorage({ path: databasePath(dataDir) })
  let storage = open()
  let ticks = 0
  const nowMs = (): number => START_MS + (ticks += 1) * 1000
  const deps: Deps = {
    // Handlers go on with whatever store is there now.
    storage: {
      transact: (work) => storage.transact(work),
      read: (work) => storage.read(work),
      scrub: () => storage.scrub(),
      close: () => storage.close(),
    },
    now: () => new Date(nowMs()).toISOString(),
    hash: (text) => Promise.resolve(createHash('sha256').update(text).digest('hex')),
    report: (error) => {
      throw error
    },
  }
  await initialiseStore(storage, START_MS)
  return {
    deps,
    anotherServer: () => deps,
    backUp: () => void backUp({ dataDir, file, force: true, now: new Date(nowMs()) }),
    restore: async () => {
      await storage.close()
      const { epoch } = restore({ dataDir, file, now: new Date(nowMs()) })
      storage = open()
      return epoch
    },
    close: async () => {
      await storage.close()
      await directory.remove()
    },
  }
}
