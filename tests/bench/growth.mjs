/**
 * How the product grows: one tablet and the embedded server at 1,000, 10,000 and 100,000 records, and what 35, 350 and 3,500 units
 * would ask of Firestore. `node tests/bench/growth.mjs [--rows 1000,10000] [--quick] [--write]`. With `--write` the tables go into
 * docs/SCALE.md. A hundred thousand records take minutes to make, once; they are kept in .cache.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { databasePath } from '../../functions/src/ops/dataDir.ts'
import { COUNTED, PERSON, firstTablet, ownRows } from './alone.mjs'
import { TERMS } from './bureau.mjs'
import { buildPage, call, loadBench, measured, startBrowser, startProcess } from './harness.mjs'
import { unitsTable } from './scale.mjs'
import { UNITS, makeBureau } from './store.mjs'
import { circumstances, markdown, median, shown, writeBetween } from './tables.mjs'

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const sizes = (values.rows ?? (values.quick ? '1000,3000' : '1000,10000,100000')).split(',').map(Number)
const TURNS = { rounds: values.quick ? 2 : 5, reads: 20, edits: 20, pulls: 5 }
const PAUSE_MS = 200
const QUIET_MS = 3000
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const work = mkdtempSync(join(tmpdir(), 'kaizencho-growth-'))
const distDir = join(work, 'dist')

const FIGURES = [
  ['firstTabletMs', 'First tablet, for which the snapshot is made, ms'],
  ['syncMs', 'First sync of those after it, ms'],
  ['usableMs', 'First page answers while the rest arrives, ms'],
  ['syncMb', 'First sync on the wire, MB'],
  ['nothingNewMs', 'Pull, nothing new, ms'],
  ['pageMs', 'First page, ms'],
  ['countMs', 'Count of one office and progress, ms'],
  ['searchMs', 'Substring search, median of the terms, ms'],
  ['searchMicros', 'Substring search, a record, µs'],
  ['slowestSearchMicros', 'Substring search, slowest term, a record, µs'],
  ['editMs', 'One edit, durable, ms'],
  ['coldMs', 'Cold open to the first page, ms'],
  ['coldSearchMs', 'First search after a cold open, ms'],
  ['heapMb', 'Objects of the page after collection, MB'],
  ['processMb', 'Process of the page with its workers, MB'],
  ['storedMb', 'Stored on the tablet, MB'],
  ['databaseMb', 'Database of the server, MB'],
  ['startedMb', 'Memory of the server after its start, MB'],
  ['pulledMb', 'Memory of the server after two first syncs and pulls, MB'],
  ['highestMb', 'Memory of the server at its highest, MB'],
]

/** One size: its bureau, server and tablet, which stay open so that the sizes can take turns. */
class Size {
  samples = {}

  constructor(rows) {
    this.rows = rows
    this.place = join(work, String(rows))
  }

  async begin() {
    await makeBureau(this.place, this.rows)
    const oracle = await startProcess('serverProcess.mjs', [this.place, distDir])
    Object.assign(this, await oracle.ask('hits', TERMS))
    await oracle.stop()
    this.server = await startProcess('serverProcess.mjs', [this.place, distDir])
    this.browser = await startBrowser(`${this.place}-profile`)
  }

  /** Two first syncs: of the tablet the snapshot is made for, and of one that finds it made. */
  async fill() {
    const { server, browser, total } = this
    const startedMb = (await server.ask('stats')).rssMb
    const first = await firstTablet(server, browser, total)
    this.page = await browser.open(server.url)
    await call(this.page, 'prepare', 'product', PERSON)
    const { value: sync, cost } = await measured({ server, browser }, () =>
      call(this.page, 'firstSync', 'product', total, COUNTED),
    )
    const { ms: syncMs, usableMs } = sync
    this.once = { startedMb, firstTabletMs: first.ms, syncMs, usableMs, syncMb: cost.bytes / 1e6 }
  }

