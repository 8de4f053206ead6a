/** W1 and W3 to W5: one tablet, one contender after another on the very same rows. */
import { cpSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { constants, brotliCompressSync } from 'node:zlib'
import { DEMO_PASSWORD } from '../../functions/src/demo.ts'
import { TERMS, numbersFrom, rowId } from './bureau.mjs'
import { call, loadBench, measured, startBrowser, startProcess } from './harness.mjs'
import { keyed } from './tables.mjs'
import { UNITS, makeBureau } from './store.mjs'

/** Somebody of an office: reads the whole list, edits the rows of the first unit. */
export const PERSON = { account: `${UNITS[0]}@demo.example`, password: DEMO_PASSWORD }
/** Office whose rows are counted. */
export const COUNTED = UNITS[3]
const PAUSE_MS = 200
const WARM_UPS = 5
const BROTLI_QUALITY = 5

export class Alone {
  /** `whole`: all workloads, not W1 alone. */
  static async prepare({ rows, whole, quick, work, distDir }) {
    const dataDir = join(work, `source-${rows}`)
    await makeBureau(dataDir, rows)
    const source = await startProcess('serverProcess.mjs', [dataDir, distDir])
    const rowsFile = join(work, `rows-${rows}.json`)
    await source.ask('writeRows', rowsFile)
    const { total, hits } = await source.ask('hits', TERMS)
    // The snapshot is made for the first tablet; those after it are what is measured.
    const browser = await startBrowser(`${dataDir}-profile`)
    await firstTablet(source, browser, total)
    await browser.close()
    await source.stop()
    const json = readFileSync(rowsFile)
    const limit = brotliCompressSync(json, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: json.length,
      },
    })
    const made = new Alone()
    const turns = quick
      ? { reads: 8, edits: 20, creates: 100, pulls: 3 }
      : { reads: 20, edits: 50, creates: 1000, pulls: 6 }
    const facts = { jsonBytes: json.length, brotliBytes: limit.length }
    return Object.assign(made, { rows, whole, work, distDir, dataDir, rowsFile, total, hits, turns, facts })
  }

  get workload() {
    return `${this.rows} rows`
  }

  get title() {
    return `${this.rows.toLocaleString('en')} records`
  }

  knows() {
    return true
  }

  async run(name, rep, samples) {
    const isProduct = name === 'product'
    const place = join(this.work, `${name}-${this.rows}-${rep}`)
    if (isProduct) cpSync(this.dataDir, place, { recursive: true })
    const server = isProduct
      ? await startProcess('serverProcess.mjs', [place, this.distDir])
      : await startProcess('floorProcess.mjs', [this.rowsFile, this.distDir])
    const browser = await startBrowser(`${place}-profile`)
    this.chromium = browser.context.browser()?.version()
    try {
      const note = (values) => samples.note({ workload: this.workload, name, rep }, values)
      await this.measure({ name, rep, server, browser, note })
    } finally {
      await browser.close()
      await server.stop()
    }
  }

  async measure(run) {
    const { name, server, browser, note } = run
    const page = await browser.open(server.url)
    await call(page, 'prepare', name, PERSON)
    await warmUp(server.url, await call(page, 'rowsRequest', name))
    await call(page, 'loadCode', readdirSync(join(this.distDir, 'assets')))
    const first = await measured(run, () => call(page, 'firstSync', name, this.total, COUNTED))
    note(keyed('w1', { ...first.value, ...first.cost }))
    if (!this.whole) return
    await this.measurePulls(run, page)
    await this.measureReads(run, page)
    await loadBench(page)
    note(keyed('cold', await call(page, 'coldOpen', name)))
    await this.measureWrites(run, page)
  }

  async measurePulls({ name, rep, server, browser, note }, page) {
    const next = numbersFrom(rep * 97 + 5)
    const someRows = (count) =>
      [...new Set(Array.from({ length: count * 2 }, () => rowId(Math.floor(next() * this.rows))))].slice(
        0,
        count,
      )
    await call(page, 'sync')
    for (const [key, changed] of [
      ['w5.none', 0],
      ['w5.ten', 10],
    ]) {
      for (let pull = 0; pull < this.turns.pulls; pull += 1) {
        if (changed > 0) await server.ask('edit', someRows(changed), 1000 + rep * 50 + pull)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
        const { value, cost } = await measured({ server, browser }, () => call(page, 'sync'))
        note(keyed(key, { ...value, bytes: cost.bytes, requests: cost.requests }))
      }
    }
    const [here, there] = [await call(page, 'digest'), await server.ask('digest')]
    if (here !== there) throw new Error(`${name}: ${here} here, ${there} on the server`)
  }

  async measureReads({ name, note }, page) {
    const { hits, ...times } = await call(page, 'reads', UNITS, this.turns.reads)
    for (const [key, list] of Object.entries(times)) for (const ms of list) note(keyed('w3', { [key]: ms }))
    // Ten edits a pull have changed a few texts since.
    const allowed = this.turns.pulls * 10
    const isRight = hits.every((count, term) => Math.abs(count - this.hits[term]) <= allowed)
    if (!isRight) throw new Error(`${name}: found ${hits.join()}, there are ${this.hits.join()}`)
  }

  async measureWrites({ rep, note }, page) {
    const own = ownRows(this.turns.edits, this.rows)
    // The app begins to sync when it is opened, and after each save; a person saves when that is over, and the others do neither.
    await call(page, 'rest')
    for (const editMs of await call(page, 'edits', own, 500 + rep)) note(keyed('w4', { editMs }))
    await call(page, 'rest')
    note(keyed('w4', { createsMs: await call(page, 'creates', this.turns.creates, 900 + rep) }))
  }

  remarks(samples) {
    const { jsonBytes, brotliBytes } = this.facts
    const bytes = samples.median(this.workload, 'product', 'w1.bytes')
    const ratio = bytes === undefined ? '–' : (bytes / brotliBytes).toFixed(3)
    return [
      `JSON of the rows ${(jsonBytes / 1e6).toFixed(2)} MB, brotli-${BROTLI_QUALITY} ${(brotliBytes / 1e6).toFixed(2)} MB;`,
      `the product's W1 is ${ratio} of that. W4 creates: ${this.turns.creates}.`,
    ].join(' ')
  }

  async end() {}
}

/** The first tablet of all, for which the snapshot is made; it has an origin of its own. Answers its first sync. */
export async function firstTablet(server, browser, total) {
  const page = await browser.open(server.url.replace('//', '//first.'))
  await call(page, 'prepare', 'product', PERSON)
  const first = await call(page, 'firstSync', 'product', total, COUNTED)
  await call(page, 'close')
  await page.close()
  return first
}

/** A server that runs has answered others before, as the peers' have. Nothing is asked by the browser, which is as it was. */
async function warmUp(url, { path, init }) {
  for (let turn = 0; turn < WARM_UPS; turn += 1) {
    const headers = { ...init?.headers, 'accept-encoding': 'br' }
    const answer = await fetch(url + path, { ...init, headers })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    await answer.arrayBuffer()
  }
}

/** Ids of rows that PERSON may edit. */
export function ownRows(count, rows) {
  const there = Math.floor(rows / UNITS.length)
  return Array.from({ length: count }, (_, turn) => rowId((turn % there) * UNITS.length))
}
