/** `npm run admin:firebase -- --project ID COMMAND …`: units and the first administrator of a Firebase project. */
import { firebaseAdminCommand } from '../functions/src/firebase/admin.ts'
import { runCommand } from './ops.mjs'

await runCommand(firebaseAdminCommand)
