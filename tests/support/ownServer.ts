/** An own server as an operator sets it up: units, people with one-time passwords, `npm run serve`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { adminCommand } from '../../functions/src/ops/commands.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Registers units and people; answers a one-time password per e-mail. */
export async function provision(
  dataDir: string,
  people: Readonly<Record<string, { readonly unit: string; readonly roles: string }>>,
): Promise<Map<string, string>> {
  await adminCommand(['--data', dataDir, 'import-units', join(root, 'functions/demo/units.csv')])
  const passwords = new Map<string, string>()
  for (const [email, { unit, roles }] of Object.entries(people)) {
    const person = ['--email', email, '--name', '試験 担当', '--unit', unit, '--roles', roles]
    passwords.set(email, passwordIn(await adminCommand(['--data', dataDir, 'create-account', ...person])))
  }
  return passwords
}

/** The one-time password in what `npm run admin` prints. */
export function passwordIn(text: string): string {
  const password = /1回限りのパスワード: (\S+)/.exec(text)?.[1]
  if (password === undefined) throw new Error(`No password was printed: ${text}`)
  return password
}

/** Runs one of the operator's commands as a process; answers exit code and everything printed. */
export async function runScript(
  name: 'serve' | 'backup' | 'restore' | 'admin',
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const node = join(root, 'node_modules/.bin/node')
  const child = spawn(node, [`scripts/${name}.mjs`, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return { code: child.exitCode, output }
}
