/** Runs in Chromium: opens one contender and takes the times. A wrong answer throws, so that a fast wrong one fails. */
import { TERMS, initiativeEdit, rowId } from '../bureau.mjs'
import { dexieFloor, idbFloor } from './floors.mjs'
import { product } from './product.mjs'

const CONTENDERS = Object.fromEntries([product, dexieFloor, idbFloor].map((one) => [one.name, one]))
const PROGRESSES = ['done', 'doing', 'partial', 'planned', 'considering', 'later']
const PAGE = 50
/** Long tasks and finished requests are told a little later. */
const TOLD_MS = 60
const LOOKS = 100
/** The app keeps the list's first rows when nothing has changed for a second. */
const REST_MS = 1500
const AT_A_TIME = 5
/** None of the terms. */
const WARM_UP = '準備'

/** Longest task of the main thread since asked last, in ms. */
let longestTaskMs = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration)
}).observe({ entryTypes: ['longtask'] })

let opened
/** W2: tablets of this page by their number. */
const tablets = new Map()

const timed = async (work) => {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
const check = (holds, what) => {
  if (!holds) throw new Error(`wrong: ${what}`)
}
const several = async (times, work) => {
  const each = []
  for (let turn = 0; turn < times; turn += 1) each.push(await timed(() => work(turn)))
  return each
}
/** The same for what is over sooner than the page's clock ticks: a few at a time, never twice the same. */
const severalQuick = async (times, work) => {
  const each = await several(times, async (turn) => {
    for (let n = 0; n < AT_A_TIME; n += 1) await work(turn * AT_A_TIME + n)
  })
  return each.map((ms) => ms / AT_A_TIME)
}
const counting = (count) => Array.from({ length: count }, (_, index) => index)
const told = () => new Promise((resolve) => setTimeout(resolve, TOLD_MS))
const bodyBytes = () =>
  performance
    .getEntriesByType('resource')
    .filter(({ name }) => /\/(api|floor)\//.test(name))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)

window.bench = {
  prepare: (name, credentials) => CONTENDERS[name].prepare(credentials),

  /** The request that brings the rows. */
  rowsRequest: (name) => CONTENDERS[name].rowsRequest(),

  /** Brings what loads later into the browser's cache, as the app's service worker has it: bytes are those of the rows. */
  loadCode: (names) =>
    Promise.all(names.map(async (name) => (await fetch(`/assets/${name}`)).arrayBuffer())).then(
      () => undefined,
    ),

  /** An empty tablet until its list answers: page, count, and every row there. */
  async firstSync(name, rows, unit) {
    longestTaskMs = 0
    const startedMs = performance.now()
    opened = await CONTENDERS[name].open()
    let usableMs
    void opened
      .usable?.(PAGE)
      .then(() => opened.list(PAGE))
      .then((page) => {
        check(page.length === PAGE, 'first page of many')
        usableMs = performance.now() - startedMs
      })
    await (opened.fill?.() ?? opened.sync())
    // The list may show rows that come in numbers a moment later.
    while ((await opened.count()) < rows) await new Promise((resolve) => setTimeout(resolve))
    const page = await opened.list(PAGE)
    const found = await opened.filterCount(unit, PROGRESSES[1])
    const ms = performance.now() - startedMs
    check(page.length === PAGE && found > 0, 'first page or count')
    check((await opened.count()) === rows, `${await opened.count()} of ${rows} rows`)
    await told()
    return { ms, longestTaskMs, usableMs }
  },

  /** The page was loaded anew: until the first page is at hand. */
  async coldOpen(name) {
    let page
    const ms = await timed(async () => {
      opened = await CONTENDERS[name].open()
      page = await opened.list(PAGE)
    })
    check(page.length === PAGE, 'cold page')
    return { ms, searchMs: await timed(() => opened.search(TERMS[1])) }
  },

  /** `pageMs` and `countMs`, each a list, and for each term `searchMs` and how many rows were found. */
  async reads(units, turns) {
    const pageMs = await severalQuick(turns, async (turn) =>
      check((await opened.list(PAGE + turn)).length === PAGE + turn, 'page'),
    )
    const countMs = await severalQuick(turns, (turn) =>
      opened.filterCount(units[turn % units.length], PROGRESSES[turn % 6]),
    )
    // The first of all brings the texts into memory, and is measured after a cold open.
    await opened.search(WARM_UP)
    const hits = []
    const searchMs = await several(TERMS.length, async (turn) => hits.push(await opened.search(TERMS[turn])))
    return { pageMs, countMs, searchMs, hits }
  },

  async edits(ids, salt) {
    const ms = await several(ids.length, (turn) => opened.edit(ids[turn], turn, salt))
    const { fields } = await opened.get(ids.at(-1))
    check(fields.result === initiativeEdit(ids.length - 1, salt).result, 'edit kept')
    return ms
  },
  async creates(count, salt) {
    const before = await opened.count()
    const ms = await timed(() => opened.create(counting(count), { salt, stage: 'draft' }))
    // Lists follow a save in their own time.
    for (let looks = 0; (await opened.count()) < before + count && looks < LOOKS; looks += 1) await told()
    check(
      (await opened.count()) === before + count,
      `${(await opened.count()) - before} of ${count} new rows`,
    )
    return ms
  },

  /** Sends and fetches; the body is that of all answers. */
  async sync() {
    longestTaskMs = 0
    performance.clearResourceTimings()
    const ms = await timed(() => opened.sync())
    check(opened.isDone?.() ?? true, 'everything sent')
    await told()
    return { ms, longestTaskMs, bodyBytes: bodyBytes() }
  },
  /** Lets what a contender does by itself come to an end. */
  async rest() {
    await opened.sync()
    await new Promise((resolve) => setTimeout(resolve, REST_MS))
  },
  digest: () => opened.digest(),
  close: () => opened.close(),

  /** Opens several tablets, each with a database of its own, and brings them up to date. */
  async openTablets(name, numbered) {
    for (const { n, person } of numbered) tablets.set(n, await CONTENDERS[name].open({ person }))
    for (const tablet of tablets.values()) await tablet.sync()
  },
  /** What each writes while there is no network: new rows, edits of its own, and of rows that its neighbour edits too. */
  async workOffline(numbered, { salt, creates, edits, shared, tabletCount }) {
    for (const { n, unit, neighbour } of numbered) {
      const tablet = tablets.get(n)
      await tablet.create(counting(creates), { salt: salt + n, stage: 'submitted', unit })
      const rowsOf = (owner, count) => counting(count).map((turn) => rowId(owner + tabletCount * turn))
      const ids = [...rowsOf(n, edits - shared), ...rowsOf(neighbour, shared)]
      for (const [turn, id] of ids.entries()) await tablet.edit(id, turn, salt + n)
    }
  },
  syncTablets: () => Promise.all([...tablets.values()].map((tablet) => tablet.sync())),
  /** Of each tablet; 'unsent' where something is still to be sent. */
  async digests() {
    const all = []
    for (const tablet of tablets.values())
      all.push((tablet.isDone?.() ?? true) ? await tablet.digest() : 'unsent')
    return all
  },
}
