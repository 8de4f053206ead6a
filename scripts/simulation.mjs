/** Runs ranges of seeds of the simulation as processes of their own and reads what they find. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

/** Stores in memory where there is a place for them: nothing of it is to last. */
const MEMORY = '/dev/shm'
const NODE = join(root, 'node_modules/.bin/node')
const VITEST = join(root, 'node_modules/vitest/vitest.mjs')

/**
 * Runs the seeds from..to in one process; calls back with each outcome `{seed, savedCount, gates, violations}`. Resolves to
 * the exit code and what else was printed.
 * @param {{from: number, to: number}} seeds @param {(outcome: any) => void} onOutcome @param {Record<string, string>} env
 */
export async function runSeeds({ from, to }, onOutcome, env = {}) {
  const temporary = existsSync(MEMORY) ? { TMPDIR: MEMORY } : {}
  const child = spawn(
    NODE,
    [
      VITEST,
      'run',
      '--config',
      env.SIM_CONFIG ?? 'vitest.config.ts',
      '--project',
      'sync',
      '--disableConsoleIntercept=true',
      'tests/sync/sim/simulation.test.ts',
    ],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...temporary, ...env, SIM_SEEDS: `${from}-${to}`, NO_COLOR: '1' },
    },
  )
  const others = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      if (line.startsWith('SIM ')) onOutcome(JSON.parse(line.slice(4)))
      else others.push(line)
    })
  const code = await new Promise((resolve) => child.once('close', (exit) => resolve(exit ?? 1)))
  return { code, output: others.join('\n') }
}
