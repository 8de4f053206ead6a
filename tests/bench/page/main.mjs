/** Runs in Chromium: opens one contender and takes the times. A wrong answer throws, so that a fast wrong one fails. */
import { TERMS } from '../bureau.mjs'
import { dexieFloor, idbFloor } from './floors.mjs'
import { product } from './product.mjs'

const CONTENDERS = Object.fromEntries([product, dexieFloor, idbFloor].map((one) => [one.name, one]))
const PROGRESSES = ['done', 'doing', 'partial', 'planned', 'considering', 'later']
const PAGE = 50
/** Longest task of the main thread since asked last, in ms. */
let longestTaskMs = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration)
}).observe({ entryTypes: ['longtask'] })

let opened
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

window.bench = {
  prepare: (name, account, password) => CONTENDERS[name].prepare(account, password),

  /** An empty tablet until its list answers: page, count, and every row there. */
  async firstSync(name, rows, unit) {
    longestTaskMs = 0
    const startedMs = performance.now()
    opened = await CONTENDERS[name].open()
    await opened.sync()
    const page = await opened.list(PAGE)
    const found = await opened.filterCount(unit, PROGRESSES[1])
    const ms = performance.now() - startedMs
    check(page.length === PAGE && found > 0, 'first page or count')
    check((await opened.count()) === rows, `${await opened.count()} of ${rows} rows`)
    return { ms, longestTaskMs }
  },

  /** The page was loaded anew: until the first page is at hand. */
  async coldOpen(name) {
    let page
    const ms = await timed(async () => {
      opened = await CONTENDERS[name].open()
      page = await opened.list(PAGE)
    })
    check(page.length === PAGE, 'cold page')
    const firstSearchMs = await timed(() => opened.search(TERMS[1]))
    return { ms, firstSearchMs }
  },

  async reads(units, turns) {
    const pages = await several(turns, async (turn) =>
      check((await opened.list(PAGE + turn)).length === PAGE + turn, 'page'),
    )
    const counts = await several(turns, (turn) =>
      opened.filterCount(units[turn % units.length], PROGRESSES[turn % 6]),
    )
    const hits = []
    const searches = await several(TERMS.length, async (turn) => hits.push(await opened.search(TERMS[turn])))
    return { pages, counts, searches, hits }
  },

  edits: (ids, salt) => several(ids.length, (turn) => opened.edit(ids[turn], turn, salt)),
  creates: (count, salt) =>
    timed(() =>
      opened.create(
        Array.from({ length: count }, (_, index) => index),
        salt,
      ),
    ),
  sync: () => timed(() => opened.sync()),
  digest: () => opened.digest(),
  close: () => opened.close(),
}
