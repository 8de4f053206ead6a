/** `npm run privacy:measure`: how well the privacy gate finds what is marked in tests/privacy/, and what it misses. */
import { exemptNames, measure, readSet, readSets } from '../tests/privacy/measure.ts'

const MIN_STRUCTURED_RECALL = 0.98
const MIN_PRECISION = 0.95

const percent = (value) => `${(value * 100).toFixed(1)}%`.padStart(7)
const share = (part, whole) => (whole === 0 ? '      –' : percent(part / whole))

function print({ name, snippets }, exempt) {
  const { byKind, misses, structuredRecall, precision } = measure(snippets, exempt)
  const harmless = snippets.filter(({ expected }) => expected.length === 0).length
  const lines = [
    '',
    `${name}: ${snippets.length} 文（うち無害 ${harmless}）`,
    '種類              印   再現率  適合率  範囲一致',
    ...[...byKind].map(
      ([kind, { marked, found, right, recalled, exact }]) =>
        `${kind.padEnd(16)}${String(marked).padStart(4)}  ${share(recalled, marked)} ${share(right, found)} ${share(exact, marked)}`,
    ),
    `形のある種類の再現率 ${percent(structuredRecall)}   全体の適合率 ${percent(precision)}`,
    ...misses.map((miss) => `  ${miss}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return structuredRecall >= MIN_STRUCTURED_RECALL && precision >= MIN_PRECISION
}

const exempt = exemptNames()
const named = process.argv.slice(2)
const sets = named.length > 0 ? named.map(readSet) : readSets()
const all = { name: 'すべて', snippets: sets.flatMap(({ snippets }) => snippets) }
const passed = [...sets, ...(sets.length > 1 ? [all] : [])].map((set) => print(set, exempt))
process.exitCode = passed.every(Boolean) ? 0 : 1
