/** A folder of data for the operator's commands, of its own for each test: `useOpsData()` at the top of a test file. */
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { adminCommand, backupCommand, restoreCommand } from '../../functions/src/ops/commands.ts'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { OpsError } from '../../functions/src/ops/opsError.ts'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'
import { tempDir } from './tempDir.ts'

export const NOW = new Date(2026, 10, 20, 18, 3, 2)
export const UNITS = 'functions/demo/units.csv'

/** Where it is: the test's own folder, and in it the data and the backup. Another folder for the data can be set. */
export const at = { directory: '', dataDir: '', backup: '' }

/** Before each test a folder with the 部所 in it, which is gone after it. */
export function useOpsData(): void {
  let directory: Awaited<ReturnType<typeof tempDir>>
  beforeEach(async () => {
    directory = await tempDir()
    at.directory = directory.path
    at.dataDir = join(directory.path, 'data')
    at.backup = join(directory.path, 'backup.sqlite')
    await admin('import-units', UNITS)
  })
  afterEach(() => directory.remove())
}

export const admin = (...args: string[]): Promise<string> => adminCommand(['--data', at.dataDir, ...args])
export const createAdmin = (email = 'kanri@example.jp'): Promise<string> =>
  admin('create-admin', '--email', email, '--name', '管理 太郎')
export const backUpTo = (...args: string[]): string => backupCommand(args, NOW)
export const backUp = (...more: string[]): string => backUpTo('--data', at.dataDir, at.backup, ...more)
export const restore = (file = at.backup): string => restoreCommand(['--data', at.dataDir, file], NOW)

export async function withStorage<T>(work: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = openSqliteStorage({ path: databasePath(at.dataDir) })
  try {
    return await work(storage)
  } finally {
    await storage.close()
  }
}

export const epoch = (): Promise<string | undefined> =>
  withStorage(async (storage) => (await storage.read((tx) => tx.get('meta', 'epoch')))?.value)

/** The message of the OpsError the work ends with. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    if (error instanceof OpsError) return error.message
    throw error
  }
  throw new Error('It was not refused.')
}
