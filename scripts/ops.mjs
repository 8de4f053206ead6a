/** What the commands of an own server share. */
import { opsFailure } from '../functions/src/ops/opsError.ts'

/** Runs a command with the arguments typed and prints what it answers; a failure goes to stderr, exit code 1. */
export async function runCommand(command) {
  try {
    process.stdout.write(`${await command(process.argv.slice(2))}\n`)
  } catch (error) {
    process.stderr.write(`${opsFailure(error)}\n`)
    process.exitCode = 1
  }
}
