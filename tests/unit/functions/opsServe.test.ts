/** `npm run serve`: what it refuses, HTTPS with a renewed certificate, a stop that lets requests finish. */
import { copyFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { request } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LogLine, startEmbedded } from '../../../functions/src/embedded.ts'
import { OpsError } from '../../../functions/src/ops/opsError.ts'
import { serve, serveOptions } from '../../../functions/src/ops/serve.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { runScript } from '../../support/ownServer.ts'
import { startServer } from '../../support/server.ts'
import { tempDir } from '../../support/tempDir.ts'

let directory: Awaited<ReturnType<typeof tempDir>>
let tls: ReturnType<typeof makeCertificate>
let other: ReturnType<typeof makeCertificate>
beforeAll(async () => {
  directory = await tempDir()
  tls = makeCertificate(directory.path)
  other = makeCertificate(directory.path, 'renewed')
})
afterAll(() => directory.remove())

function refusal(args: readonly string[]): string {
  try {
    serveOptions(args)
  } catch (error) {
    if (error instanceof OpsError) return error.message
    throw error
  }
  throw new Error('It was not refused.')
}

describe('arguments', () => {
  const base = ['--data', 'd', '--port', '8443']
  const cert = (): string[] => ['--tls-cert', tls.certFile, '--tls-key', tls.keyFile]

  test('plain http is for this machine, or behind a proxy that speaks HTTPS', () => {
    for (const host of ['0.0.0.0', '::', 'kaizen.example.jp', '192.168.0.5'])
      expect(refusal([...base, '--host', host])).toMatch(/Service Worker[^]*--tls-cert[^]*--behind-proxy/)
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '::1'])
      expect(serveOptions([...base, '--host', host])).toMatchObject({ host, behindProxy: false })
    expect(serveOptions([...base, '--host', '0.0.0.0', '--behind-proxy'])).toMatchObject({
      behindProxy: true,
    })
    expect(serveOptions([...base, '--host', '0.0.0.0', ...cert()])).toMatchObject({ port: 8443, tls })
    expect(serveOptions(base)).toMatchObject({ host: '127.0.0.1', dataDir: 'd', port: 8443 })
  })

  test('what is missing or wrong is said', () => {
    expect(refusal([])).toContain('使い方')
    expect(refusal(['--data', 'd'])).toContain('使い方')
    expect(refusal([...base, '--demo'])).toContain('使い方')
    for (const port of ['x', '70000', '-1', ''])
      expect(refusal(['--data', 'd', `--port=${port}`])).toContain('--port')
    expect(refusal([...base, '--tls-cert', tls.certFile])).toContain('両方')
    expect(refusal([...base, '--tls-cert', 'none.pem', '--tls-key', tls.keyFile])).toContain('none.pem')
    expect(refusal([...base, '--tls-cert', tls.certFile, '--tls-key', other.keyFile])).toContain('対になって')
    const rubbish = join(directory.path, 'rubbish.pem')
    writeFileSync(rubbish, 'rubbish')
    expect(refusal([...base, '--tls-cert', rubbish, '--tls-key', tls.keyFile])).toContain('PEM')
  })
})

const quiet = { port: 0, log: () => undefined }

test('the demo’s data is not served: its password is public', async () => {
  const dataDir = join(directory.path, 'demo')
  const demo = await startEmbedded({ dataDir, distDir: directory.path, demo: true, ...quiet })
  await demo.stop()
  await expect(serve({ dataDir, distDir: directory.path, ...quiet })).rejects.toThrow('見本')
})

test('a wrong call ends with exit code 1 and no stack', async () => {
  const { code, output } = await runScript('serve', ['--data', 'x', '--port', '1', '--host', '0.0.0.0'])
  expect(code).toBe(1)
  expect(output).toContain('--behind-proxy')
  expect(output).not.toContain('    at ')
})

/** Common name of the certificate a new connection is shown. */
function certificateName(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/healthz`, { rejectUnauthorized: false, agent: false }, (response) => {
      const { socket } = response
      if (socket instanceof TLSSocket) resolve(String(socket.getPeerCertificate().subject.CN))
      response.resume()
    })
    sent.once('error', reject).end()
  })
}

test('HTTPS takes a renewed certificate on SIGHUP, keeps the old one when the new is broken, and stops in order', async () => {
  const folder = join(directory.path, 'live')
  await mkdir(folder)
  const live = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  const install = (from: typeof tls): void => {
    copyFileSync(from.certFile, live.certFile)
    copyFileSync(from.keyFile, live.keyFile)
  }
  install(tls)
  const server = await startServer({
    demo: false,
    distDir: directory.path,
    serve: ['--host', '127.0.0.1', '--tls-cert', live.certFile, '--tls-key', live.keyFile],
  })
  expect(server.url).toMatch(/^https:\/\/localhost:\d+$/)
  expect(await certificateName(server.url)).toBe('tls')
  install(other)
  await server.signal('SIGHUP', 'tlsReloaded')
  expect(await certificateName(server.url)).toBe('renewed')
  writeFileSync(live.certFile, 'rubbish')
  await server.signal('SIGHUP', 'TLS: ')
  expect(await certificateName(server.url)).toBe('renewed')
  await server.stop()
  for (const line of server.output().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('at')
})

test('a stop waits for the request that is running, and no longer', async () => {
  const lines: LogLine[] = []
  const server = await startEmbedded({
    dataDir: join(directory.path, 'stopping'),
    distDir: directory.path,
    demo: false,
    port: 0,
    log: (line) => lines.push(line),
  })
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  const body = JSON.stringify({ email: 'x@example.jp' })
  const head = ['POST /api/session/sign-in HTTP/1.1', 'Host: x', 'Content-Type: application/json']
  socket.write([...head, 'Expect: 100-continue', `Content-Length: ${body.length}`, '', ''].join('\r\n'))
  await expect.poll(() => answer).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  answer = ''
  socket.write(body.slice(0, 5))
  const stopped = server.stop()
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  socket.write(body.slice(5))
  await stopped
  // What the server has sent may reach this end later.
  await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 400/)
  expect(lines).toMatchObject([{ method: 'POST', path: '/api/session/sign-in', status: 400 }])
})
