/** `npm run restore -- --data DIR FILE`: puts a backup in the place of the data of a stopped server. */
import { restoreCommand } from '../functions/src/ops/commands.ts'
import { runCommand } from './ops.mjs'

await runCommand((args) => restoreCommand(args, new Date()))
