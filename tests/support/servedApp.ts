/** The embedded server as a real process with the demo data and a small built app, and requests of one who is signed in. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { DEMO_PASSWORD } from '../../functions/src/demo.ts'
import { sessionResponseSchema } from '../../src/domain/session.ts'
import { makeDeviceKey } from './deviceKey.ts'
import { type RunningServer, startServer } from './server.ts'
import { tempDir } from './tempDir.ts'

export const PAGE = '<!doctype html><title>改善帳</title>'
export const SCRIPT = `export const text = ${JSON.stringify('あ'.repeat(2000))}\n`
export const JSON_TYPE = { 'content-type': 'application/json' }

export interface ServedApp extends RunningServer {
  /** A folder of the test's own, gone when the server is stopped; the app is in `dist` in it. */
  readonly directory: string
  /** Headquarters' access token. */
  readonly token: string
  signIn(email: string, password: string): Promise<Response>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  bearer(): Record<string, string>
  get(path: string, accept?: string): Promise<Response>
}

export async function serveApp(): Promise<ServedApp> {
  const { path: directory, remove } = await tempDir()
  const distDir = join(directory, 'dist')
  await mkdir(join(distDir, 'assets'), { recursive: true })
  await mkdir(join(distDir, '.vite'))
  await Promise.all(
    [
      ['index.html', PAGE],
      ['sw.js', '// service worker'],
      ['manifest.webmanifest', '{}'],
      ['assets/index-abc123.js', SCRIPT],
      ['.vite/manifest.json', '{}'],
    ].map(([name = '', text = '']) => writeFile(join(distDir, name), text)),
  )
  const server = await startServer({ demo: true, distDir })
  const post: ServedApp['post'] = (path, body, headers = {}) =>
    fetch(`${server.url}/api/${path}`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const signIn: ServedApp['signIn'] = async (email, password) => {
    const { publicKey } = await makeDeviceKey()
    return post('session/sign-in', { email, password, device: { id: null, label: 'test', publicKey } })
  }
  const answer = await signIn('hq@demo.example', DEMO_PASSWORD)
  const token = v.parse(sessionResponseSchema, await answer.json()).accessToken
  return {
    ...server,
    directory,
    token,
    signIn,
    post,
    bearer: () => ({ authorization: `Bearer ${token}` }),
    get: (path, accept = '*/*') => fetch(`${server.url}${path}`, { headers: { accept } }),
    async stop() {
      await server.stop()
      await remove()
    },
  }
}
