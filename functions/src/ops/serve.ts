/** `npm run serve`: an own server, without the demo, on the network. */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { parseArgs } from 'node:util'
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../embedded.ts'
import { openSqliteStorage } from '../storage/sqlite.ts'
import { databasePath, prepareDataDir, shareDataDir } from './dataDir.ts'
import { OpsError } from './opsError.ts'

const USAGE =
  '使い方: npm run serve -- --data フォルダー --port 番号 [--host 待ち受けるアドレス] [--tls-cert 証明書.pem --tls-key 秘密鍵.pem] [--behind-proxy]'

/** Arguments of an own server. */
export type ServeOptions = Omit<EmbeddedOptions, 'demo' | 'distDir' | 'log'> & {
  /** Folder of the built app, where it is not this repository's. */
  readonly distDir: string | undefined
}

/** Reads and checks the arguments. Throws OpsError with what to do. */
export function serveOptions(args: readonly string[]): ServeOptions {
  const values = readArguments(args)
  const { data, host, dist } = values
  const port = Number(values.port)
  if (data === undefined || values.port === undefined) throw new OpsError(USAGE)
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535)
    throw new OpsError(`--port ${values.port} は使えません。1〜65535 の番号を指定してください。`)
  const [certFile, keyFile] = [values['tls-cert'], values['tls-key']]
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new OpsError('--tls-cert と --tls-key は両方を指定してください。')
  const behindProxy = values['behind-proxy']
  if (certFile === undefined && !isLoopback(host) && !behindProxy) {
    throw new OpsError(
      [
        `暗号化なしの http では ${host} で待ち受けられません。`,
        'ブラウザーは、HTTPS か localhost でしかオフラインの機能（Service Worker）を動かしません。パスワードも平文で流れます。',
        '--tls-cert と --tls-key で証明書を指定してください。',
        'HTTPS を終端するリバースプロキシの後ろに置くときだけ、--behind-proxy を付けてください。',
      ].join('\n'),
    )
  }
  const tls = certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile }
  if (tls !== undefined) assertTlsFiles(tls)
  return {
    dataDir: data,
    port,
    host,
    distDir: dist,
    behindProxy,
    ...(tls === undefined ? {} : { tls }),
  }
}

/** Starts it. Throws OpsError when the data is the demo's: its password is public. */
export async function serve(options: Omit<EmbeddedOptions, 'demo'>): Promise<EmbeddedServer> {
  prepareDataDir(options.dataDir)
  const release = shareDataDir(options.dataDir)
  try {
    const storage = openSqliteStorage({ path: databasePath(options.dataDir) })
    const demo = await storage.read((tx) => tx.get('meta', 'demoLoaded')).finally(() => storage.close())
    if (demo !== undefined) {
      throw new OpsError(
        `${options.dataDir} には見本のデータが入っています。見本のパスワードは公開されているため、運用には使えません。別のフォルダーを --data に指定してください。`,
      )
    }
    return await startEmbedded({ ...options, demo: false })
  } finally {
    release()
  }
}

/** Throws OpsError when certificate and key cannot be used. */
function assertTlsFiles({ certFile, keyFile }: NonNullable<EmbeddedOptions['tls']>): void {
  const [cert, key] = [certFile, keyFile].map((file) => {
    try {
      return readFileSync(file)
    } catch {
      throw new OpsError(`${file} を読めません。ファイルの場所と、読む許可を確かめてください。`)
    }
  })
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new OpsError(
      `証明書と秘密鍵を使えません（${reason}）。PEM 形式で、互いに対になっているか確かめてください。`,
    )
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        dist: { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'behind-proxy': { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    if (error instanceof TypeError) throw new OpsError(`${error.message}\n${USAGE}`)
    throw error
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
