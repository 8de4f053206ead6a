/** Push, pull and history over HTTP with the person's own token [S26]. */
import type * as v from 'valibot'
import type { Uid } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import { historyResponseSchema, pullResponseSchema, pushResponseSchema } from '../domain/wire.ts'
import type { Auth, Transport, TransportError } from '../sync/ports.ts'
import { postJson } from './http.ts'

export function createTransport(auth: Auth, uid: Uid): Transport {
  /** Sends with the token at hand; when the server does not take it, once more with a new one. */
  async function call<T>(
    path: string,
    request: { body: unknown; schema: v.GenericSchema<unknown, T> },
  ): Promise<Result<T, TransportError>> {
    for (const fresh of [false, true]) {
      const token = await auth.token(uid, { fresh })
      if (!token.ok) return token
      const answer = await postJson(path, { ...request, token: token.value })
      const stale =
        !answer.ok && answer.error.type === 'refused' && answer.error.refusal.type === 'unauthenticated'
      if (!stale) return answer
    }
    return { ok: false, error: { type: 'signInNeeded' } }
  }

  return {
    push: (body) => call('/api/push', { body, schema: pushResponseSchema }),
    pull: (body) => call('/api/pull', { body, schema: pullResponseSchema }),
    async history(id) {
      const answer = await call('/api/history', { body: { id }, schema: historyResponseSchema })
      return answer.ok ? { ok: true, value: answer.value.entries } : answer
    },
  }
}
