/** The embedded server as a real process: what the network sees of it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbedded, startFailure } from '../../../functions/src/embedded.ts'
import { createThrottle } from '../../../functions/src/http/throttle.ts'
import { DEMO_PASSWORD } from '../../../functions/src/demo.ts'
import * as v from 'valibot'
import { sessionResponseSchema } from '../../../src/domain/session.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { makeDeviceKey } from '../../support/deviceKey.ts'
import { type RunningServer, startServer } from '../../support/server.ts'
import { tempDir } from '../../support/tempDir.ts'

const PAGE = '<!doctype html><title>改善帳</title>'
const SCRIPT = `export const text = ${JSON.stringify('あ'.repeat(2000))}\n`
const API = ['push', 'pull', 'snapshot', 'history', 'changes'] as const
const JSON_TYPE = { 'content-type': 'application/json' }

let directory: Awaited<ReturnType<typeof tempDir>>
let server: RunningServer
let token: string

beforeAll(async () => {
  directory = await tempDir()
  const distDir = join(directory.path, 'dist')
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
  server = await startServer({ demo: true, distDir })
  const answer = await signIn('hq@demo.example', DEMO_PASSWORD)
  token = v.parse(sessionResponseSchema, await answer.json()).accessToken
})
afterAll(async () => {
  await server.stop()
  await directory.remove()
})

async function signIn(email: string, password: string): Promise<Response> {
  const { publicKey } = await makeDeviceKey()
  return post('session/sign-in', { email, password, device: { id: null, label: 'test', publicKey } })
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/api/${path}`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const bearer = (): Record<string, string> => ({ authorization: `Bearer ${token}` })
const get = (path: string, accept = '*/*'): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers: { accept } })
const pullBody = { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} }

