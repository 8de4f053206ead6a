/**
 * Judges a run by the goals: against its floors, and against RxDB and PouchDB, which a harness apart has measured on this machine.
 * `node tests/bench/goals.mjs [--run .cache/bench/last.json] [--peers results.json]… [--write]`. The peers' harness stores other
 * records of the same size, so each ratio is given twice: of the two figures as they are, and by way of the Dexie floor that both
 * runs have (ours / our floor × their floor / their best).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/run.mjs'
import { ROWS, markdown, median, shown, writeBetween } from './tables.mjs'

const PEERS = ['rxdb', 'pouchdb-indexeddb']
const FLOOR = 'dexie-floor'

/** Figure of one of our samples → what the peers' harness calls it: key of its runs, and the value or values in one. */
const THEIRS = {
  'w1.ms': ['w1', ({ ms }) => ms],
  'w1.bytes': ['w1', ({ bytes }) => bytes],
  'w1.clientCpuMs': ['w1', ({ rendererCpu, browserCpu }) => rendererCpu + browserCpu],
  'w1.serverCpuMs': ['w1', ({ serverCpu }) => serverCpu],
  'w2.ms': ['w2', ({ ms }) => ms],
  'w2.bytes': ['w2', ({ bytes }) => bytes],
  'w2.serverCpuMs': ['w2', ({ serverCpu }) => serverCpu],
  'w3.pageMs': ['w3', ({ list }) => list],
  'w3.countMs': ['w3', ({ filter }) => filter],
  'w3.searchMs': ['w3', ({ search }) => search],
  'cold.ms': ['w0.cold', ({ value }) => value],
  'w4.editMs': ['w4.edit', ({ list }) => list],
  'w4.createsMs': ['w4.creates', ({ value }) => value],
  'w5.none.ms': ['w5.none', ({ ms }) => ms],
  'w5.ten.bytes': ['w5.ten', ({ bytes }) => bytes],
}

/** `to`: a column of ours, a figure that is there anyway, or the peers, of which the better counts. */
const atSize = (rows) => [
  { rows, key: 'w1.ms', to: 'Dexie', max: 0.9 },
  { rows, key: 'w1.ms', to: PEERS, max: 0.25 },
  { rows, key: 'w1.bytes', to: 'brotli-5 of the JSON', max: 1.05 },
  { rows, key: 'w1.clientCpuMs', to: PEERS, max: 0.3 },
  { rows, key: 'w1.serverCpuMs', to: PEERS, max: 0.05 },
  { rows, key: 'w1.usableMs', to: 'own w1.ms', max: 0.25 },
]
const GOALS = [
  ...atSize(10_000),
  ...atSize(1000),
  { key: 'w2.ms', to: PEERS, max: 0.4 },
  { key: 'w2.bytes', to: PEERS, max: 0.65 },
  { key: 'w2.serverCpuMs', to: PEERS, max: 0.4 },
  { key: 'w3.searchMs', to: PEERS, max: 0.025 },
  { key: 'w3.searchMs', to: 'IndexedDB', max: 2 },
  { key: 'cold.searchMs', to: 'ms', max: 500 },
  { key: 'w3.pageMs', to: PEERS, max: 0.5 },
  { key: 'w3.countMs', to: PEERS, max: 1 },
  { key: 'cold.ms', to: PEERS, max: 0.6 },
  { key: 'w4.editMs', to: PEERS, max: 0.6 },
  { key: 'w4.createsMs', to: PEERS, max: 1 },
  { key: 'w5.none.requests', to: 'requests', max: 1 },
  { key: 'w5.none.bodyBytes', to: 'bytes', max: 300 },
  { key: 'w5.none.ms', to: ['pouchdb-indexeddb'], max: 0.3 },
  { key: 'w5.ten.bytes', to: ['rxdb'], max: 0.4 },
  { key: 'w5.ten.longestTaskMs', to: 'ms', max: 50 },
  { key: 'w1.longestTaskMs', to: 'ms', max: 50 },
]

const { values } = parseArgs({
  options: {
    run: { type: 'string', default: join(root, '.cache/bench/last.json') },
    peers: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
  },
})
const run = JSON.parse(readFileSync(values.run, 'utf8'))
const theirRuns = values.peers.map((file) => JSON.parse(readFileSync(file, 'utf8')))

const sizes = run.samples.flatMap(({ workload }) =>
  workload.endsWith(' rows') ? [parseInt(workload, 10)] : [],
)
const largest = Math.max(...sizes)

