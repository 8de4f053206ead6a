/** What a tablet sends, as it goes over the network. */
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { askJson, postText } from '../../../src/transport/http.ts'

let server: Server
let url: string
let isWayClean: boolean
/** A proxy turns compressed bodies away with a page of its own. */
let isWayBarred: boolean
const came: { headers: IncomingHttpHeaders; text: string }[] = []

beforeEach(async () => {
  isWayClean = true
  isWayBarred = false
  came.length = 0
  server = createServer(async (request, response) => {
    const { headers } = request
    const bytes = await buffer(request)
    const isPacked = headers['content-encoding'] === 'gzip'
    came.push({ headers, text: (isPacked ? gunzipSync(bytes) : bytes).toString() })
    if (isPacked && isWayBarred) {
      response.writeHead(415, { 'Content-Type': 'text/html' }).end('<h1>Unsupported</h1>')
      return
    }
    const isRead = !isPacked || isWayClean
    response.statusCode = isRead ? 200 : 400
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(isRead ? { taken: true } : { type: 'invalid' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/api/push`
})
afterEach(() => void server.close())

const schema = v.object({ taken: v.literal(true) })
const send = (text: string) => postText(url, { text, schema, headers: { authorization: 'Bearer t' } })
const SHORT = JSON.stringify({ text: '窓口' })
const LONG = JSON.stringify({ text: '窓口の案内を見直した。'.repeat(2000) })

test('a large body goes compressed, and is the same text', async () => {
  expect(await send(LONG)).toEqual({ ok: true, value: { taken: true } })
  const [{ headers, text } = { headers: {}, text: '' }] = came
  expect(text).toBe(LONG)
  expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer t' })
  expect(Number(headers['content-length'])).toBeLessThan(LONG.length / 10)
})

test('a small one goes as it is', async () => {
  expect(await send(SHORT)).toEqual({ ok: true, value: { taken: true } })
  expect(came.map(({ headers, text }) => [headers['content-encoding'], text])).toEqual([[undefined, SHORT]])
})

test('where a compressed body is not understood, it is sent as it is', async () => {
  isWayClean = false
  expect(await send(LONG)).toEqual({ ok: true, value: { taken: true } })
  expect(came.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined])
})

test('where a proxy turns compressed bodies away, they go as they are from then on', async () => {
  isWayBarred = true
  // As in a page loaded anew: it is remembered as long as that stays open.
  vi.resetModules()
  const page = await import('../../../src/transport/http.ts')
  expect(await page.postText(url, { text: LONG, schema })).toEqual({ ok: false, error: { type: 'offline' } })
  expect(await page.postText(url, { text: LONG, schema })).toEqual({ ok: true, value: { taken: true } })
  expect(came.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined])
})

test('an answer that has begun is given time by its size; one that does not begin is given up', async () => {
  const text = JSON.stringify({ taken: true })
  const slow = createServer((request, response) => {
    if (request.url !== '/slow') return
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
    response.flushHeaders()
    slow.once('go on', () => response.end(text))
  }).listen(0, '127.0.0.1')
  await once(slow, 'listening')
  const address = slow.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const begun = Promise.withResolvers<true>()
    const ask = (path: string, onAnswer = (): void => undefined) =>
      askJson(`http://127.0.0.1:${port}${path}`, { init: {}, sizeBytes: 0, schema, onAnswer })
    const slowly = ask('/slow', () => begun.resolve(true))
    const never = ask('/never')
    vi.advanceTimersByTime(40_000)
    await begun.promise
    vi.advanceTimersByTime(40_000)
    slow.emit('go on')
    expect(await slowly).toEqual({ ok: true, value: { taken: true } })
    expect(await never).toEqual({ ok: false, error: { type: 'timeout' } })
  } finally {
    vi.useRealTimers()
    slow.closeAllConnections()
    slow.close()
  }
})
