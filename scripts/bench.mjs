/**
 * `npm run bench`: the product beside the floors of the platform (tests/bench/sync.mjs), then the merge of long texts [S15], a list as
 * a file and back (M2-11), and a save on a slow tablet [S1]. `-- --quick`: the first alone and small. `-- --growth`: how it grows.
 * `-- --write`: puts the tables into docs. Other arguments go to the first. No test asserts a time.
 */
import { build } from './build.mjs'
import { run } from './run.mjs'

const args = process.argv.slice(2)
const has = (name) => args.includes(`--${name}`)
const rest = args.filter((arg) => arg !== '--growth')

async function runAll() {
  const failed = await run('node', [
    has('growth') ? 'tests/bench/growth.mjs' : 'tests/bench/sync.mjs',
    ...rest,
  ])
  if (failed || has('growth') || has('quick')) return failed
  const merged = await run('node', ['tests/bench/merge.mjs'])
  const exchanged = await run('node', ['tests/bench/exchange.mjs'])
  const built = await build()
  const saved = built ? await run('node', ['tests/bench/save.mjs']) : 1
  return merged || exchanged || saved
}

process.exitCode = await runAll()
