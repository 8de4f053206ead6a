/** The real embedded server as a process of its own, on a free port, with the built app. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { copyDemoTemplate } from './demoTemplate.ts'
import { tempDir } from './tempDir.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const NODE = join(root, 'node_modules/.bin/node')

export interface RunningServer {
  /** `http://localhost:PORT`, or https; the same after a restart. */
  readonly url: string
  readonly dataDir: string
  /** Everything it printed so far, over all restarts. */
  readonly output: () => string
  /** Ends the process (SIGKILL = as in a power cut) and waits until it is gone. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Sends a signal it lives on with, and waits until it has printed `text` since. */
  readonly signal: (signal: NodeJS.Signals, text: string) => Promise<void>
  /** Ends it with SIGKILL if it runs, and starts it on the same data and port. */
  readonly restart: () => Promise<void>
  /** Stops it and removes the data it was started with, unless they were given. */
  readonly stop: () => Promise<void>
}

export interface ServerOptions {
  /** Folder of existing data; a temporary one when left out. */
  readonly dataDir?: string
  /** With the demo data. */
  readonly demo: boolean
  /** Folder of the built app; dist/ when left out. */
  readonly distDir?: string
  /** Started as an operator does (`npm run serve`), with more arguments. Never with the demo. */
  readonly serve?: readonly string[]
}

const listeningSchema = v.object({ listening: v.pipe(v.string(), v.url()) })

/** Starts the server and waits until it listens; under `npm run test:firebase` the emulators take its place. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  if (process.env['KAIZENCHO_BACKEND'] === 'firebase') {
    const { resetFirebase } = await import('./firebaseBackend.ts')
    return emulatedServer(await resetFirebase())
  }
  const own = options.dataDir === undefined ? await tempDir() : undefined
  const dataDir = options.dataDir ?? join(own?.path ?? '', 'data')
  if (options.demo && !existsSync(dataDir)) copyDemoTemplate(dataDir)
  let output = ''
  let child: ChildProcess | undefined

  const start = async (port: string): Promise<string> => {
    const script = options.serve === undefined ? 'functions/src/embedded.ts' : 'scripts/serve.mjs'
    const args = [script, '--data', dataDir, '--port', port]
    args.push('--dist', options.distDir ?? 'dist', ...(options.serve ?? []))
    if (options.demo && options.serve === undefined) args.push('--demo')
    const started = spawn(NODE, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    started.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const lines = createInterface({ input: started.stdout })
    return new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        output += `${line}\n`
        const listening = v.safeParse(listeningSchema, JSON.parse(line))
        if (listening.success) resolve(listening.output.listening)
      })
      started.once('close', () => reject(new Error(`The server ended before it listened:\n${output}`)))
    })
  }
  const kill = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'close')
    child.kill(signal)
    await ended
  }
  const url = await start('0')
  return {
    url,
    dataDir,
    output: () => output,
    kill,
    signal: async (signal, text) => {
      const before = output.length
      child?.kill(signal)
      while (!output.slice(before).includes(text)) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    restart: async () => {
      await kill('SIGKILL')
      await start(new URL(url).port)
    },
    stop: async () => {
      await kill()
      await own?.remove()
    },
  }
}

/** The emulators go on running from test to test. */
function emulatedServer(url: string): RunningServer {
  const impossible = (): Promise<never> => Promise.reject(new Error('A test does not kill the emulators.'))
  return {
    url,
    dataDir: '',
    output: () => '',
    kill: impossible,
    signal: impossible,
    restart: impossible,
    stop: () => Promise.resolve(),
  }
}
