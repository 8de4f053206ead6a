/** The built app as the network sees it: what of it is served, how long it is kept, and what a page may do. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAGE, SCRIPT, type ServedApp, serveApp } from '../../support/servedApp.ts'

let server: ServedApp
beforeAll(async () => {
  server = await serveApp()
})
afterAll(() => server.stop())

describe('the page', () => {
  test('every answer outside the API carries the security headers', async () => {
    for (const answer of [
      await server.get('/', 'text/html'),
      await server.get('/sw.js'),
      await server.get('/assets/missing.js'),
      await server.get('/nothing.js'),
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
      const answer = await server.get(path, 'text/html,application/xhtml+xml,*/*;q=0.8')
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
      const answer = await server.get(path)
      expect(answer.status).toBe(404)
      expect(await answer.text()).not.toContain('<!doctype')
    }
    expect((await server.get('/assets/old-chunk.js', 'text/html')).status).toBe(404)
  })

  test('the app’s pages are there for tools that take anything', async () => {
    for (const path of ['/', '/list', '/initiatives/import.fy2016.5']) {
      const answer = await server.get(path, '*/*')
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toContain('text/html')
    }
  })

  test('hashed files are kept for ever and compressed, the others asked for again', async () => {
    const asset = await server.get('/assets/index-abc123.js')
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(asset.headers.get('content-encoding')).toBe('gzip')
    expect(await asset.text()).toBe(SCRIPT)
    for (const path of ['/sw.js', '/manifest.webmanifest', '/index.html']) {
      expect((await server.get(path)).headers.get('cache-control')).toBe('no-cache')
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
