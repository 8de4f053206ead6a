/** What the benches in Chromium share: the page, servers in processes of their own, and a browser whose CPU time is known. */
import { fork } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { build } from 'vite'
import { BROWSER_ARGS, ensureBrowser } from '../../scripts/browser.mjs'
import { root } from '../../scripts/run.mjs'

/** What was sent last may still be on its way through sockets and logs when the page is done. */
const SETTLE_MS = 30
/** Of /proc, on every Linux. */
const MS_PER_TICK = 10

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
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve)
      child.disconnect()
    })
  return { url, ask, stop }
}

/** A Chromium with a profile on disk. `cpuMs()`: of all its processes so far; undefined where there is no /proc. */
export async function startBrowser(profileDir) {
  const context = await chromium.launchPersistentContext(profileDir, {
    executablePath: await ensureBrowser(),
    args: BROWSER_ARGS,
  })
  return {
    context,
    cpuMs: cpuCounter(profileDir),
    async open(url) {
      const page = await context.newPage()
      page.on('pageerror', (error) => process.stderr.write(`${url}: ${error.message}\n`))
      await loadBench(page, url)
      return page
    },
    close: () => context.close(),
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
    const processes = readProcesses()
    if (processes === undefined) return undefined
    const queue = [...processes.keys()].filter((pid) => isBrowserOf(pid, profileDir))
    while (queue.length > 0) {
      const pid = queue.pop()
      seen.set(pid, processes.get(pid).cpuMs)
      for (const [child, { parent }] of processes) if (parent === pid) queue.push(child)
    }
    return [...seen.values()].reduce((sum, cpuMs) => sum + cpuMs, 0)
  }
}

/** Pid → parent and CPU time of everything that runs here; undefined where the system does not tell. */
function readProcesses() {
  const pids = readOrNothing(() => readdirSync('/proc'))?.filter((name) => /^\d+$/.test(name))
  if (pids === undefined) return undefined
  const processes = new Map()
  for (const pid of pids) {
    const stat = readOrNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    // Behind the name in brackets, which may hold anything: state, parent … and at 11 and 12 user and system ticks.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields !== undefined)
      processes.set(Number(pid), {
        parent: Number(fields[1]),
        cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
      })
  }
  return processes
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
