/**
 * W1 and W3–W5 of the product beside the floors of the platform, in one Chromium, interleaved: first sync, reads, cold open, edits,
 * pulls. `node tests/bench/sync.mjs [--quick] [--rows N] [--reps N] [--only product]`. Prints medians with their spread, and ratios
 * to Dexie's floor. Expects no fresh dist: it builds a page of its own.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { build } from 'vite'
import { DEMO_PASSWORD } from '../../functions/src/demo.ts'
import { BROWSER_ARGS, ensureBrowser } from '../../scripts/browser.mjs'
import { root } from '../../scripts/run.mjs'
import { numbersFrom } from './bureau.mjs'
import { UNITS, makeBureau, rowId } from './store.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    reps: { type: 'string' },
    only: { type: 'string' },
  },
})
const ROWS = Number(values.rows ?? (values.quick ? 2000 : 10_000))
const REPS = Number(values.reps ?? (values.quick ? 1 : 5))
const CONTENDERS = ['product', 'Dexie', 'IndexedDB'].filter(
  (name) => values.only === undefined || values.only.split(',').includes(name),
)
const [READS, EDITS, CREATES, PULLS] = values.quick ? [8, 20, 100, 3] : [20, 50, 1000, 6]
/** A person of headquarters for reading, one of an office for writing. */
const ACCOUNT = `${UNITS[0]}@demo.example`

const work = mkdtempSync(join(tmpdir(), 'kaizencho-bench-'))
const distDir = join(work, 'dist')

