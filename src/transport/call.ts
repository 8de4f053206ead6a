/** Authenticated requests of one person [S26]. */
import type * as v from 'valibot'
import type { Uid } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { Auth, AuthHeaders } from '../sync/peoplePorts.ts'
import type { TransportError } from '../sync/ports.ts'
import type { StopSignal } from '../sync/stop.ts'
import { postJson } from './http.ts'

export type Call = <T>(
  path: string,
  request: { body: unknown; schema: v.GenericSchema<unknown, T>; stop?: StopSignal | undefined },
) => Promise<Result<T, TransportError>>

/** Posts JSON with the person's credentials. */
export function createCall(auth: Auth, uid: Uid): Call {
  return (path, request) =>
    withCredentials({ auth, uid }, (headers) => postJson(path, { ...request, headers }))
}

/** Sends with the credentials at hand; when the server does not take them, once more with new ones. */
export async function withCredentials<T>(
  { auth, uid }: { readonly auth: Auth; readonly uid: Uid },
  send: (headers: AuthHeaders) => Promise<Result<T, TransportError>>,
): Promise<Result<T, TransportError>> {
  for (const fresh of [false, true]) {
    const headers = await auth.headers(uid, { fresh })
    if (!headers.ok) return headers
    const answer = await send(headers.value)
    const stale =
      !answer.ok && answer.error.type === 'refused' && answer.error.refusal.type === 'unauthenticated'
    if (!stale) return answer
  }
  return { ok: false, error: { type: 'signInNeeded' } }
}
