/**
 * `npm run test:sim:bite [-- --only <part of a name>]`: shows that the simulation bites. Each deliberate breakage of the
 * product must be found within 200 seeds. Fails when one is not, or when the source it breaks has changed.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BREAKAGES } from './breakages.mjs'
import { root } from './run.mjs'
import { runSeeds } from './simulation.mjs'

const PROCESSES = 2
const MOST_SEEDS = 200

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const wanted = BREAKAGES.filter(({ name }) => name.includes(values.only))
process.exitCode = checkSources() ? await biteAll() : 1

/** Every edit stands for exactly one place. */
function checkSources() {
  const wrong = BREAKAGES.flatMap(({ name, edits }) =>
    edits
      .map(({ file, find }) => [file, readFileSync(join(root, file), 'utf8').split(find).length - 1])
      .filter(([, found]) => found !== 1)
      .map(([file, found]) => `${name}: found ${found} times in ${file}, not once\n`),
  )
  for (const line of wrong) process.stdout.write(line)
  return wrong.length === 0
}

async function biteAll() {
  const left = [...wanted]
  const results = []
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results.push(await bite(next))
  }
  await Promise.all(Array.from({ length: PROCESSES }, worker))
  const missed = results.filter(({ seed }) => seed === undefined)
  process.stdout.write(`${results.length - missed.length} of ${results.length} breakages were caught.\n`)
  return missed.length === 0 ? 0 : 1
}

async function bite({ name, rule }) {
  let caught
  let seeds = 0
  const { output } = await runSeeds(
    { from: 1, to: MOST_SEEDS },
    ({ seed, violations }) => {
      seeds += 1
      if (violations.length > 0) caught ??= { seed, violation: violations[0] }
    },
    { SIM_BREAKAGE: name, SIM_STOP: '1', SIM_CONFIG: 'tests/sync/sim/bite.config.ts' },
  )
  const seed = caught === undefined ? `not in ${seeds} seeds` : `seed ${caught.seed}`
  process.stdout.write(
    `[${rule}] ${seed.padEnd(10)} ${name}\n    ${(caught?.violation ?? output).slice(0, 160)}\n`,
  )
  return { seed: caught?.seed }
}
