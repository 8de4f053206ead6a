/** Push, pull and history over HTTP with the person's own token [S26]. */
import { historyResponseSchema, pullResponseSchema, pushResponseSchema } from '../domain/wire.ts'
import type { Transport } from '../sync/ports.ts'
import type { Call } from './call.ts'

export function createTransport(call: Call): Omit<Transport, 'quarantine'> {
  return {
    push: (body, stop) => call('/api/push', { body, stop, schema: pushResponseSchema }),
    pull: (body, stop) => call('/api/pull', { body, stop, schema: pullResponseSchema }),
    async history(id) {
      const answer = await call('/api/history', { body: { id }, schema: historyResponseSchema })
      return answer.ok ? { ok: true, value: answer.value.entries } : answer
    },
  }
}
