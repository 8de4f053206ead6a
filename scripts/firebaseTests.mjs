/**
 * `npm run test:firebase`: the journeys of tests/e2e on the Firebase emulators (auth, functions, hosting) with the official
 * Firestore emulator, the Firebase build and the bundled function. Needs Java and gcloud; nothing leaves this machine.
 */
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  NO_EMULATOR,
  hasFirestoreEmulator,
  startFirestoreEmulator,
} from '../tests/support/firestoreEmulator.ts'
import { ensureBrowser } from './browser.mjs'
import { installApart } from './installApart.mjs'
import { emulatorConfig } from './firebaseConfig.mjs'
import { buildFunctions } from './functions.mjs'
import { root, run } from './run.mjs'

const PROJECT = 'demo-kaizencho'
const tools = join(root, 'tests/emulators')
const stage = join(root, '.cache/emulators')
const report = join(root, '.cache/reports/firebase.json')
const START_MS = 120_000
const STOP_MS = 15_000

/** Runs the journeys, or those that Playwright's filters name; resolves to their counts. Skipped where there is no emulator. */
export async function testFirebase(filters = []) {
  if (!hasFirestoreEmulator()) {
    process.stdout.write(`${NO_EMULATOR}\n`)
    return { passed: 0, failed: 0, skipped: 1 }
  }
  installApart(tools)
  const ports = await freePorts(['auth', 'functions', 'hosting', 'hub', 'logging', 'eventarc', 'tasks'])
  const authOrigin = `http://127.0.0.1:${ports.auth}`
  await prepareStage(ports, authOrigin)
  const firestore = await startFirestoreEmulator()
  try {
    const env = {
      FIRESTORE_EMULATOR_HOST: firestore.host,
      FIREBASE_AUTH_EMULATOR_HOST: new URL(authOrigin).host,
      GCLOUD_PROJECT: PROJECT,
      METADATA_SERVER_DETECTION: 'none',
    }
    const emulators = await startEmulators(env, `http://127.0.0.1:${ports.hosting}/`)
    try {
      rmSync(report, { force: true })
      const code = await run(
        'playwright',
        ['test', '--config', 'tests/emulators/playwright.config.ts', '--reporter=list,json', ...filters],
        {
          ...env,
          CHROME_PATH: await ensureBrowser(),
          KAIZENCHO_BACKEND: 'firebase',
          KAIZENCHO_FIREBASE_URL: `http://localhost:${ports.hosting}`,
          PLAYWRIGHT_JSON_OUTPUT_NAME: report,
        },
      )
      return counts(code)
    } finally {
      await emulators.stop()
    }
  } finally {
    await firestore.stop()
  }
}

/** What would be deployed, side by side with a firebase.json for the emulators. */
async function prepareStage(ports, authOrigin) {
  mkdirSync(join(stage, 'functions/lib'), { recursive: true })
  copyFileSync(join(root, 'functions/package.json'), join(stage, 'functions/package.json'))
  await buildFunctions({ outfile: join(stage, 'functions/lib/index.js') })
  const production = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8'))
  writeFileSync(
    join(stage, 'firebase.json'),
    JSON.stringify(emulatorConfig(production, { ports, authOrigin })),
  )
  const built = await run(
    'vite',
    [
      'build',
      '--mode',
      'firebase-emulator',
      '--outDir',
      join(stage, 'site'),
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ],
    { VITE_FIREBASE_AUTH_EMULATOR: authOrigin },
  )
  if (built !== 0) throw new Error('The app for Firebase could not be built.')
}

async function startEmulators(env, hostingUrl) {
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    [
      join(tools, 'node_modules/firebase-tools/lib/bin/firebase.js'),
      'emulators:start',
      '--only',
      'auth,functions,hosting',
      '--project',
      PROJECT,
      // One worker for all requests, as concurrency 80 has it; without it every concurrent request starts a process.
      '--inspect-functions',
      String(await freePort()),
    ],
    {
      cwd: stage,
      // A process group of its own: the emulators start the function's process.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...env,
        PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
        CI: '1',
        npm_config_offline: 'true',
        FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
        XDG_CONFIG_HOME: join(stage, 'config'),
      },
    },
  )
  let output = ''
  let ended = false
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  child.once('close', () => (ended = true))
  const killGroup = (signal) => {
    if (!ended) process.kill(-child.pid, signal)
  }
  const killWithUs = () => killGroup('SIGKILL')
  process.once('exit', killWithUs)
  const stop = async () => {
    process.off('exit', killWithUs)
    writeFileSync(join(stage, 'emulators.log'), output)
    killGroup('SIGINT')
    for (const deadlineMs = Date.now() + STOP_MS; !ended && Date.now() < deadlineMs;) await sleep(100)
    killGroup('SIGKILL')
  }
  for (const deadlineMs = Date.now() + START_MS; !output.includes('All emulators ready'); await sleep(200)) {
    if (!ended && Date.now() < deadlineMs) continue
    await stop()
    throw new Error(`The Firebase emulators did not start:\n${output}`)
  }
  const page = await fetch(hostingUrl)
  if (!page.ok) {
    await stop()
    throw new Error(`The hosting emulator answers ${page.status}:\n${output}`)
  }
  return { stop }
}

function counts(code) {
  if (!existsSync(report)) throw new Error('Playwright wrote no report: it crashed.')
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = stats.unexpected + stats.flaky + errors.length
  return { passed: stats.expected, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: stats.skipped }
}

async function freePorts(names) {
  const entries = []
  for (const name of names) entries.push([name, await freePort()])
  return Object.fromEntries(entries)
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

if (import.meta.main) {
  const { passed, failed, skipped } = await testFirebase(process.argv.slice(2))
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  process.exitCode = failed === 0 ? 0 : 1
}
