/** `npm run check`: types, lint, format, boundaries, dead code. One line per step; the output of those that fail. */
import { capture } from './run.mjs'

const AT_ONCE = 2

const STEPS = [
  ['types: tablet', ['vue-tsc', '-p', 'tsconfig/app.json']],
  ['types: tests', ['tsc', '-p', 'tsconfig/tests.json']],
  ['types: functions', ['tsc', '-p', 'tsconfig/functions.json']],
  ['types: domain', ['tsc', '-p', 'tsconfig/domain.json']],
  ['types: sync', ['tsc', '-p', 'tsconfig/sync.json']],
  ['types: service worker', ['tsc', '-p', 'tsconfig/sw.json']],
  ['lint', ['eslint', '--max-warnings', '0', '.']],
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['boundaries', ['depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'functions/src', 'tests']],
  ['dead code', ['knip']],
]

/** Runs every step; resolves to how many passed and failed. */
export async function check() {
  const waiting = [...STEPS]
  const result = { passed: 0, failed: 0 }
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const [name, [command, ...args]] = step
      const startedMs = performance.now()
      const { code, output } = await capture(command, args)
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
      process.stdout.write(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)\n`)
      if (code === 0) result.passed += 1
      else {
        result.failed += 1
        process.stdout.write(`${output.trimEnd()}\n`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return result
}

if (import.meta.main) process.exitCode = (await check()).failed === 0 ? 0 : 1
