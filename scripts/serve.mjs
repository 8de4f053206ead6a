/** `npm run serve -- --data DIR --port N …`: an own server without the demo. Its log is JSON lines on stdout. */
import { join } from 'node:path'
import { printLine, startFailure, stopOnSignal } from '../functions/src/embedded.ts'
import { OpsError, opsFailure } from '../functions/src/ops/opsError.ts'
import { serve, serveOptions } from '../functions/src/ops/serve.ts'
import { build } from './build.mjs'
import { root } from './run.mjs'

const event = (name, more = {}) => printLine({ at: new Date().toISOString(), event: name, ...more })

try {
  const options = serveOptions(process.argv.slice(2))
  if (options.distDir === undefined && !(await build()))
    throw new OpsError('アプリを組み立てられませんでした。')
  const server = await serve({ ...options, distDir: options.distDir ?? join(root, 'dist') })
  stopOnSignal(server)
  process.on('SIGHUP', () => reloadTls(server))
  event('started', { listening: server.url })
} catch (error) {
  const text = error instanceof OpsError ? opsFailure(error) : startFailure(error, portOf(process.argv))
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
}

/** A renewed certificate is taken without a restart; a broken one is refused and the one before stays. */
function reloadTls(server) {
  try {
    server.reloadTls()
    event('tlsReloaded')
  } catch (error) {
    printLine({ at: new Date().toISOString(), error: `TLS: ${error.message}` })
  }
}

function portOf(args) {
  return Number(args[args.indexOf('--port') + 1])
}
