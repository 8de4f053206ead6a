/** `npm run backup -- --data DIR FILE [--force]`: a consistent copy, also while the server runs. */
import { backupCommand } from '../functions/src/ops/commands.ts'
import { runCommand } from './ops.mjs'

await runCommand((args) => backupCommand(args, new Date()))
