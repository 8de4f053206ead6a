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
const TURNS = { reads: 20, edits: 30, pulls: 10, opens: 3 }
const PAUSE_MS = 200
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

async function measureSize(rows) {
  const place = join(work, String(rows))
  await makeBureau(place, rows)
  const oracle = await startProcess('serverProcess.mjs', [place, distDir])
  const { total, hits } = await oracle.ask('hits', TERMS)
  await oracle.stop()
  const server = await startProcess('serverProcess.mjs', [place, distDir])
  const browser = await startBrowser(`${place}-profile`)
  try {
    const startedMb = (await server.ask('stats')).rssMb
    const first = await firstTablet(server, browser, total)
    const page = await browser.open(server.url)
    await call(page, 'prepare', 'product', PERSON)
    const { value: sync, cost } = await measured({ server, browser }, () =>
      call(page, 'firstSync', 'product', total, COUNTED),
    )
    const pulls = await repeat(TURNS.pulls, async () => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      return (await call(page, 'sync')).ms
    })
    const { rssMb: pulledMb, highestRssMb: highestMb } = await server.ask('stats')
    const reads = await call(page, 'reads', UNITS, TURNS.reads)
    if (reads.hits.join() !== hits.join())
      throw new Error(`${rows} rows: found ${reads.hits.join()}, there are ${hits.join()}`)
    const heapMb = await heapOf(browser, page)
    const processMb = browser.largestMb()
    const edits = await call(page, 'edits', ownRows(TURNS.edits, rows), 500)
    const opens = await repeat(TURNS.opens, async () => {
      await loadBench(page)
      return call(page, 'coldOpen', 'product')
    })
    const searchMs = median(reads.searchMs)
    const micros = (ms) => (ms * 1000) / total
    return {
      firstTabletMs: first.ms,
      syncMs: sync.ms,
      usableMs: sync.usableMs,
      syncMb: cost.bytes / 1e6,
      nothingNewMs: median(pulls),
      pageMs: median(reads.pageMs),
      countMs: median(reads.countMs),
      searchMs,
      searchMicros: micros(searchMs),
      slowestSearchMicros: micros(Math.max(...reads.searchMs)),
      editMs: median(edits),
      coldMs: median(opens.map(({ ms }) => ms)),
      coldSearchMs: median(opens.map(({ searchMs: ms }) => ms)),
      heapMb,
      processMb,
      storedMb: (await page.evaluate(async () => (await navigator.storage.estimate()).usage)) / 1e6,
      databaseMb: statSync(databasePath(place)).size / 1e6,
      startedMb,
      pulledMb,
      highestMb,
    }
  } finally {
    await browser.close()
    await server.stop()
    rmSync(place, { recursive: true, force: true })
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

try {
  await buildPage(distDir)
  const columns = []
  for (const rows of sizes) {
    columns.push(await measureSize(rows))
    process.stderr.write(`${rows} records: done\n`)
  }
  const { machine, node, date, commit } = circumstances()
  const lines = FIGURES.map(([key, label]) => {
    const list = columns.map((column) => column[key])
    // What is over sooner than the page's clock ticks has no ratio.
    const grows = list[0] > 0 ? (list.at(-1) / list[0]).toFixed(2) : '–'
    return [label, ...list.map((value) => (value === undefined ? '–' : shown(value))), grows]
  })
  const head = ['records', ...sizes.map((rows) => rows.toLocaleString('en')), 'last / first']
  const text = `${date}, ${commit}: ${machine}, Node ${node}; one run a size, medians within it.\n\n${markdown(head, lines)}`
  process.stdout.write(`${text}\n\n${unitsTable()}\n`)
  if (values.write) {
    await writeBetween('SCALE.md', 'growth', text)
    await writeBetween('SCALE.md', 'units', unitsTable())
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
