/** Push, pull and history over HTTP with the person's own token [S26]. */
import { pulledAt, pulledSchema, pullUrl } from '../domain/patch.ts'
import { historyResponseSchema, pushResponseSchema } from '../domain/wire.ts'
import type { Transport } from '../sync/ports.ts'
import type { Call } from './call.ts'

export function createTransport(call: Call): Omit<Transport, 'quarantine'> {
  return {
    push: (body, stop) => call('/api/push', { body, stop, schema: pushResponseSchema }),
    async pull({ since, ...body }, stop) {
      const answer = await call(pullUrl(since), { body, stop, schema: pulledSchema })
      return answer.ok ? { ok: true, value: pulledAt(body.cursors, answer.value) } : answer
    },
    async history(id) {
      const answer = await call('/api/history', { body: { id }, schema: historyResponseSchema })
      return answer.ok ? { ok: true, value: answer.value.entries } : answer
    },
  }
}
