/** `npm run test:sim -- --seeds 2000 [--from 1]`: the simulation at length, in two processes. `--seed 123`: one seed, with its trace. */
import { parseArgs } from 'node:util'
import { runSeeds } from './simulation.mjs'

const PROCESSES = 2
/** Seeds one process runs before the next one begins: what it has loaded and kept goes with it. */
const CHUNK = 100

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
})
process.exitCode = values.seed === undefined ? await runMany() : await runOne(Number(values.seed))

async function runOne(seed) {
  let found = 0
  const { code, output } = await runSeeds(
    { from: seed, to: seed },
    ({ violations, savedCount, gates }) => {
      found = violations.length
      process.stdout.write(`seed ${seed}: ${savedCount} saved, ${gates} steps\n`)
      for (const violation of violations) process.stdout.write(`  ${violation}\n`)
    },
    { SIM_TRACE: '1' },
  )
  process.stdout.write(`${output}\n`)
  return code === 0 && found === 0 ? 0 : 1
}

async function runMany() {
  const [from, count] = [Number(values.from), Number(values.seeds)]
  const startedMs = performance.now()
  const failing = []
  let [done, saved, steps, crashed, next] = [0, 0, 0, 0, from]
  const happened = new Map()
  const onOutcome = ({ seed, savedCount, gates, violations, ...outcome }) => {
    done += 1
    for (const [name, times] of Object.entries(outcome.happened))
      happened.set(name, (happened.get(name) ?? 0) + times)
    saved += savedCount
    steps += gates
    if (violations.length > 0) {
      failing.push(seed)
      process.stdout.write(`seed ${seed}: ${violations.length} violation(s)\n`)
      for (const violation of violations.slice(0, 5)) process.stdout.write(`  ${violation}\n`)
      process.stdout.write(`  to replay: npm run test:sim -- --seed ${seed}\n`)
    }
    if (done % 50 === 0) {
      const seconds = Math.round((performance.now() - startedMs) / 1000)
      process.stdout.write(`${done}/${count} seeds, ${failing.length} failing, ${seconds} s\n`)
    }
  }
  const worker = async () => {
    while (next < from + count) {
      const range = { from: next, to: Math.min(next + CHUNK, from + count) - 1 }
      next = range.to + 1
      const { code, output } = await runSeeds(range, onOutcome)
      if (code === 0) continue
      crashed += 1
      process.stdout.write(`${output}\n`)
    }
  }
  await Promise.all(Array.from({ length: PROCESSES }, worker))
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  for (const [name, times] of [...happened].sort(([, a], [, b]) => b - a))
    process.stdout.write(`${String(times).padStart(8)}  ${name}\n`)
  process.stdout.write(
    `${done} seeds, ${saved} saves, ${steps} steps in ${seconds} s: ${failing.length} failing${failing.length > 0 ? ` (${failing.sort((a, b) => a - b).join(', ')})` : ''}\n`,
  )
  return failing.length === 0 && crashed === 0 && done === count ? 0 : 1
}
