/**
 * W2: tablets of several offices, each with a database and an account of its own, have all worked offline, new rows and edits, some of
 * them of a row that a colleague edits too. Then all sync at once, in rounds, until every one shows what the server has. The tablets
 * of an office share a page, and so a renderer and an origin.
 */
import { join } from 'node:path'
import { DEMO_PASSWORD } from '../../functions/src/demo.ts'
import { keyed } from './tables.mjs'
import { call, measured, startBrowser, startProcess } from './harness.mjs'
import { UNITS, makeBureau, tabletAccount } from './store.mjs'

/** What each tablet writes: new rows; edits, of which so many are of a colleague's rows. */
const WORK = { creates: 20, edits: 20, shared: 2 }
/** Rows that each tablet's person has made before. */
const ROWS_EACH = 20
const MAX_ROUNDS = 8
const OFFICES = { quick: 2, full: 7 }

export class Together {
  static async prepare({ tabletCount, quick, work, distDir }) {
    const perOffice = Math.ceil(tabletCount / (quick ? OFFICES.quick : OFFICES.full))
    const tablets = Array.from({ length: tabletCount }, (_, n) => {
      const office = Math.floor(n / perOffice)
      const size = Math.min(perOffice, tabletCount - office * perOffice)
      const neighbour = office * perOffice + ((n + 1 - office * perOffice) % size)
      return { n, office, unit: UNITS[office], neighbour }
    })
    const source = join(work, 'together')
    const rows = tabletCount * ROWS_EACH
    await makeBureau(
      source,
      rows,
      tablets.map(({ unit }) => unit),
    )
    const rowsFile = join(work, 'together.json')
    const server = await startProcess('serverProcess.mjs', [source, distDir])
    await server.ask('writeRows', rowsFile)
    await server.stop()
    const made = new Together()
    return Object.assign(made, { tablets, work, distDir, source, rows, rowsFile, places: new Map() })
  }

  get workload() {
    return `${this.tablets.length} tablets`
  }

  get title() {
    const { creates, edits, shared } = WORK
    return `${this.tablets.length} tablets, each with ${creates} new records and ${edits} edits, ${shared} of them of a colleague's record`
  }

  get facts() {
    return { rows: this.rows }
  }

  /** Plain IndexedDB has no outbox. */
  knows(name) {
    return name !== 'IndexedDB'
  }

  async run(name, rep, samples) {
    if (!this.places.has(name)) this.places.set(name, await this.install(name))
    const place = this.places.get(name)
    const browser = await startBrowser(place.profile)
    this.chromium = browser.context.browser()?.version()
    const { server } = place
    try {
      const pages = await this.openAll(name, browser, place)
      await this.workOffline({ name, rep, server, context: browser.context, pages })
      const total = await this.converge({ name, server, browser, pages })
      place.rows += this.tablets.length * WORK.creates
      const there = await server.ask('digest')
      if (!there.startsWith(`${place.rows}:`)) throw new Error(`${name}: ${there}, not ${place.rows} rows`)
      samples.note({ workload: this.workload, name, rep }, keyed('w2', total))
    } finally {
      await browser.close()
    }
  }

  /** A server, and a profile in which everybody has signed in once. */
  async install(name) {
    const server =
      name === 'product'
        ? await startProcess('serverProcess.mjs', [this.source, this.distDir])
        : await startProcess('floorProcess.mjs', [this.rowsFile, this.distDir])
    const rows = Number((await server.ask('digest')).split(':')[0])
    const place = { server, rows, profile: join(this.work, `together-${name}`), people: new Map() }
    const browser = await startBrowser(place.profile)
    try {
      await this.openAll(name, browser, place)
    } finally {
      await browser.close()
    }
    return place
  }

  async openAll(name, browser, { server, people }) {
    const offices = [...Map.groupBy(this.tablets, ({ office }) => office).values()]
    const pages = await Promise.all(
      offices.map(async (tablets) => {
        const page = await browser.open(server.url.replace('//', `//office${tablets[0].office}.`))
        return { page, tablets }
      }),
    )
    await Promise.all(
      pages.map(async ({ page, tablets }) => {
        for (const { n } of tablets) {
          if (people.has(n)) continue
          const credentials = { account: tabletAccount(n), password: DEMO_PASSWORD }
          people.set(n, await call(page, 'prepare', name, credentials))
        }
        const numbered = tablets.map(({ n }) => ({ n, person: people.get(n) }))
        await call(page, 'openTablets', name, numbered)
      }),
    )
    return pages
  }

  async workOffline({ name, rep, server, context, pages }) {
    const before = await server.ask('stats')
    await context.setOffline(true)
    const spec = { ...WORK, salt: 1000 + rep * 100, tabletCount: this.tablets.length }
    await Promise.all(pages.map(({ page, tablets }) => call(page, 'workOffline', tablets, spec)))
    const after = await server.ask('stats')
    if (after.requests !== before.requests) throw new Error(`${name} met the server while it was offline`)
  }

  /** Until all agree: time and cost of the rounds together. */
  async converge({ name, server, browser, pages }) {
    const total = { ms: 0, rounds: 0 }
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { value: ms, cost } = await measured({ server, browser }, async () => {
        const startedMs = performance.now()
        if (round === 0) await browser.context.setOffline(false)
        await Promise.all(pages.map(({ page }) => call(page, 'syncTablets')))
        return performance.now() - startedMs
      })
      for (const [key, value] of Object.entries({ ms, rounds: 1, ...cost }))
        total[key] = (total[key] ?? 0) + value
      const there = await server.ask('digest')
      const digests = await Promise.all(pages.map(({ page }) => call(page, 'digests')))
      if (digests.flat().every((digest) => digest === there)) return total
    }
    throw new Error(`${name}: the tablets do not agree after ${MAX_ROUNDS} rounds`)
  }

  remarks() {
    return `${this.rows} records to begin with; every run adds to those before it.`
  }

  async end() {
    for (const { server } of this.places.values()) await server.stop()
  }
}
