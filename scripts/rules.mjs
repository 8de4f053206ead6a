/**
 * `npm run rules`: the rules of docs/PROTOCOL.md and the tests that passed for each, from the reports of the last `npm test`. A rule
 * without a passing test, and a test that cites a rule there is none of, are failures.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

const reports = join(root, '.cache/reports')

/** Prints the list; answers how many rules are shown by a test, and how many things are wrong. */
export function checkRules() {
  const protocol = readFileSync(join(root, 'docs/PROTOCOL.md'), 'utf8')
  const rules = [...protocol.matchAll(/^- \*\*\[(S\d+)\]\*\*/gm)].map(([, rule]) => rule)
  const titles = [...vitestTitles('vitest.json'), ...playwrightTitles('playwright.json')]
  if (titles.length === 0) throw new Error('テストの記録がありません。先に npm test を実行してください。')
  const cited = new Map(rules.map((rule) => [rule, []]))
  let failed = 0
  for (const title of titles) {
    for (const [, rule] of title.matchAll(/\[(S\d+)\]/g)) {
      const tests = cited.get(rule)
      if (tests !== undefined) tests.push(title)
      else {
        failed += 1
        process.stdout.write(`✗ ${rule} という規則はありません: ${title}\n`)
      }
    }
  }
  for (const [rule, tests] of cited) {
    if (tests.length === 0) failed += 1
    const first = tests[0] === undefined ? 'テストがありません' : `${tests.length} 件  ${tests[0]}`
    process.stdout.write(`${tests.length === 0 ? '✗' : '✓'} ${rule.padEnd(3)} ${first}\n`)
  }
  return { passed: rules.filter((rule) => (cited.get(rule)?.length ?? 0) > 0).length, failed }
}

function read(name) {
  const file = join(reports, name)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function vitestTitles(name) {
  return (read(name)?.testResults ?? []).flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
  )
}

function playwrightTitles(name) {
  const specsOf = ({ suites = [], specs = [] }) => [...specs, ...suites.flatMap(specsOf)]
  return (read(name)?.suites ?? [])
    .flatMap(specsOf)
    .filter(({ ok }) => ok)
    .map(({ title }) => title)
}

if (import.meta.main) process.exitCode = checkRules().failed === 0 ? 0 : 1
