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
  /** `http://localhost:PORT`; the same after a restart. */
  readonly url: string
  readonly dataDir: string
  /** Everything it printed so far, over all restarts. */
  readonly output: () => string
  /** Ends the process (SIGKILL = as in a power cut) and waits until it is gone. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
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
}

const listeningSchema = v.object({ listening: v.pipe(v.string(), v.url()) })

/** Starts the server and waits until it listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const own = options.dataDir === undefined ? await tempDir() : undefined
  const dataDir = options.dataDir ?? join(own?.path ?? '', 'data')
  if (options.demo && !existsSync(dataDir)) copyDemoTemplate(dataDir)
  let output = ''
  let child: ChildProcess | undefined

  const start = async (port: string): Promise<string> => {
    const args = ['functions/src/embedded.ts', '--data', dataDir, '--port', port]
    args.push('--dist', options.distDir ?? 'dist', ...(options.demo ? ['--demo'] : []))
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
