/**
 * The simulation: many tablets, real engines and databases, real handlers, and everything that can go wrong, from a seed.
 * After healing: (a) every saved value is in current, history, conflict or parked, and nobody's was overwritten unseen;
 * (b) every mutation is applied exactly once; (c) all replicas of a stream equal the server's; (d) no replica ever held what
 * its person may not read; (e) queues are empty within HEALING_ROUNDS; (f) stages, receipt numbers and waiting mutations
 * follow the rules.
 */
import { beforeAll, expect, inject, test, vi } from 'vitest'
import { type Happening, HAPPENINGS } from './happenings.ts'
import { type Outcome, simulate } from './runner.ts'
import { KEPT_SEEDS } from './seeds.ts'

const brief = inject('store') === 'firestore'
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const fixedSeeds = upTo(brief ? 2 : 12)
const freshSeeds = upTo(brief ? 1 : 3).map(() => Math.floor(Math.random() * 1e9))
const RULES =
  '[S1][S2][S3][S4][S5][S9][S10][S11][S12][S13][S14][S15][S16][S17][S18][S19][S20][S21][S22][S23][S25][S26]'

/** What the seed that is run twice must show. */
const RICH: readonly Happening[] = ['tab killed', 'server restarted', 'restore', 'schema upgraded']
const MOST_SEEDS_TO_SHOW_ALL = 40
/** For one seed; a busy machine is given its time. */
const MOST_MS = 240_000

beforeAll(() => {
  // Dexie says each time that another tab brings a new schema.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const outcomes = new Map<number, Promise<Outcome>>()

/** Runs a seed, once. */
function outcomeOf(seed: number): Promise<Outcome> {
  const outcome = outcomes.get(seed) ?? simulate(seed, { brief })
  outcomes.set(seed, outcome)
  return outcome
}

async function expectHarmless(seed: number): Promise<void> {
  const { violations } = await outcomeOf(seed)
  expect(violations.slice(0, 20), `to replay: npm run test:sim -- --seed ${seed}`).toEqual([])
}

/** A broken product may not let the simulation come to its end. */
const brokenOff = (error: unknown): Outcome => ({
  trace: [],
  violations: [`the simulation broke off: ${String(error)}`],
  savedCount: 0,
  happened: {},
})

/** `npm run test:sim`: one line for each seed. */
async function runRange([from, to]: readonly number[]): Promise<void> {
  for (let seed = from ?? 0; seed <= (to ?? 0); seed += 1) {
    const { violations, savedCount, trace, happened } = await simulate(seed, { brief }).catch(brokenOff)
    const line = { seed, savedCount, gates: trace.length, happened, violations: violations.slice(0, 20) }
    process.stdout.write(`SIM ${JSON.stringify(line)}\n`)
    if (from === to && process.env['SIM_TRACE'] !== undefined) process.stdout.write(`${trace.join('\n')}\n`)
    if (violations.length > 0 && process.env['SIM_STOP'] !== undefined) return
  }
}

const given = process.env['SIM_SEEDS']
if (given !== undefined) {
  test('a range of seeds', () => runRange(given.split('-').map(Number)), 24 * 60 * 60 * 1000)
} else {
  test.each(fixedSeeds)(`${RULES} seed %i: nothing lost, doubled or given away`, expectHarmless, MOST_MS)
  test.each(freshSeeds)('fresh seed %i', expectHarmless, MOST_MS)
  if (!brief) test.each(KEPT_SEEDS)('kept seed %i: %s', expectHarmless, MOST_MS)
}

if (given === undefined && !brief) {
  test(
    'the first seeds show everything that can happen',
    async () => {
      const missing = new Set<string>(HAPPENINGS)
      for (let seed = 1; missing.size > 0 && seed <= MOST_SEEDS_TO_SHOW_ALL; seed += 1)
        for (const happening of Object.keys((await outcomeOf(seed)).happened)) missing.delete(happening)
      expect([...missing]).toEqual([])
    },
    10 * MOST_MS,
  )

  test(
    'a seed replays step by step',
    async () => {
      const all = await Promise.all(fixedSeeds.map(outcomeOf))
      const once = all.findIndex(
        ({ savedCount, happened }) => savedCount > 10 && RICH.every((each) => each in happened),
      )
      const again = await simulate(fixedSeeds[once] ?? 0)
      expect(again.trace).toEqual(all[once]?.trace)
    },
    MOST_MS,
  )
}
