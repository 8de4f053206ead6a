/** A fresh initialised store with a clock that moves only when told. */
import { join } from 'node:path'
import { embeddedDeps } from '../../functions/src/embedded.ts'
import type { Deps } from '../../functions/src/handlers/context.ts'
import { initialiseStore } from '../../functions/src/initialise.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import { tempDir } from './tempDir.ts'

export interface ClockedDeps {
  readonly deps: Deps
  readonly nowMs: () => number
  readonly advance: (ms: number) => void
  /** Bugs reported so far. */
  readonly reported: string[]
  readonly close: () => Promise<void>
}

/** 2026-11-20 10:00 in Tokyo. */
const START_MS = Date.UTC(2026, 10, 20, 1)

export async function openClockedDeps(): Promise<ClockedDeps> {
  const directory = await tempDir()
  const storage = openSqliteStorage({ path: join(directory.path, 'kaizencho.sqlite') })
  await initialiseStore(storage, START_MS)
  const reported: string[] = []
  let nowMs = START_MS
  return {
    deps: {
      ...embeddedDeps(storage, ({ error }) => reported.push(error)),
      now: () => new Date(nowMs).toISOString(),
    },
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
    reported,
    close: async () => {
      await storage.close()
      await directory.remove()
    },
  }
}
