/**
 * The simulation: many tablets, real engines and databases, real handlers, and everything that can go wrong, from a seed.
 * After healing: (a) every saved value is in current, history, conflict or parked; (b) every mutation is applied exactly
 * once; (c) all replicas of a stream equal the server's; (d) no replica ever held what its person may not read; (e) queues
 * are empty within HEALING_ROUNDS; (f) stages, receipt numbers and waiting mutations follow the rules.
 */
import { expect, inject, test } from 'vitest'
import { type Outcome, simulate } from './runner.ts'
import { KEPT_SEEDS } from './seeds.ts'

const brief = inject('store') === 'firestore'
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const fixedSeeds = upTo(brief ? 2 : 10)
const freshSeeds = upTo(brief ? 1 : 3).map(() => Math.floor(Math.random() * 1e9))
const RULES = '[S1][S2][S4][S5][S9][S10][S11][S12][S13][S16][S17][S19][S20][S21][S22]'

const expectHarmless = async (seed: number): Promise<void> => void (await harmless(seed))

async function harmless(seed: number): Promise<Outcome> {
  const outcome = await simulate(seed, { brief })
  expect(outcome.violations.slice(0, 20), `to replay: npm run test:sim -- --seed ${seed}`).toEqual([])
  return outcome
}

/** `npm run test:sim`: one line for each seed. */
async function runRange([from, to]: readonly number[]): Promise<void> {
  for (let seed = from ?? 0; seed <= (to ?? 0); seed += 1) {
    const { violations, savedCount, trace } = await simulate(seed, { brief })
    const line = { seed, savedCount, gates: trace.length, violations: violations.slice(0, 20) }
    process.stdout.write(`SIM ${JSON.stringify(line)}\n`)
    if (from === to && process.env['SIM_TRACE'] !== undefined) process.stdout.write(`${trace.join('\n')}\n`)
    if (violations.length > 0 && process.env['SIM_STOP'] !== undefined) return
  }
}

const given = process.env['SIM_SEEDS']
if (given !== undefined) {
  test('a range of seeds', () => runRange(given.split('-').map(Number)), 24 * 60 * 60 * 1000)
} else {
  test.each(fixedSeeds)(`${RULES} seed %i: nothing lost, doubled or given away`, expectHarmless)
  test.each(freshSeeds)('fresh seed %i', expectHarmless)
  test.each(KEPT_SEEDS)('kept seed %i: %s', expectHarmless)
}

if (given === undefined && !brief) {
  test('a seed replays step by step', async () => {
    const [once, again] = [await harmless(7), await harmless(7)]
    expect(once.savedCount).toBeGreaterThan(10)
    expect(again.trace).toEqual(once.trace)
  })
}
