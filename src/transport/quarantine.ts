/** The last push of a tablet whose grant is gone, signed with its own key [S26]. */
import type { Uid } from '../domain/ids.ts'
import { err } from '../domain/result.ts'
import { pushResponseSchema } from '../domain/wire.ts'
import type { Transport } from '../sync/ports.ts'
import { signBody } from './deviceKey.ts'
import { postText } from './http.ts'
import type { SessionVault } from './sessionVault.ts'

export function createQuarantine(
  vault: Pick<SessionVault, 'byUid'>,
  uid: Uid,
): Pick<Transport, 'quarantine'> {
  return {
    async quarantine(request, stop) {
      const session = await vault.byUid(uid)
      if (session === undefined) return err({ type: 'signInNeeded' })
      const text = JSON.stringify(request)
      const headers = await signBody(session, text)
      return postText('/api/quarantine', { text, schema: pushResponseSchema, headers, stop })
    },
  }
}
