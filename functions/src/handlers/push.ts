/** Push [S8]–[S13]: a person's own mutations, decided as they come. */
import * as v from 'valibot'
import { err, ok } from '../../../src/domain/result.ts'
import { PROTOCOL_VERSION, type PushResponse, pushRequestSchema } from '../../../src/domain/wire.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'
import { AHEAD, takeMutations } from './intake.ts'

/**
 * Takes a batch of mutations, of this release or any older one [S25]. Errs: invalid, tooLarge, unauthenticated, revoked,
 * foreignClient; busy when a later release made them, until this server is of that release too.
 */
export async function push(deps: Deps, caller: Caller, body: unknown): Answer<PushResponse> {
  const request = v.safeParse(pushRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  if (request.output.protocol > PROTOCOL_VERSION) return err(AHEAD)
  return takeMutations(deps, request.output, async (tx) => {
    const actor = await readActor(tx, caller)
    if (!actor.ok) return actor
    const { uid, deviceId } = caller
    return ok({ uid, deviceId, treatment: { type: 'decide', actor: actor.value } })
  })
}
