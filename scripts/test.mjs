/** `npm test`: everything that says whether the product works. The last line counts it. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { build } from './build.mjs'
import { check } from './check.mjs'
import { testFirebase } from './firebaseTests.mjs'
import { checkRules } from './rules.mjs'
import { root, run } from './run.mjs'
import { printSizes } from './size.mjs'

const reports = join(root, '.cache/reports')
const total = { passed: 0, failed: 0, skipped: 0 }

await suite('検査', check)
await suite('単体・同期', async () => {
  const report = freshReport('vitest.json')
  const code = await run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  return countVitest(readReport(report), code)
})
const built = await suite('ビルド', async () => {
  if (!(await build())) return { passed: 0, failed: 1 }
  return printSizes() ? { passed: 2, failed: 0 } : { passed: 1, failed: 1 }
})
if (built.passed > 0) {
  const CHROME_PATH = await ensureBrowser()
  // Side by side: each waits for its servers and pages about half of the time.
  await Promise.all([
    suite('ブラウザー', async () => {
      const report = freshReport('playwright.json')
      const code = await run('playwright', ['test', '--reporter=list,json'], {
        CHROME_PATH,
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      })
      return countPlaywright(readReport(report), code)
    }),
    suite('Firebase', testFirebase),
  ])
}
await suite('規則とテスト', checkRules)

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
if (total.skipped > 0) process.stdout.write(`注意: ${total.skipped} 件のテストが飛ばされました。\n`)
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`)
process.exitCode = total.failed === 0 ? 0 : 1

/** Runs one suite and adds its counts. One that crashes, or in which no test ran, has failed. */
async function suite(name, work) {
  process.stdout.write(`\n── ${name} ──\n`)
  let counts
  try {
    counts = { skipped: 0, ...(await work()) }
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    counts = { passed: 0, failed: 1, skipped: 0 }
  }
  if (counts.passed + counts.failed + counts.skipped === 0) {
    process.stdout.write(`${name}: 1件も実行されませんでした。\n`)
    counts.failed = 1
  }
  for (const key of Object.keys(total)) total[key] += counts[key]
  return counts
}

/** A suite file that could not be loaded has no failed test, and an unhandled error none either: both count as one. */
function countVitest(report, code) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  ).length
  return {
    passed: numPassedTests,
    failed: atLeastOne(numFailedTests + broken, code),
    skipped: numPendingTests + numTodoTests,
  }
}

function countPlaywright({ stats, errors }, code) {
  return {
    passed: stats.expected,
    failed: atLeastOne(stats.unexpected + stats.flaky + errors.length, code),
    skipped: stats.skipped,
  }
}

function atLeastOne(failed, code) {
  return failed === 0 && code !== 0 ? 1 : failed
}

function freshReport(name) {
  mkdirSync(reports, { recursive: true })
  const file = join(reports, name)
  rmSync(file, { force: true })
  return file
}

function readReport(file) {
  if (!existsSync(file)) throw new Error(`${file} was not written: the suite crashed.`)
  return JSON.parse(readFileSync(file, 'utf8'))
}
