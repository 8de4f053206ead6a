/** The embedded server as a real process: what the network sees of its API, and how it starts and stops. */
import { type Server, createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEMO_PASSWORD } from '../../../functions/src/demo.ts'
import { startEmbedded, startFailure } from '../../../functions/src/embedded.ts'
import { createThrottle } from '../../../functions/src/http/throttle.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { JSON_TYPE, type ServedApp, serveApp } from '../../support/servedApp.ts'
import { startServer } from '../../support/server.ts'

const API = ['push', 'pull', 'snapshot', 'history', 'changes'] as const
const pullBody = { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} }

let server: ServedApp
beforeAll(async () => {
  server = await serveApp()
})
afterAll(() => server.stop())

describe('who gets in', () => {
  test.each(API)('[S26] /api/%s says nothing without a token of ours', async (name) => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer x.y.z',
      `Basic ${server.token}`,
      `Bearer ${server.token}x`,
      `bearer`,
    ]) {
      const answer = await server.post(name, pullBody, authorization === '' ? {} : { authorization })
      expect(answer.status).toBe(401)
      expect(await answer.json()).toEqual({ type: 'unauthenticated' })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  test('[S20] with the token a pull answers, uncached and compressed', async () => {
    const answer = await server.post('pull', pullBody, server.bearer())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(await answer.json()).toMatchObject({ streams: expect.arrayContaining(['hq', 'master']) })
  })

  test('a token in the query or in the body is not looked at', async () => {
    expect(
      (await server.post(`pull?access_token=${server.token}`, { ...pullBody, token: server.token })).status,
    ).toBe(401)
  })

  test('who one is cannot be said in the body', async () => {
    const answer = await server.post('pull', { ...pullBody, uid: 'demo-admin' }, server.bearer())
    expect([answer.status, await answer.json()]).toEqual([400, { type: 'invalid' }])
  })

  test('a wrong password is 401, an account locked by many is 423 with Retry-After', async () => {
    for (let n = 0; n < 5; n += 1)
      expect((await server.signIn('exec@demo.example', 'wrong')).status).toBe(401)
    const answer = await server.signIn('exec@demo.example', DEMO_PASSWORD)
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
      const answer = await server.post('pull', body, { ...server.bearer(), ...headers })
      expect([answer.status, await answer.json()]).toEqual([400, { type: 'invalid' }])
    }
    expect((await server.get('/api/pull')).status).toBe(404)
  })

  test('[S8] more than 2 MiB is refused as too large, also when it comes compressed', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(2 * 1024 * 1024) })
    const plain = await server.post('push', large, server.bearer())
    expect([plain.status, await plain.json()]).toEqual([413, { type: 'tooLarge' }])
    const compressed = await new Response(
      new Blob([large]).stream().pipeThrough(new CompressionStream('gzip')),
    ).arrayBuffer()
    const answer = await fetch(`${server.url}/api/push`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...server.bearer(), 'content-encoding': 'gzip' },
      body: compressed,
    })
    expect([answer.status, await answer.json()]).toEqual([413, { type: 'tooLarge' }])
  })

  test('an unknown part of the API is 404 in JSON, for navigations too', async () => {
    for (const path of ['/api', '/api/', '/api/nothing', '/api/../api/x', '/api/session']) {
      const answer = await server.get(path, 'text/html')
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
      await server.get('/api/nothing'),
      await server.get('/healthz'),
      await server.post('pull', pullBody),
      await server.post('pull', pullBody, server.bearer()),
      await server.post('session/sign-in', {}),
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

describe('the process', () => {
  test('says that it is well', async () => {
    const answer = await server.get('/healthz')
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })

  test('logs each request as one JSON line without body, query, token or person', async () => {
    await server.post('pull?secret=in-query', { ...pullBody, note: 'in-body' }, server.bearer())
    await server.signIn('admin@demo.example', 'in-password')
    await expect.poll(() => server.output()).toContain('"path":"/api/session/sign-in","status":401')
    const lines = server.output().trimEnd().split('\n')
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object')
    const logged = lines.map((line): Record<string, unknown> => JSON.parse(line))
    for (const line of logged.filter((each) => 'path' in each))
      expect(Object.keys(line)).toEqual(['at', 'method', 'path', 'status', 'ms'])
    for (const secret of ['in-query', 'in-body', 'in-password', 'demo.example', server.token])
      expect(server.output()).not.toContain(secret)
  })

  test('[S9] killed and started again it knows its data, its epoch and its tokens', async () => {
    const epoch = async (): Promise<unknown> => {
      const page = v.looseObject({
        pages: v.array(v.looseObject({ cursor: v.tuple([v.string(), v.number()]) })),
      })
      const answer = v.parse(page, await (await server.post('pull', pullBody, server.bearer())).json())
      return answer.pages.map(({ cursor }) => cursor)
    }
    const before = await epoch()
    await server.restart()
    expect(await epoch()).toEqual(before)
  })

  test('stops at SIGTERM, having answered', async () => {
    const own = await startServer({ demo: false, distDir: join(server.directory, 'dist') })
    const answer = fetch(`${own.url}/healthz`)
    expect((await answer).status).toBe(200)
    await own.kill('SIGTERM')
    await expect(fetch(`${own.url}/healthz`)).rejects.toThrow()
    await own.stop()
  })

  test('many sign-ins from one address are put off with 429 and Retry-After', async () => {
    const own = await startServer({ demo: false, distDir: join(server.directory, 'dist') })
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
      dataDir: join(server.directory, 'other'),
      port,
      distDir: join(server.directory, 'dist'),
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
