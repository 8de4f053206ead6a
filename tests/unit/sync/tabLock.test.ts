/** [S5] Tabs, of which one holds the browser's lock; some of them freeze, which stops their timers and their work. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Stop, type StopSignal } from '../../../src/sync/stop.ts'
import { type BrowserLock, STALE_MS, createTabLock } from '../../../src/sync/tabLock.ts'
import { type FakeClock, createFakeClock } from '../../support/fakeClock.ts'

/** The browser's one lock, as Web Locks behave. */
function createBrowserLock(): BrowserLock {
  let holder: Stop | undefined
  const hold = async (work: (lost?: StopSignal) => Promise<void>): Promise<void> => {
    const mine = new Stop()
    holder = mine
    await work(mine)
    if (holder === mine) holder = undefined
  }
  return {
    async tryRun(work) {
      if (holder !== undefined) return false
      await hold(work)
      return true
    },
    async takeOver(work) {
      holder?.now()
      await hold(work)
    },
  }
}

let clock: FakeClock
let beatMs: number | undefined
let browser: BrowserLock

const replica = {
  beat: (atMs: number) => Promise.resolve(void (beatMs = atMs)),
  lastBeat: () => Promise.resolve(beatMs),
}

beforeEach(() => {
  clock = createFakeClock()
  beatMs = undefined
  browser = createBrowserLock()
})

/** A tab whose timers can be frozen. */
function openTab() {
  let frozen = false
  const lock = createTabLock({
    lock: browser,
    replica,
    clock: { ...clock, after: (ms, callback) => clock.after(ms, () => !frozen && callback()) },
  })
  return {
    freeze: () => (frozen = true),
    /** Work that never ends by itself. */
    begin: () => {
      let lost: StopSignal | undefined
      void lock.tryRun((signal) => {
        lost = signal
        return new Promise(() => undefined)
      })
      return { isLost: () => lost?.stopped === true }
    },
    async tries() {
      let ran = false
      await lock.tryRun(() => Promise.resolve(void (ran = true)))
      return ran
    },
  }
}

/** Asks every half minute, as an idle tab does; answers after how long it ran. */
async function askUntilRun(tab: ReturnType<typeof openTab>, limitMs: number): Promise<number | undefined> {
  for (let elapsedMs = 0; elapsedMs <= limitMs; elapsedMs += 30_000) {
    if (await tab.tries()) return elapsedMs
    await clock.advance(30_000)
  }
  return undefined
}

describe('the lock of syncing', () => {
  test('[S5] a holder at work keeps it, however long the work takes', async () => {
    openTab().begin()
    expect(await askUntilRun(openTab(), 20 * STALE_MS)).toBeUndefined()
  })

  test('[S5] a frozen holder loses it to another tab, and is told when it wakes up', async () => {
    const holder = openTab()
    const work = holder.begin()
    await clock.advance(60_000)
    holder.freeze()
    expect(await askUntilRun(openTab(), 2 * STALE_MS)).toBeLessThanOrEqual(STALE_MS + 30_000)
    expect(work.isLost()).toBe(true)
  })

  test('[S5] one frozen before its first beat loses it too', async () => {
    const holder = openTab()
    holder.begin()
    holder.freeze()
    expect(await askUntilRun(openTab(), 2 * STALE_MS)).toBe(STALE_MS)
  })

  test('[S2][S5] clocks that jump neither take it from a holder at work nor keep it from the others for good', async () => {
    const holder = openTab()
    const other = openTab()
    holder.begin()
    await clock.advance(60_000)
    clock.jump(-365 * 24 * 3_600_000)
    expect(await askUntilRun(other, 3 * STALE_MS)).toBeUndefined()
    holder.freeze()
    expect(await askUntilRun(other, 2 * STALE_MS)).toBeDefined()
  })

  test('work that ends at once writes nothing', async () => {
    const tab = openTab()
    for (let round = 0; round < 10; round += 1) {
      expect(await tab.tries()).toBe(true)
      await clock.advance(30_000)
    }
    expect(beatMs).toBeUndefined()
  })
})
