/** `npm run bench`: how long people wait for the merge of long texts [S15] for a list as a file and back (M2-11), and for a save on a slow tablet [S1]. No test asserts a time. */
import { build } from './build.mjs'
import { run } from './run.mjs'

const merged = await run('node', ['tests/bench/merge.mjs'])
const exchanged = await run('node', ['tests/bench/exchange.mjs'])
const built = await build()
const saved = built ? await run('node', ['tests/bench/save.mjs']) : 1
process.exitCode = merged || exchanged || saved
