/** One JSON request to the functions, with its refusals typed. */
import * as v from 'valibot'
import { type Result, err, ok } from '../domain/result.ts'
import { refusalSchema } from '../domain/wire.ts'
import type { TransportError } from '../sync/ports.ts'

/** A request that takes longer counts as offline; the outbox sends it again. */
const TIMEOUT_MS = 30_000

/** Posts `body` and parses the answer. Never throws: no network, a foreign answer and a refusal are all values. */
export async function postJson<T>(
  path: string,
  { body, schema, token }: { body: unknown; schema: v.GenericSchema<unknown, T>; token?: string },
): Promise<Result<T, TransportError>> {
  let response: Response
  let json: unknown
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    json = await response.json()
  } catch {
    // No network, a time-out, or an answer that is no JSON (a captive portal's page): all mean "not reached".
    return err({ type: 'offline' })
  }
  if (!response.ok) {
    const refusal = v.safeParse(refusalSchema, json)
    return err(refusal.success ? { type: 'refused', refusal: refusal.output } : { type: 'offline' })
  }
  const parsed = v.safeParse(schema, json)
  return parsed.success ? ok(parsed.output) : err({ type: 'malformed' })
}
