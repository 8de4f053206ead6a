/**
 * The official Firestore emulator, started once for a run of the tests: the one at FIRESTORE_EMULATOR_HOST, or gcloud's
 * where gcloud with its Firestore emulator and Java are installed. Global set-up of the vitest project `firestore`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'

/** What a person can do where the emulator is missing. */
export const NO_EMULATOR =
  'Firestore: SKIPPED. No emulator here: install Java and `gcloud components install cloud-firestore-emulator`, or set FIRESTORE_EMULATOR_HOST.'

const START_MS = 60_000
const PROBE_MS = 2000
const STOP_MS = 5000

export interface FirestoreEmulator {
  /** `127.0.0.1:PORT`, as FIRESTORE_EMULATOR_HOST wants it. */
  readonly host: string
  readonly stop: () => Promise<void>
}

/** Where the emulator can be run, a skipped test of Firestore is a failure. */
export function hasFirestoreEmulator(): boolean {
  if ((process.env['FIRESTORE_EMULATOR_HOST'] ?? '') !== '') return true
  const gcloud = findProgram('gcloud')
  if (gcloud === undefined || findProgram('java') === undefined) return false
  const sdk = dirname(dirname(realpathSync(gcloud)))
  return existsSync(join(sdk, 'platform', 'cloud-firestore-emulator'))
}

/** Starts the emulator, or finds the one that runs. Throws when there should be one and it does not answer. */
export async function startFirestoreEmulator(): Promise<FirestoreEmulator> {
  const given = process.env['FIRESTORE_EMULATOR_HOST'] ?? ''
  if (given !== '') {
    // Asked first: the client library waits without end when nothing listens.
    if (!(await answers(given)))
      throw new Error(`FIRESTORE_EMULATOR_HOST is ${given}; nothing answers there.`)
    return { host: given, stop: () => Promise.resolve() }
  }
  const host = `127.0.0.1:${await freePort()}`
  const emulator = spawn('gcloud', ['emulators', 'firestore', 'start', `--host-port=${host}`, '--quiet'], {
    // A process group of its own: gcloud starts a shell, which starts Java.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, METADATA_SERVER_DETECTION: 'none', CLOUDSDK_CORE_DISABLE_PROMPTS: '1' },
  })
  let output = ''
  emulator.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  emulator.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const killWithUs = (): void => killGroup(emulator, 'SIGKILL')
  process.once('exit', killWithUs)
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs)
    await stopGroup(emulator)
  }
  for (const deadlineMs = Date.now() + START_MS; !(await answers(host)); await sleep(100)) {
    if (!hasEnded(emulator) && Date.now() < deadlineMs) continue
    await stop()
    throw new Error(`The Firestore emulator did not start:\n${output}`)
  }
  return { host, stop }
}

/** vitest calls it before the first test of the project; what it answers is called after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!hasFirestoreEmulator()) {
    process.stdout.write(`\n${NO_EMULATOR}\n\n`)
    project.provide('firestoreHost', '')
    return () => Promise.resolve()
  }
  const { host, stop } = await startFirestoreEmulator()
  project.provide('firestoreHost', host)
  return stop
}

function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function answers(host: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}/`, { signal: AbortSignal.timeout(PROBE_MS) })
    return response.ok
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const ended = hasEnded(child) ? Promise.resolve() : once(child, 'close')
  killGroup(child, 'SIGTERM')
  await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })])
  // Java may outlive gcloud.
  killGroup(child, 'SIGKILL')
  await ended
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!gone) throw error
  }
}
