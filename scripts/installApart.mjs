/** Tools that only some need have their own package.json, so that nobody else pays for their size. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Installs what the lockfile in `folder` says, once; throws when that fails. */
export function installApart(folder) {
  const stampFile = join(folder, 'node_modules/.kaizencho-install')
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return
  process.stdout.write('道具を準備しています（初回は 1 分ほどかかります）…\n')
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const installed = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' })
  if (installed.status !== 0)
    throw new Error(`${folder} の道具を入れられませんでした。通信を確かめてください。`)
  writeFileSync(stampFile, wanted)
}