  async round(turn) {
    const { server, browser, page, rows, total, hits } = this
    const pulls = await repeat(TURNS.pulls, async () => {
      await pause(PAUSE_MS)
      return (await call(page, 'sync')).ms
    })
    const reads = await call(page, 'reads', UNITS, TURNS.reads)
    if (turn === 0) {
      // Later rounds find what has been edited.
      if (reads.hits.join() !== hits.join())
        throw new Error(`${rows} rows: found ${reads.hits.join()}, there are ${hits.join()}`)
      const { rssMb: pulledMb, highestRssMb: highestMb } = await server.ask('stats')
      const [heapMb, processMb] = [await heapOf(browser, page), browser.largestMb()]
      Object.assign(this.once, { pulledMb, highestMb, heapMb, processMb })
    }
    const edits = await call(page, 'edits', ownRows(TURNS.edits, rows), 500 + turn)
    await call(page, 'sync')
    // The list's first rows are kept when nothing has changed for a moment.
    await pause(QUIET_MS)
    await loadBench(page)
    const opened = await call(page, 'coldOpen', 'product')
    const micros = (ms) => (ms * 1000) / total
    const seen = {
      nothingNewMs: pulls,
      pageMs: reads.pageMs,
      countMs: reads.countMs,
      searchMs: median(reads.searchMs),
      searchMicros: micros(median(reads.searchMs)),
      slowestSearchMicros: micros(Math.max(...reads.searchMs)),
      editMs: edits,
      coldMs: opened.ms,
      coldSearchMs: opened.searchMs,
    }
    for (const [key, value] of Object.entries(seen)) (this.samples[key] ??= []).push(...[value].flat())
  }

  async figures() {
    const medians = Object.entries(this.samples).map(([key, list]) => [key, median(list)])
    const { usage } = await this.page.evaluate(() => navigator.storage.estimate())
    const databaseMb = statSync(databasePath(this.place)).size / 1e6
    return { ...this.once, ...Object.fromEntries(medians), storedMb: usage / 1e6, databaseMb }
  }

  async end() {
    await this.browser?.close()
    await this.server?.stop()
  }
}

async function repeat(times, work) {
  const each = []
  for (let turn = 0; turn < times; turn += 1) each.push(await work())
  return each
}

async function heapOf({ context }, page) {
  const cdp = await context.newCDPSession(page)
  await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  await cdp.detach()
  return usedSize / 1e6
}

const begun = []
try {
  await buildPage(distDir)
  for (const rows of sizes) {
    const size = new Size(rows)
    begun.push(size)
    await size.begin()
    await size.fill()
    process.stderr.write(`${rows} records: are on the tablet\n`)
  }
  for (let turn = 0; turn < TURNS.rounds; turn += 1) {
    for (const size of turn % 2 === 0 ? begun : begun.toReversed()) await size.round(turn)
    process.stderr.write(`round ${turn + 1} of ${TURNS.rounds}: done\n`)
  }
  const columns = await Promise.all(begun.map((size) => size.figures()))
  const { machine, node, date, commit } = circumstances()
  const lines = FIGURES.map(([key, label]) => {
    const list = columns.map((column) => column[key])
    // What is over sooner than the page's clock ticks has no ratio.
    const grows = list[0] > 0 ? (list.at(-1) / list[0]).toFixed(2) : '–'
    return [label, ...list.map((value) => (value === undefined ? '–' : shown(value))), grows]
  })
  const head = ['records', ...sizes.map((rows) => rows.toLocaleString('en')), 'last / first']
  const text = `${date}, ${commit}: ${machine}, Node ${node}; first syncs, memory and bytes once a size; of the rest medians of ${TURNS.rounds} rounds in which the sizes take turns.\n\n${markdown(head, lines)}`
  process.stdout.write(`${text}\n\n${unitsTable()}\n`)
  if (values.write) {
    await writeBetween('SCALE.md', 'growth', text)
    await writeBetween('SCALE.md', 'units', unitsTable())
  }
} finally {
  await Promise.all(begun.map((size) => size.end()))
  rmSync(work, { recursive: true, force: true })
}
