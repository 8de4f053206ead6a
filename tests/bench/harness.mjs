/** What the benches in Chromium share: the page, servers in processes of their own, and a browser whose CPU time is known. */
import { fork } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { build } from 'vite'
import { BROWSER_ARGS, ensureBrowser } from '../../scripts/browser.mjs'
import { root } from '../../scripts/run.mjs'

/** What was sent last may still be on its way through sockets and logs when the page is done. */
const SETTLE_MS = 30
/** Of /proc, on every Linux. */
const MS_PER_TICK = 10
const PAGE_BYTES = 4096

/** Of servers and browsers that have ended. */
let ownCpuMs = 0

/** Begins to watch the machine; the answer tells which share of its CPU went to anything but the bench, where that can be known. */
export function watchOthers() {
  const begin = { busyMs: busyMs(), atMs: performance.now() }
  return () => {
    const now = busyMs()
    if (now === undefined) return undefined
    const { user, system } = process.cpuUsage()
    const own = ownCpuMs + (user + system) / 1000
    return (now - begin.busyMs - own) / (performance.now() - begin.atMs) / cpus().length
  }
}

/** CPU time that the machine has spent on anything since its start. */
function busyMs() {
  const line = readOrNothing(() => readFileSync('/proc/stat', 'utf8'))?.split('\n')[0]
  const ticks = line?.split(/\s+/).slice(1).map(Number)
  // user, nice, system, and interrupts; idle and waiting are between them.
  return ticks === undefined ? undefined : [0, 1, 2, 5, 6].reduce((sum, n) => sum + ticks[n], 0) * MS_PER_TICK
}

/** Builds the page that runs the contenders. */
export async function buildPage(outDir) {
  await build({
    configFile: false,
    root: join(root, 'tests/bench/page'),
    logLevel: 'error',
    resolve: { alias: [{ find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.min.mjs' }] },
    worker: { format: 'es' },
    define: {
      __VUE_OPTIONS_API__: 'false',
      'import.meta.env.VITE_BACKEND': '"embedded"',
      'import.meta.env.VITE_FIREBASE_PROVIDER': '""',
    },
    build: { outDir, emptyOutDir: true, target: 'chrome119' },
  })
}

/** A process of this folder that answers to `ask(method, ...args)`. */
export async function startProcess(file, args) {
  const child = fork(join(root, 'tests/bench', file), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // As `npm run serve` runs it: less memory is kept for what lives shortly, and what is free is given back.
    execArgv: ['--max-semi-space-size=4'],
    env: {
      ...process.env,
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '131072',
      MALLOC_TRIM_THRESHOLD_: '131072',
    },
  })
  const waiting = new Map()
  let next = 0
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      const error = new Error(`${file} ended with ${code}`)
      reject(error)
      for (const { reject: refuse } of waiting.values()) refuse(error)
    })
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
  const stop = async () => {
    ownCpuMs += (await ask('stats')).cpuMs
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.disconnect()
    await ended
  }
  return { url, ask, stop }
}

/** A Chromium with a profile on disk. `cpuMs()`: of all its processes so far; undefined where there is no /proc. */
export async function startBrowser(profileDir) {
  const context = await chromium.launchPersistentContext(profileDir, {
    executablePath: await ensureBrowser(),
    args: BROWSER_ARGS,
  })
  const cpuMs = cpuCounter(profileDir)
  return {
    context,
    cpuMs,
    largestMb: () => Math.max(...browserProcesses(profileDir).map(({ rssMb }) => rssMb)),
    async open(url) {
      const page = await context.newPage()
      page.on('pageerror', (error) => process.stderr.write(`${url}: ${error.message}\n`))
      await loadBench(page, url)
      return page
    },
    async close() {
      ownCpuMs += cpuMs() ?? 0
      await context.close()
    },
  }
}

/** Loads the page, again if it is there. */
export async function loadBench(page, url) {
  await (url === undefined ? page.reload() : page.goto(url))
  await page.waitForFunction(() => window.bench !== undefined)
}

/** Calls a method of `window.bench`. */
export const call = (page, method, ...args) =>
  page.evaluate(([called, given]) => window.bench[called](...given), [method, args])

/** Runs `act`; answers its value and what it cost on both sides. */
export async function measured({ server, browser }, act) {
  const [before, cpuBefore] = [await server.ask('stats'), browser.cpuMs()]
  const value = await act()
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  const [cpuAfter, after] = [browser.cpuMs(), await server.ask('stats')]
  return {
    value,
    cost: {
      bytes: after.bytes - before.bytes,
      requests: after.requests - before.requests,
      serverCpuMs: after.cpuMs - before.cpuMs,
      ...(cpuBefore === undefined ? {} : { clientCpuMs: cpuAfter - cpuBefore }),
    },
  }
}

/** Processes that have ended count with what was seen of them last. */
function cpuCounter(profileDir) {
  const seen = new Map()
  return () => {
    for (const { pid, cpuMs } of browserProcesses(profileDir)) seen.set(pid, cpuMs)
    return seen.size === 0 ? undefined : [...seen.values()].reduce((sum, cpuMs) => sum + cpuMs, 0)
  }
}

/** A browser's first process and all below it; none where the system does not tell. */
function browserProcesses(profileDir) {
  const processes = readProcesses()
  const found = processes.filter(({ pid }) => isBrowserOf(pid, profileDir))
  // Grows while it is walked.
  for (const { pid } of found) found.push(...processes.filter(({ parent }) => parent === pid))
  return found
}

/** What runs here, from /proc: pid, parent, CPU time, resident memory. */
function readProcesses() {
  const pids = (readOrNothing(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    const stat = readOrNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    // Behind the name in brackets, which may hold anything: state, parent … at 11 and 12 user and system ticks, at 21 pages.
    const fields = stat
      ?.slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    if (fields === undefined) return []
    const cpuMs = (fields[11] + fields[12]) * MS_PER_TICK
    return [{ pid: Number(pid), parent: fields[1], cpuMs, rssMb: (fields[21] * PAGE_BYTES) / 1e6 }]
  })
}

/** The first of a browser's processes. */
function isBrowserOf(pid, profileDir) {
  const command = readOrNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.split('\0') ?? []
  return (
    command.includes(`--user-data-dir=${profileDir}`) && !command.some((arg) => arg.startsWith('--type='))
  )
}

/** Processes end while one looks. */
function readOrNothing(read) {
  try {
    return read()
  } catch {
    return undefined
  }
}
