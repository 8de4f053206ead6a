/** Prepares the demo data once per run; each server of a test starts from a copy. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../functions/src/embedded.ts'

const VARIABLE = 'KAIZENCHO_DEMO_TEMPLATE'

/** Playwright's global set-up; returns the tear-down. */
export default async function prepareDemo(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'kaizencho-template-'))
  const dataDir = join(folder, 'data')
  const server = await startEmbedded({
    dataDir,
    port: 0,
    distDir: 'dist',
    demo: true,
    log: () => undefined,
  })
  await server.stop()
  process.env[VARIABLE] = dataDir
  // Every test starts servers of its own: they compile the same files once.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled')
  return () => rmSync(folder, { recursive: true, force: true })
}

/** Fills a data folder from the template, where one was prepared. */
export function copyDemoTemplate(dataDir: string): void {
  const folder = process.env[VARIABLE]
  if (folder === undefined) return
  mkdirSync(dataDir, { recursive: true })
  cpSync(folder, dataDir, { recursive: true })
}
