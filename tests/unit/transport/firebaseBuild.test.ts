/** The builds: the embedded one knows nothing of Firebase, the other loads it lazily and lean (4-ux, budget). */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as v from 'valibot'
import { tempDir } from '../../support/tempDir.ts'

const FIREBASE = /firebase|identitytoolkit|securetoken/i
const AUTH_CHUNK_KB = 35

let directory: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  directory = await tempDir()
})
afterAll(() => directory.remove())

const SETTINGS = {
  VITE_FIREBASE_API_KEY: 'key-of-a-test',
  VITE_FIREBASE_AUTH_DOMAIN: 'kaizencho.test',
  VITE_FIREBASE_PROJECT_ID: 'kaizencho-test',
}

async function buildFor(mode: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const outDir = join(directory.path, [mode, ...Object.values(env)].join('-').replaceAll(/[^a-z-]/g, ''))
  for (const [name, value] of Object.entries({ ...env, NODE_ENV: 'production' })) vi.stubEnv(name, value)
  try {
    await build({ mode, logLevel: 'silent', build: { outDir, emptyOutDir: true } })
  } finally {
    vi.unstubAllEnvs()
  }
  return outDir
}

const scripts = (outDir: string): string[] => globSync('**/*.{js,html,css}', { cwd: outDir })
const text = (outDir: string, file: string): string => readFileSync(join(outDir, file), 'utf8')

test('the build for the embedded server holds no line of Firebase', async () => {
  const outDir = await buildFor('production')
  expect(scripts(outDir).length).toBeGreaterThan(5)
  for (const file of scripts(outDir)) {
    // `/__/` in the service worker is an address that it leaves alone.
    expect(text(outDir, file), file).not.toMatch(FIREBASE)
  }
})

test('the build for Firebase loads Firebase Auth later, in one lean chunk, and nothing that leaves the page', async () => {
  const outDir = await buildFor('firebase', SETTINGS)
  const manifestSchema = v.record(
    v.string(),
    v.looseObject({ file: v.string(), imports: v.optional(v.array(v.string()), []) }),
  )
  const manifest = v.parse(manifestSchema, JSON.parse(text(outDir, '.vite/manifest.json')))
  const first = new Set<string>()
  const visit = (key: string): void => {
    const chunk = manifest[key]
    if (chunk === undefined || first.has(chunk.file)) return
    first.add(chunk.file)
    chunk.imports.forEach(visit)
  }
  visit('index.html')
  const withAuth = scripts(outDir).filter((file) => text(outDir, file).includes('identitytoolkit'))
  expect(withAuth).toHaveLength(1)
  for (const file of withAuth) {
    expect(first).not.toContain(file)
    expect(gzipSync(text(outDir, file), { level: 9 }).length / 1000).toBeLessThan(AUTH_CHUNK_KB)
    expect(text(outDir, file)).toContain(SETTINGS.VITE_FIREBASE_PROJECT_ID)
  }
  for (const file of scripts(outDir)) {
    expect(text(outDir, file), file).not.toContain('kaizencho-away')
  }
})

test('with the bureau’s own sign-in set up, the way there is built in', async () => {
  const outDir = await buildFor('firebase', { ...SETTINGS, VITE_FIREBASE_PROVIDER: 'oidc.bureau' })
  const files = scripts(outDir)
  expect(files.some((file) => text(outDir, file).includes('kaizencho-away'))).toBe(true)
  expect(files.some((file) => text(outDir, file).includes('oidc.bureau'))).toBe(true)
})

test('a build for Firebase that was told no project does not pass', async () => {
  await expect(buildFor('firebase')).rejects.toThrow(/VITE_FIREBASE_API_KEY/)
})
