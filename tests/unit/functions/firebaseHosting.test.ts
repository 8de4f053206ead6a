/** What is deployed: firebase.json against the embedded server's own headers, the function, and its packages. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import express from 'express'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { securityHeaders } from '../../../functions/src/http/securityHeaders.ts'
import { emulatorConfig } from '../../../scripts/firebaseConfig.mjs'
import { buildFunctions } from '../../../scripts/functions.mjs'
import { tempDir } from '../../support/tempDir.ts'

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

const configSchema = v.looseObject({
  hosting: v.looseObject({
    rewrites: v.array(v.looseObject({ source: v.string() })),
    headers: v.array(
      v.strictObject({
        source: v.string(),
        headers: v.array(v.strictObject({ key: v.string(), value: v.string() })),
      }),
    ),
  }),
  functions: v.looseObject({ runtime: v.string() }),
})
const config = v.parse(configSchema, readJson('firebase.json'))
const packageSchema = v.looseObject({
  dependencies: v.record(v.string(), v.string()),
  devDependencies: v.optional(v.record(v.string(), v.string())),
})

/** Where Firebase Auth answers, and nothing else. */
const FIREBASE_ORIGINS = ['https://identitytoolkit.googleapis.com', 'https://securetoken.googleapis.com']

function hostingHeaders(source: string): Record<string, string> {
  const rule = config.hosting.headers.find((one) => one.source === source)
  return Object.fromEntries((rule?.headers ?? []).map(({ key, value }) => [key.toLowerCase(), value]))
}

async function embeddedHeaders(): Promise<Record<string, string>> {
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders({ tls: true }))
  app.get('/', (_request, response) => response.end())
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const response = await fetch(`http://127.0.0.1:${port}/`)
  server.close()
  const ofTransport = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']
  return Object.fromEntries([...response.headers].filter(([name]) => !ofTransport.includes(name)))
}

test('Firebase Hosting sends the embedded server’s headers; the page may reach Firebase Auth besides', async () => {
  const embedded = await embeddedHeaders()
  const csp = (embedded['content-security-policy'] ?? '').replace(
    "connect-src 'self'",
    `connect-src 'self' ${FIREBASE_ORIGINS.join(' ')}`,
  )
  expect(hostingHeaders('**')).toEqual({ ...embedded, 'content-security-policy': csp })
})

test('hashed files are kept for ever, the shell and the service worker are asked for again', () => {
  expect(hostingHeaders('/assets/**')).toEqual({ 'cache-control': 'public, max-age=31536000, immutable' })
  expect(hostingHeaders('!/assets/**')).toEqual({ 'cache-control': 'no-cache' })
})

test('/api/** goes to the function; a missing file of /api or /assets is not answered with the page', () => {
  expect(config.hosting.rewrites).toEqual([
    { source: '/api/**', function: { functionId: 'api', region: 'asia-northeast1' } },
    { source: '!/@(api|assets)/**', destination: '/index.html' },
  ])
})

test('the emulators differ from what is deployed in places, ports and the address of the auth emulator alone', () => {
  const emulated = emulatorConfig(config, { ports: { hosting: 1 }, authOrigin: 'http://127.0.0.1:2' })
  const csp = emulated.hosting.headers[0]?.headers[0]?.value ?? ''
  expect(csp).toContain("connect-src 'self' http://127.0.0.1:2;")
  expect(csp.replace(/connect-src [^;]*/, '')).toBe(
    (hostingHeaders('**')['content-security-policy'] ?? '').replace(/connect-src [^;]*/, ''),
  )
  expect(emulated.hosting.rewrites).toEqual(config.hosting.rewrites)
})

test('the bundled function is one public HTTPS function in Tokyo, and its packages are the tested ones', async () => {
  const root = v.parse(packageSchema, readJson('package.json'))
  const { dependencies } = v.parse(packageSchema, readJson('functions/package.json'))
  const tested = { ...root.dependencies, ...root.devDependencies }
  for (const [name, version] of Object.entries(dependencies)) expect(tested[name], name).toBe(version)
  expect(config.functions.runtime).toBe('nodejs24')

  // Inside the project, so that the bundle finds its packages.
  const outfile = join(process.cwd(), '.cache/functions-test', `${process.pid}.mjs`)
  const needed = await buildFunctions({ outfile })
  // Loaded by firebase-admin when asked for Firestore, which it does not install everywhere.
  expect([...needed, '@google-cloud/firestore'].sort()).toEqual(Object.keys(dependencies).sort())
  const bundle: unknown = await import(pathToFileURL(outfile).href)
  const endpoint = v.parse(
    v.object({ api: v.custom<{ __endpoint: unknown }>((value) => typeof value === 'function') }),
    bundle,
  ).api.__endpoint
  expect(endpoint).toMatchObject({
    platform: 'gcfv2',
    region: ['asia-northeast1'],
    concurrency: 80,
    httpsTrigger: { invoker: ['public'] },
  })
  expect(Object.keys(Object(bundle))).toEqual(['api'])
  expect(readFileSync(outfile, 'utf8')).not.toMatch(/node:sqlite/)
})

test('a bundle that needs a package the function does not have is refused', async () => {
  const directory = await tempDir()
  try {
    await expect(
      buildFunctions({ outfile: join(directory.path, 'x.js'), packageFile: 'tests/emulators/package.json' }),
    ).rejects.toThrow(/lacks .*express/)
  } finally {
    await directory.remove()
  }
})
