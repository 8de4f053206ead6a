/**
 * W1 to W5 of the product beside the floors of the platform, in one Chromium, interleaved: first sync, many tablets at once, reads,
 * cold open, edits, pulls. `node tests/bench/sync.mjs [--quick] [--rows 1000,10000] [--reps N] [--tablets N] [--minutes N] [--only product,Dexie]
 * [--work alone,together] [--write]`. Prints medians with their spread and ratios to the floors, keeps the samples in
 * .cache/bench/last.json, and with `--write` puts the tables into docs/PERFORMANCE.md. Builds a page of its own.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/run.mjs'
import { Alone } from './alone.mjs'
import { buildPage, watchOthers } from './harness.mjs'
import { CONTENDERS, Samples, circumstances, tableOf, writeBetween } from './tables.mjs'
import { Together } from './together.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    reps: { type: 'string' },
    tablets: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    work: { type: 'string', default: 'alone,together' },
    write: { type: 'boolean', default: false },
  },
})
const { quick } = values
const reps = Number(values.reps ?? (quick ? 1 : 5))
const sizes = (values.rows ?? (quick ? '1000' : '1000,10000')).split(',').map(Number)
const tabletCount = Number(values.tablets ?? (quick ? 6 : 35))
const contenders = CONTENDERS.filter((name) => values.only?.split(',').includes(name) ?? true)
const work = mkdtempSync(join(tmpdir(), 'kaizencho-bench-'))
const distDir = join(work, 'dist')
const samples = new Samples()
const othersShare = watchOthers()
const startedMs = performance.now()
const FEWEST_RUNS = 3
/** No further run of W2 begins after that. */
const timeMs = Number(values.minutes ?? 11) * 60_000
const seconds = () => ((performance.now() - startedMs) / 1000).toFixed(0)

/** One after another, another one first each time: a machine that slows down does it to all. */
function inTurns(rep, list) {
  return list.map((_, index) => list[(index + rep) % list.length])
}

async function measureAll() {
  const stages = []
  const parts = values.work.split(',')
  // Of the smaller sizes only what depends on how many rows arrive.
  if (parts.includes('alone'))
    for (const rows of sizes)
      stages.push(await Alone.prepare({ rows, whole: rows === Math.max(...sizes), quick, work, distDir }))
  if (parts.includes('together')) stages.push(await Together.prepare({ tabletCount, quick, work, distDir }))
  for (const stage of stages) {
    for (let rep = 0; rep < reps && hasTime(stage, rep); rep += 1)
      for (const name of inTurns(
        rep,
        contenders.filter((each) => stage.knows(each)),
      )) {
        await stage.run(name, rep, samples)
        process.stderr.write(`${seconds()} s: ${stage.workload}, ${name}, run ${rep + 1} of ${reps}\n`)
      }
    await stage.end()
  }
  return stages
}

/** The last stage is the slowest by far: of it, fewer runs than wished for where the bench would take too long. */
function hasTime(stage, rep) {
  return !(stage instanceof Together) || rep < FEWEST_RUNS || performance.now() - startedMs < timeMs
}

function runsOf({ workload }) {
  const runs = new Set(samples.all.filter((one) => one.workload === workload).map(({ rep }) => rep)).size
  return `${runs} interleaved ${runs === 1 ? 'run' : 'runs'}.`
}

function report(stages, about) {
  const { machine, chromium, node, date, commit, others } = about
  const quiet = others === undefined ? '' : ` Other processes took ${Math.round(others * 100)} % of the CPU.`
  const head = `${date}, ${commit}: ${machine}, Chromium ${chromium}, Node ${node}. Medians [least–most].${quiet}`
  const tables = stages.map(
    (stage) =>
      `### ${stage.title}\n\n${tableOf(samples, stage.workload)}\n\n${runsOf(stage)} ${stage.remarks(samples)}`,
  )
  return [head, ...tables].join('\n\n')
}

try {
  await buildPage(distDir)
  const stages = await measureAll()
  const about = { ...circumstances(), chromium: stages[0].chromium, reps, others: othersShare() }
  const text = report(stages, about)
  process.stdout.write(`${text}\n\n${seconds()} s\n`)
  const kept = join(root, '.cache/bench')
  mkdirSync(kept, { recursive: true })
  const facts = Object.fromEntries(stages.map((stage) => [stage.workload, stage.facts]))
  writeFileSync(join(kept, 'last.json'), JSON.stringify({ ...about, facts, samples: samples.all }))
  if (values.write) await writeBetween('PERFORMANCE.md', 'bench', text)
} finally {
  rmSync(work, { recursive: true, force: true })
}
