/**
 * One process that is the whole server: SQLite in a folder, the same handlers as in the cloud, the built app.
 * `node functions/src/embedded.ts --data DIR --port N [--dist DIR] [--host NAME] [--demo] [--tls-cert FILE --tls-key FILE]`
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { type RequestListener, type Server, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadDemo } from './demo.ts'
import type { Deps } from './handlers/context.ts'
import { type RequestLine, createApp } from './http.ts'
import { openTokens } from './identity/tokens.ts'
import { initialiseStore } from './initialise.ts'
import { openSqliteStorage } from './storage/sqlite.ts'
import type { Storage } from './storage/storage.ts'

export interface EmbeddedOptions {
  /** Folder of the database; made when missing. Everything worth a backup is in it. */
  readonly dataDir: string
  /** 0 = any free one. */
  readonly port: number
  /** Folder of the built app. */
  readonly distDir: string
  /** Loads the demo data once. */
  readonly demo: boolean
  /** Name or address to listen on; this machine alone unless told. */
  readonly host?: string
  /** PEM files. Browsers run the app offline over HTTPS or on localhost only. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
  readonly log?: (line: RequestLine | ErrorLine) => void
}

/** A bug, for the log. */
export interface ErrorLine {
  readonly at: string
  readonly error: string
}

export interface EmbeddedServer {
  readonly url: string
  /** Lets running requests finish, then closes the store. */
  readonly stop: () => Promise<void>
}

const STOP_MS = 5000
const LOOPBACK = '127.0.0.1'

/** Starts the server. Rejects with EADDRINUSE when the port is taken. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { dataDir, port, demo, tls, host = LOOPBACK, log = printLine } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const storage = openSqliteStorage({ path: join(dataDir, 'kaizencho.sqlite') })
  try {
    const deps = embeddedDeps(storage, log)
    await initialiseStore(storage, Date.now())
    if (demo) await loadDemo(deps)
    const tokens = await openTokens(storage)
    const distDir = resolve(options.distDir)
    const server = createListener(createApp({ deps, tokens, distDir, log, tls: tls !== undefined }), tls)
    server.listen(port, host)
    await once(server, 'listening')
    const address = server.address()
    const actualPort = typeof address === 'object' && address !== null ? address.port : port
    return {
      url: `${tls === undefined ? 'http' : 'https'}://${shownHost(host)}:${actualPort}`,
      stop: async () => {
        await stopListening(server)
        await storage.close()
      },
    }
  } catch (error) {
    await storage.close()
    throw error
  }
}

/** What handlers are given on this server. */
export function embeddedDeps(storage: Storage, log: (line: ErrorLine) => void): Deps {
  const now = (): string => new Date().toISOString()
  return {
    storage,
    now,
    hash: async (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    report: (error) =>
      log({ at: now(), error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  }
}

/** Prints one JSON line. */
export function printLine(line: RequestLine | ErrorLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Stops the server on SIGTERM and SIGINT, then ends the process. */
export function stopOnSignal(server: EmbeddedServer): void {
  const stop = (): void => {
    void server.stop().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

/** What to tell a person whose server did not start. */
export function startFailure(error: unknown, port: number): string {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (taken)
    return `ポート ${port} は、ほかのプログラムが使っています。別の番号で起動してください（例: PORT=${port + 1} npm start）。`
  return `起動できませんでした。\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

function createListener(app: RequestListener, tls: EmbeddedOptions['tls']): Server {
  if (tls === undefined) return createServer(app)
  return createTlsServer({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, app)
}

/** Browsers run the app offline on `localhost` by that name or over HTTPS. */
function shownHost(host: string): string {
  return [LOOPBACK, '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host
}

async function stopListening(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const impatience = setTimeout(() => server.closeAllConnections(), STOP_MS)
  await closed
  clearTimeout(impatience)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: '.data' },
      port: { type: 'string', default: '5000' },
      dist: { type: 'string', default: 'dist' },
      host: { type: 'string', default: LOOPBACK },
      demo: { type: 'boolean', default: false },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
    },
  })
  const port = Number(values.port)
  const [certFile, keyFile] = [values['tls-cert'], values['tls-key']]
  try {
    const server = await startEmbedded({
      dataDir: values.data,
      port,
      distDir: values.dist,
      host: values.host,
      demo: values.demo,
      ...(certFile === undefined || keyFile === undefined ? {} : { tls: { certFile, keyFile } }),
    })
    stopOnSignal(server)
    process.stdout.write(`${JSON.stringify({ listening: server.url })}\n`)
  } catch (error) {
    process.stderr.write(`${startFailure(error, port)}\n`)
    process.exitCode = 1
  }
}

if (import.meta.main) await main()
