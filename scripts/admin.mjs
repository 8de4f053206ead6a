/** `npm run admin -- --data DIR COMMAND …`: units, the first administrator, a lost password. */
import { adminCommand } from '../functions/src/ops/commands.ts'
import { runCommand } from './ops.mjs'

await runCommand(adminCommand)