await build({
  configFile: false,
  root: join(root, 'tests/bench/page'),
  logLevel: 'warn',
  resolve: { alias: [{ find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.min.mjs' }] },
  define: {
    __VUE_OPTIONS_API__: 'false',
    'import.meta.env.VITE_BACKEND': '"embedded"',
    'import.meta.env.VITE_FIREBASE_PROVIDER': '""',
  },
  build: { outDir: distDir, emptyOutDir: true, target: 'chrome119' },
})

/** A process that is asked by IPC. */
async function startProcess(file, args) {
  const child = fork(join(root, 'tests/bench', file), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map()
  let next = 0
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
    child.on('message', ({ url: ready, id, result, error }) => {
      if (ready !== undefined) return resolve(ready)
      const { resolve: answer, reject: refuse } = waiting.get(id)
      waiting.delete(id)
      return error === undefined ? answer(result) : refuse(new Error(error))
    })
  })
  const ask = (method, ...given) =>
    new Promise((resolve, reject) => {
      next += 1
      waiting.set(next, { resolve, reject })
      child.send({ id: next, method, args: given })
    })
  return { url, ask, stop: () => child.disconnect() }
}

/** With the demo's own. */
let total = 0
const results = []
const note = (name, rep, key, value) => results.push({ name, rep, key, value })
const executablePath = await ensureBrowser()

async function runOnce(name, rep) {
  const isProduct = name === 'product'
  const dataDir = join(work, `${name}-${rep}`)
  if (isProduct) await makeBureau(dataDir, ROWS)
  const server = isProduct
    ? await startProcess('serverProcess.mjs', [dataDir, distDir])
    : await startProcess('floorProcess.mjs', [join(work, 'rows.json'), distDir])
  const context = await chromium.launchPersistentContext(join(work, `profile-${name}-${rep}`), {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: BROWSER_ARGS,
  })
  try {
    const page = await context.newPage()
    page.on('pageerror', (error) => process.stderr.write(`${name}: ${error.message}\n`))
    const ready = async () => {
      await page.goto(server.url)
      await page.waitForFunction(() => window.bench !== undefined)
    }
    const call = (method, ...args) =>
      page.evaluate(([called, given]) => window.bench[called](...given), [method, args])
    const measured = async (key, act) => {
      const before = await server.ask('stats')
      const value = await act()
      const after = await server.ask('stats')
      note(name, rep, `${key}.bytes`, after.bytes - before.bytes)
      note(name, rep, `${key}.requests`, after.requests - before.requests)
      note(name, rep, `${key}.serverCpu`, after.cpuMs - before.cpuMs)
      return value
    }
    await ready()
    await call('prepare', name, ACCOUNT, DEMO_PASSWORD)
    if (isProduct && rep === 0) {
      // The snapshot is made for the first tablet; those after it are what is measured.
      await call('firstSync', name, total, UNITS[3])
      await call('close')
      await page.evaluate(async () => {
        for (const { name: each } of await indexedDB.databases())
          if (each.startsWith('kaizencho-demo'))
            await new Promise((resolve) =>
              Object.assign(indexedDB.deleteDatabase(each), { onsuccess: resolve, onblocked: resolve }),
            )
      })
      await ready()
    }
    const first = await measured('w1', () => call('firstSync', name, total, UNITS[3]))
    note(name, rep, 'w1.ms', first.ms)
    note(name, rep, 'w1.longTask', first.longestTaskMs)
    const next = numbersFrom(rep * 97 + 5)
    const someRows = (count) =>
      [...new Set(Array.from({ length: count * 2 }, () => rowId(Math.floor(next() * ROWS))))].slice(0, count)
    await call('sync')
    for (const [key, changed] of [
      ['w5.none', 0],
      ['w5.ten', 10],
    ]) {
      for (let pull = 0; pull < PULLS; pull += 1) {
        if (changed > 0) await server.ask('edit', someRows(changed), 1000 + rep * 50 + pull)
        await new Promise((resolve) => setTimeout(resolve, 200))
        note(name, rep, `${key}.ms`, await measured(key, () => call('sync')))
      }
    }
    const [here, there] = [await call('digest'), await server.ask('digest')]
    if (here !== there) throw new Error(`${name}: ${here} here, ${there} on the server`)
    const reads = await call('reads', UNITS, READS)
    for (const [key, list] of [
      ['w3.page', reads.pages],
      ['w3.count', reads.counts],
      ['w3.search', reads.searches],
    ])
      for (const ms of list) note(name, rep, `${key}.ms`, ms)
    note(name, rep, 'hits', reads.hits.join())
    await page.reload()
    await page.waitForFunction(() => window.bench !== undefined)
    const cold = await call('coldOpen', name)
    note(name, rep, 'cold.ms', cold.ms)
    note(name, rep, 'cold.search', cold.firstSearchMs)
    const own = Array.from({ length: EDITS }, (_, index) => rowId(index * UNITS.length))
    for (const ms of await call('edits', own, 500 + rep)) note(name, rep, 'w4.edit.ms', ms)
    note(name, rep, 'w4.creates.ms', await call('creates', CREATES, 900 + rep))
  } finally {
    await context.close()
    server.stop()
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
function printTable() {
  const keys = [...new Set(results.map(({ key }) => key))].filter((key) => key !== 'hits')
  process.stdout.write(`${['', ...CONTENDERS, 'product/Dexie'].join(' | ')}\n`)
  for (const key of keys) {
    const of = (name) =>
      results.filter((one) => one.key === key && one.name === name).map(({ value }) => value)
    const cells = CONTENDERS.map((name) => {
      const list = of(name)
      return list.length === 0
        ? '–'
        : `${median(list).toFixed(2)} [${Math.min(...list).toFixed(2)}–${Math.max(...list).toFixed(2)}]`
    })
    const [ours, floor] = [of('product'), of('Dexie')]
    const ratio = ours.length > 0 && floor.length > 0 ? (median(ours) / median(floor)).toFixed(2) : ''
    process.stdout.write(`${[key, ...cells, ratio].join(' | ')}\n`)
  }
  const hits = new Set(
    results
      .filter(({ key, rep }) => key === 'hits' && rep === 0)
      .map(({ name, value }) => `${name}: ${value}`),
  )
  process.stdout.write(
    `hits ${[...hits].join(' / ')}\n${cpus()[0]?.model}, ${cpus().length} cores, ${ROWS} rows, ${REPS} runs\n`,
  )
}

try {
  // The floors have the very rows of the product's server.
  const dataDir = join(work, 'source')
  await makeBureau(dataDir, ROWS)
  const source = await startProcess('serverProcess.mjs', [dataDir, distDir])
  const rows = await source.ask('rows')
  total = rows.length
  writeFileSync(join(work, 'rows.json'), JSON.stringify(rows))
  source.stop()
  for (let rep = 0; rep < REPS; rep += 1) {
    const order = CONTENDERS.map((_, index) => CONTENDERS[(index + rep) % CONTENDERS.length])
    for (const name of order) await runOnce(name, rep)
  }
  printTable()
} finally {
  rmSync(work, { recursive: true, force: true })
}