describe('who gets in', () => {
  test.each(API)('[S26] /api/%s says nothing without a token of ours', async (name) => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer x.y.z',
      `Basic ${token}`,
      `Bearer ${token}x`,
      `bearer`,
    ]) {
      const answer = await post(name, pullBody, authorization === '' ? {} : { authorization })
      expect(answer.status).toBe(401)
      expect(await answer.json()).toEqual({ type: 'unauthenticated' })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  test('[S20] with the token a pull answers, uncached and compressed', async () => {
    const answer = await post('pull', pullBody, bearer())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(await answer.json()).toMatchObject({ streams: expect.arrayContaining(['hq', 'master']) })
  })

  test('a token in the query or in the body is not looked at', async () => {
    expect((await post(`pull?access_token=${token}`, { ...pullBody, token })).status).toBe(401)
  })

  test('who one is cannot be said in the body', async () => {
    const answer = await post('pull', { ...pullBody, uid: 'demo-admin' }, bearer())
    expect([answer.status, await answer.json()]).toEqual([400, { type: 'invalid' }])
  })

  test('a wrong password is 401, an account locked by many is 423 with Retry-After', async () => {
    for (let n = 0; n < 5; n += 1) expect((await signIn('exec@demo.example', 'wrong')).status).toBe(401)
    const answer = await signIn('exec@demo.example', DEMO_PASSWORD)
    expect(answer.status).toBe(423)
    expect(await answer.json()).toMatchObject({ type: 'locked' })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('what it takes', () => {
  test('malformed JSON, other types and other methods are refused', async () => {
    const bodies: [string, Record<string, string>][] = [
      ['{"protocol":', {}],
      ['"text"', {}],
      ['', {}],
      [JSON.stringify(pullBody), { 'content-type': 'text/plain' }],
      [JSON.stringify(pullBody), { 'content-type': 'application/x-www-form-urlencoded' }],
      [JSON.stringify(pullBody), { 'content-encoding': 'unknown' }],
    ]
    for (const [body, headers] of bodies) {
      const answer = await post('pull', body, { ...bearer(), ...headers })
      expect([answer.status, await answer.json()]).toEqual([400, { type: 'invalid' }])
    }
    expect((await get('/api/pull')).status).toBe(404)
  })

  test('[S8] more than 2 MiB is refused as too large, also when it comes compressed', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(2 * 1024 * 1024) })
    const plain = await post('push', large, bearer())
    expect([plain.status, await plain.json()]).toEqual([413, { type: 'tooLarge' }])
    const compressed = await new Response(
      new Blob([large]).stream().pipeThrough(new CompressionStream('gzip')),
    ).arrayBuffer()
    const answer = await fetch(`${server.url}/api/push`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...bearer(), 'content-encoding': 'gzip' },
      body: compressed,
    })
    expect([answer.status, await answer.json()]).toEqual([413, { type: 'tooLarge' }])
  })

  test('an unknown part of the API is 404 in JSON, for navigations too', async () => {
    for (const path of ['/api', '/api/', '/api/nothing', '/api/../api/x', '/api/session']) {
      const answer = await get(path, 'text/html')
      expect([answer.status, await answer.json()]).toEqual([404, { type: 'notFound' }])
    }
  })

  test('another site may not call: no CORS', async () => {
    const preflight = await fetch(`${server.url}/api/pull`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('answers of the API', () => {
  test('say that nothing in them loads, runs, is framed, guessed at or kept, and not what concerns a page', async () => {
    for (const answer of [
      await get('/api/nothing'),
      await get('/healthz'),
      await post('pull', pullBody),
      await post('pull', pullBody, bearer()),
      await post('session/sign-in', {}),
    ]) {
      const headers = Object.fromEntries(answer.headers)
      expect(headers).toMatchObject({
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      })
      expect(headers).not.toHaveProperty('permissions-policy')
      expect(headers).not.toHaveProperty('x-powered-by')
      expect(headers).not.toHaveProperty('strict-transport-security')
    }
  })
})

describe('the page', () => {
  test('every answer outside the API carries the security headers', async () => {
    for (const answer of [
      await get('/', 'text/html'),
      await get('/sw.js'),
      await get('/assets/missing.js'),
      await get('/nothing.js'),
    ]) {
      const policy = (answer.headers.get('content-security-policy') ?? '').split(';').sort()
      expect(policy).toEqual(
        [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' blob: data:",
          "connect-src 'self'",
          "manifest-src 'self'",
          "worker-src 'self'",
          "font-src 'self'",
          "object-src 'none'",
          "base-uri 'none'",
          "form-action 'self'",
          "frame-ancestors 'none'",
        ].sort(),
      )
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'permissions-policy': expect.stringMatching(/^camera=\(self\), .*geolocation=\(\).*microphone=\(\)/),
      })
      expect(answer.headers.get('x-powered-by')).toBeNull()
      expect(answer.headers.get('strict-transport-security')).toBeNull()
    }
  })

  test('navigations to any address of the app get the page, asked for again each time', async () => {
    for (const path of ['/', '/list', '/initiatives/01a1fc06-f556-7f84-bb28-3a545daf4cc4?x=1', '/sign-in']) {
      const answer = await get(path, 'text/html,application/xhtml+xml,*/*;q=0.8')
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
        200,
        'text/html; charset=utf-8',
        PAGE,
      ])
      expect(answer.headers.get('cache-control')).toBe('no-cache')
    }
  })

  test('what is missing and no navigation is 404: no HTML where a script is expected', async () => {
    for (const path of ['/missing.js', '/assets/old-chunk.js', '/no/such/page']) {
      const answer = await get(path)
      expect(answer.status).toBe(404)
      expect(await answer.text()).not.toContain('<!doctype')
    }
    expect((await get('/assets/old-chunk.js', 'text/html')).status).toBe(404)
  })

  test('the app’s pages are there for tools that take anything', async () => {
    for (const path of ['/', '/list', '/initiatives/import.fy2016.5']) {
      const answer = await get(path, '*/*')
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toContain('text/html')
    }
  })

  test('hashed files are kept for ever and compressed, the others asked for again', async () => {
    const asset = await get('/assets/index-abc123.js')
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(asset.headers.get('content-encoding')).toBe('gzip')
    expect(await asset.text()).toBe(SCRIPT)
    for (const path of ['/sw.js', '/manifest.webmanifest', '/index.html']) {
      expect((await get(path)).headers.get('cache-control')).toBe('no-cache')
    }
  })

  test('nothing outside the built app is served', async () => {
    const [host = '', port = ''] = new URL(server.url).host.split(':')
    for (const path of [
      '/../data/kaizencho.sqlite',
      '/assets/../../data/kaizencho.sqlite',
      '/%2e%2e/data/kaizencho.sqlite',
      '/assets/..%2f..%2fdata%2fkaizencho.sqlite',
      '/.vite/manifest.json',
    ]) {
      const socket = connect(Number(port), host)
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
      await once(socket, 'close')
      expect(text).toMatch(/^HTTP\/1\.1 40[034] /)
      expect(text).not.toContain('SQLite format')
    }
  })
})

