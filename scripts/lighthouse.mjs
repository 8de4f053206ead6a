/**
 * `npm run lighthouse`: Lighthouse (mobile, throttled) on the production build with the demo data: the sign-in page, and
 * ホーム and 局一覧 signed in. Prints the scores, fails below the floors of the product, keeps the reports in .cache/lighthouse.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
import { DEMO_PASSWORD } from '../functions/src/demo.ts'
import { startEmbedded } from '../functions/src/embedded.ts'
import { BROWSER_ARGS, ensureBrowser } from './browser.mjs'
import { build } from './build.mjs'
import { installApart } from './installApart.mjs'
import { root } from './run.mjs'

const tools = join(root, 'tests/lighthouse')
const reports = join(root, '.cache/lighthouse')
const FLOORS = { performance: 95, accessibility: 100, 'best-practices': 100 }
/** The median of so many runs counts. */
const RUNS = 3
const MAX_TRIES = 8

if (!(await build())) process.exit(1)
installApart(tools)
const { default: lighthouse } = await import(
  pathToFileURL(join(tools, 'node_modules/lighthouse/core/index.js')).href
)
const work = mkdtempSync(join(tmpdir(), 'kaizencho-lighthouse-'))
const server = await startEmbedded({
  dataDir: join(work, 'data'),
  port: 0,
  distDir: join(root, 'dist'),
  demo: true,
  log: () => undefined,
})
mkdirSync(reports, { recursive: true })
const port = await freePort()
const context = await chromium.launchPersistentContext(join(work, 'profile'), {
  executablePath: await ensureBrowser(),
  args: [...BROWSER_ARGS, `--remote-debugging-port=${port}`],
  locale: 'ja-JP',
})
try {
  const good = [await measure('sign-in', '/sign-in')]
  await signIn(await context.newPage())
  good.push(await measure('home', '/'), await measure('list', '/list?year=2016'))
  process.exitCode = good.every(Boolean) ? 0 : 1
} finally {
  await context.close()
  await server.stop()
  rmSync(work, { recursive: true, force: true })
}

/** Measures one page; true when its medians reach the floors. */
async function measure(name, path) {
  const runs = []
  for (let run = 0; runs.length < RUNS; run += 1) {
    if (run === MAX_TRIES) throw new Error(`${name}: ${runs.length} of ${MAX_TRIES} runs were measured.`)
    const result = await lighthouse(`${server.url}${path}`, {
      port,
      output: ['html', 'json'],
      logLevel: 'error',
      disableStorageReset: true,
      onlyCategories: Object.keys(FLOORS),
    })
    // Lighthouse could not record the page: that says nothing about it.
    if (result.lhr.runtimeError !== undefined) continue
    const [html, json] = result.report
    writeFileSync(join(reports, `${name}-${run + 1}.html`), html)
    writeFileSync(join(reports, `${name}-${run + 1}.json`), json)
    runs.push(result.lhr)
  }
  const scores = Object.keys(FLOORS).map((category) => {
    const sorted = runs.map((lhr) => Math.round(lhr.categories[category].score * 100)).sort((a, b) => a - b)
    return [category, sorted[Math.floor(RUNS / 2)]]
  })
  process.stdout.write(`${name}: ${scores.map(([category, score]) => `${category} ${score}`).join(', ')}\n`)
  return scores.every(([category, score]) => score >= FLOORS[category])
}

async function signIn(page) {
  await page.goto(`${server.url}/`)
  await page.getByLabel('メールアドレス', { exact: true }).fill('labor-kameido@demo.example')
  await page.getByLabel('パスワード', { exact: true }).fill(DEMO_PASSWORD)
  await page.getByRole('button', { name: 'ログイン', exact: true }).click()
  await page.getByRole('status', { name: '同期の状態' }).filter({ hasText: 'すべて送信済み' }).waitFor()
  await page.close()
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port: free } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return free
}
