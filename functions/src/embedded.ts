/**
 * One process that is the whole server: SQLite in a folder, the same handlers as in the cloud, the built app.
 * `node functions/src/embedded.ts --data DIR --port N [--dist DIR] [--host NAME] [--demo] [--tls-cert FILE --tls-key FILE]`
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type RequestListener, type Server, createServer } from 'node:http'
import { Server as TlsServer, createServer as createTlsServer } from 'node:https'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openDiskBlobs } from './blobs/diskBlobs.ts'
import { loadDemo } from './demo.ts'
import type { Deps } from './handlers/context.ts'
import { type RequestLine, createApp } from './http.ts'
import { openTokens } from './identity/tokens.ts'
import { initialiseStore } from './initialise.ts'
import { blobsPath, databasePath, prepareDataDir, shareDataDir } from './ops/dataDir.ts'
import { OpsError } from './ops/opsError.ts'
import { openSqliteStorage } from './storage/sqlite.ts'
import type { Storage } from './storage/storage.ts'

export interface EmbeddedOptions {
  /** Folder of the database; made when missing, and its owner's alone. Everything worth a backup is in it. */
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
  /** A proxy on this machine passes requests on, and says whose they are. */
  readonly behindProxy?: boolean
  readonly log?: (line: LogLine) => void
}

/** Everything the log says; nothing of it is about a person. */
export type LogLine = RequestLine | ErrorLine | EventLine

/** Something the server did. */
export interface EventLine {
  readonly at: string
  readonly event: string
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
  /** Reads certificate and key again; throws, and keeps the ones before, when they cannot be used. */
  readonly reloadTls: () => void
}

/** Running requests may take this long at a stop; a tablet sends again what was cut off. */
const STOP_MS = 10_000
/** Connections that are kept open between requests are looked for this often. */
const IDLE_CHECK_MS = 100
const LOOPBACK = '127.0.0.1'

/** Starts the server. Rejects with EADDRINUSE when the port is taken. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { dataDir, port, demo, tls, host = LOOPBACK, behindProxy = false, log = printLine } = options
  prepareDataDir(dataDir)
  const release = shareDataDir(dataDir)
  const storage = openSqliteStorage({ path: databasePath(dataDir) })
  const close = async (): Promise<void> => {
    await storage.close()
    release()
  }
  try {
    const deps = embeddedDeps(storage, log)
    await initialiseStore(storage, Date.now())
    if (demo) await loadDemo(deps)
    const tokens = await openTokens(storage)
    const distDir = resolve(options.distDir)
    const blobs = openDiskBlobs(blobsPath(dataDir))
    const app = createApp({ deps, tokens, blobs, distDir, log, tls: tls !== undefined })
    // Sign-ins are counted per address: a proxy's word for it is taken from this machine alone.
    if (behindProxy) app.set('trust proxy', 'loopback')
    const server = createListener(app, tls)
    server.listen(port, host)
    await once(server, 'listening')
    const address = server.address()
    const actualPort = typeof address === 'object' && address !== null ? address.port : port
    return {
      url: `${tls === undefined ? 'http' : 'https'}://${shownHost(host)}:${actualPort}`,
      stop: async () => {
        await stopListening(server)
        await close()
      },
      reloadTls: () => {
        if (tls !== undefined && server instanceof TlsServer) server.setSecureContext(readTls(tls))
      },
    }
  } catch (error) {
    await close()
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
export function printLine(line: LogLine): void {
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
  if (error instanceof OpsError) return error.message
  if (taken)
    return `ポート ${port} は、ほかのプログラムが使っています。別の番号で起動してください（例: PORT=${port + 1} npm start）。`
  return `起動できませんでした。\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

function createListener(app: RequestListener, tls: EmbeddedOptions['tls']): Server {
  if (tls === undefined) return createServer(app)
  return createTlsServer(readTls(tls), app)
}

function readTls({ certFile, keyFile }: NonNullable<EmbeddedOptions['tls']>): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) }
}

/** Browsers run the app offline on `localhost` by that name or over HTTPS. */
function shownHost(host: string): string {
  return [LOOPBACK, '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host
}

async function stopListening(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const impatience = setTimeout(() => server.closeAllConnections(), STOP_MS)
  await closed
  clearInterval(idle)
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