describe('the process', () => {
  test('says that it is well', async () => {
    const answer = await get('/healthz')
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })

  test('logs each request as one JSON line without body, query, token or person', async () => {
    await post('pull?secret=in-query', { ...pullBody, note: 'in-body' }, bearer())
    await signIn('admin@demo.example', 'in-password')
    await expect.poll(() => server.output()).toContain('"path":"/api/session/sign-in","status":401')
    const lines = server.output().trimEnd().split('\n')
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object')
    const logged = lines.map((line): Record<string, unknown> => JSON.parse(line))
    for (const line of logged.filter((each) => 'path' in each))
      expect(Object.keys(line)).toEqual(['at', 'method', 'path', 'status', 'ms'])
    for (const secret of ['in-query', 'in-body', 'in-password', 'demo.example', token])
      expect(server.output()).not.toContain(secret)
  })

  test('[S9] killed and started again it knows its data, its epoch and its tokens', async () => {
    const epoch = async (): Promise<unknown> => {
      const page = v.looseObject({
        pages: v.array(v.looseObject({ cursor: v.tuple([v.string(), v.number()]) })),
      })
      const answer = v.parse(page, await (await post('pull', pullBody, bearer())).json())
      return answer.pages.map(({ cursor }) => cursor)
    }
    const before = await epoch()
    await server.restart()
    expect(await epoch()).toEqual(before)
  })

  test('stops at SIGTERM, having answered', async () => {
    const own = await startServer({ demo: false, distDir: join(directory.path, 'dist') })
    const answer = fetch(`${own.url}/healthz`)
    expect((await answer).status).toBe(200)
    await own.kill('SIGTERM')
    await expect(fetch(`${own.url}/healthz`)).rejects.toThrow()
    await own.stop()
  })

  test('many sign-ins from one address are put off with 429 and Retry-After', async () => {
    const own = await startServer({ demo: false, distDir: join(directory.path, 'dist') })
    const statuses = new Map<number, number>()
    for (let n = 0; n < 62; n += 1) {
      const { status, headers } = await fetch(`${own.url}/api/session/sign-in`, {
        method: 'POST',
        headers: JSON_TYPE,
        body: '{}',
      })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect([...statuses]).toEqual([
      [400, 60],
      [429, 2],
    ])
    await own.stop()
  })

  test('a port in use is told in words, with what to do', async () => {
    const holder: Server = createServer()
    holder.listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const failure = await startEmbedded({
      dataDir: join(directory.path, 'other'),
      port,
      distDir: join(directory.path, 'dist'),
      demo: false,
    }).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(startFailure(failure, port)).toContain(`PORT=${port + 1} npm start`)
    holder.close()
  })
})

test('one address may try so often in each window, another is not counted with it', () => {
  const throttle = createThrottle({ limit: 2, windowMs: 1000 })
  expect([1, 2, 3].map(() => throttle.attempt('a', 5000))).toEqual([0, 0, 1000])
  expect(throttle.attempt('b', 5400)).toBe(0)
  expect(throttle.attempt('a', 5400)).toBe(600)
  expect(throttle.attempt('a', 6000)).toBe(0)
})
