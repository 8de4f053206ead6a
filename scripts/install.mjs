/** Installs the packages when they are missing or older than package-lock.json. Runs under any Node from 18 on. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'node_modules/.kaizencho-install')
const nodeFile = join(root, 'node_modules/.bin/node')
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
if (stamp !== wanted || nodeMajor() !== 24) {
  process.stdout.write('パッケージを準備しています（初回は 1〜2 分かかります）…\n')
  // Not `npm ci`: it refuses a lock without the optional packages of other platforms, which not every registry has.
  // --no-save leaves package.json and package-lock.json as they are.
  const args = [
    'install',
    '--no-save',
    '--ignore-scripts=false',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const installed = spawnSync('npm', args, { cwd: root, stdio: 'inherit' })
  if (installed.status !== 0) {
    fail('パッケージの準備に失敗しました。ネットワークと上の表示を確かめて、もう一度実行してください。')
  }
  if (nodeMajor() !== 24) {
    fail(
      'Node 24 が node_modules に入りませんでした。npm 11 以上で npm install --no-save --ignore-scripts=false を実行してください。',
    )
  }
  writeFileSync(stampFile, wanted)
}

/** Major version of the project's own Node; 0 when it is not there or does not run. */
function nodeMajor() {
  if (!existsSync(nodeFile)) return 0
  const { stdout } = spawnSync(nodeFile, ['--version'], { encoding: 'utf8' })
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