/** The workload of ours that a figure is of. */
function workloadOf({ key, rows = largest }) {
  if (!key.startsWith('w2.')) return `${rows} rows`
  return run.samples.find(({ workload }) => workload.endsWith(' tablets'))?.workload
}

function ours(goal, name = 'product') {
  const workload = workloadOf(goal)
  const list = run.samples.filter(
    (one) => one.workload === workload && one.name === name && one.key === goal.key,
  )
  return list.length === 0 ? undefined : median(list.map(({ value }) => value))
}

/** Median of a peer, of the same number of rows or tablets; undefined where it was not measured. */
function theirs({ key, rows = largest }, peer) {
  const [name, figure] = THEIRS[key]
  const tablets = parseInt(workloadOf({ key: 'w2.' }) ?? '', 10)
  for (const { cfg, runs } of theirRuns) {
    const isOfSize = name === 'w2' ? cfg.w2.clients === tablets : name === 'w1' || cfg.n === rows
    const wanted = name === 'w1' ? `w1.${rows}` : name
    const list = isOfSize ? runs.filter((one) => one.peer === peer && one.key === wanted).flatMap(figure) : []
    if (list.length > 0) return median(list)
  }
  return undefined
}

/** The ratio, by way of the floor too where there is one; undefined where something was not measured. */
function judge(goal) {
  const own = ours(goal)
  if (own === undefined) return undefined
  if (Array.isArray(goal.to)) return againstPeers(goal, own)
  if (goal.to === 'Dexie' || goal.to === 'IndexedDB') return against(own, ours(goal, goal.to))
  if (goal.to === 'own w1.ms') return against(own, ours({ ...goal, key: 'w1.ms' }))
  if (goal.to === 'brotli-5 of the JSON') return against(own, run.facts[workloadOf(goal)]?.brotliBytes)
  return { own, direct: own }
}

function against(own, other) {
  return other === undefined ? undefined : { own, other, direct: own / other }
}

function againstPeers(goal, own) {
  const found = goal.to.map((peer) => theirs(goal, peer)).filter((value) => value !== undefined)
  if (found.length === 0) return undefined
  const other = Math.min(...found)
  const [floor, theirFloor] = [ours(goal, 'Dexie'), theirs(goal, FLOOR)]
  const chained =
    floor === undefined || theirFloor === undefined ? undefined : (own / floor) * (theirFloor / other)
  return { own, other, direct: own / other, chained }
}

/** Three decimals where the goal has as many. */
const ratio = (value, max) => (value === undefined ? '–' : value.toFixed(max < 0.1 ? 3 : 2))

function lineOf(goal) {
  const [, figure, unit, divisor = 1] = ROWS.find(([key]) => key === goal.key)
  const place =
    goal.key.startsWith('w1.') && goal.rows !== undefined ? ` (${goal.rows.toLocaleString('en')})` : ''
  const to = Array.isArray(goal.to) ? goal.to.join(' or ') : goal.to
  const label = `${figure}${place}${unit === '' ? '' : `, ${unit}`}`
  const judged = judge(goal)
  if (judged === undefined) return [label, to, '–', '–', `≤ ${goal.max}`, '–', '–', '–']
  const { own, other, direct, chained } = judged
  const isPlain = other === undefined
  const all = [direct, ...(chained === undefined ? [] : [chained])]
  const isMet = (value) => value <= goal.max
  return [
    label,
    isPlain ? '–' : to,
    shown(own / divisor),
    isPlain ? '–' : shown(other / divisor),
    `≤ ${goal.max}${isPlain ? ` ${goal.to}` : ''}`,
    isPlain ? '–' : ratio(direct, goal.max),
    ratio(chained, goal.max),
    all.every(isMet) ? 'yes' : all.some(isMet) ? 'partly' : 'no',
  ]
}

const head = ['figure', 'compared with', 'product', 'other', 'goal', 'ratio', 'by way of the floor', 'met']
const peersAt = theirRuns.map(
  ({ when, cfg, host }) => `${when.slice(0, 10)}, ${cfg.reps} runs, Chromium ${host.chromium}`,
)
const text = [
  `Run of ${run.date}, ${run.commit}; peers: ${peersAt.join('; ') || 'not measured'}.`,
  markdown(head, GOALS.map(lineOf)),
].join('\n\n')
process.stdout.write(`${text}\n`)
if (values.write) await writeBetween('PERFORMANCE.md', 'goals', text)
