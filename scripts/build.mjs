/** Builds the tablet's app into dist/, unless it is there already and nothing it is made from has changed. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'
import { printSizes } from './size.mjs'

const stampFile = join(root, 'dist/.kaizencho-build')
const INPUTS = ['src/**', 'public/**', 'index.html', 'vite.config.ts', 'package-lock.json']

/** Builds when needed. Resolves to false when the build failed. */
export async function build({ force = false } = {}) {
  const wanted = inputHash()
  const found = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  if (!force && found === wanted) return true
  if ((await run('vite', ['build', '--logLevel', 'warn'])) !== 0) return false
  writeFileSync(stampFile, wanted)
  return true
}

function inputHash() {
  const hash = createHash('sha256')
  const files = INPUTS.flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => statSync(join(root, file)).isFile())
    .sort()
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex')
}

if (import.meta.main) process.exitCode = (await build({ force: true })) && printSizes() ? 0 : 1
