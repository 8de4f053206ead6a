/** One JSON request to the functions, with its refusals typed. */
import * as v from 'valibot'
import { type Result, err, ok } from '../domain/result.ts'
import { refusalSchema } from '../domain/wire.ts'
import type { AuthHeaders, TransportError } from '../sync/ports.ts'
import type { StopSignal } from '../sync/stop.ts'

/** A request that takes longer is given up; the outbox sends it again, in smaller parts. */
const TIMEOUT_MS = 45_000
/** A large body is given more time: as if the network carried 8 bytes a millisecond. */
const BYTES_PER_MS = 8

interface RequestOptions<T> {
  readonly schema: v.GenericSchema<unknown, T>
  readonly headers?: AuthHeaders
  /** Gives the request up. */
  readonly stop?: StopSignal | undefined
}

/** Posts `body` and parses the answer. Never throws: no network, a foreign answer and a refusal are all values. */
export function postJson<T>(
  path: string,
  { body, ...options }: RequestOptions<T> & { readonly body: unknown },
): Promise<Result<T, TransportError>> {
  return postText(path, { text: JSON.stringify(body), ...options })
}

/** The same for JSON that is text already, of which not a byte may change. */
export async function postText<T>(
  path: string,
  { text, schema, headers = {}, stop }: RequestOptions<T> & { readonly text: string },
): Promise<Result<T, TransportError>> {
  let response: Response
  let json: unknown
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS + Math.ceil(text.length / BYTES_PER_MS))
  stop?.onStop(() => abort.abort())
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: text,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: abort.signal,
    })
    json = await response.json()
  } catch {
    // No network, or an answer that is no JSON (a captive portal's page): all mean "not reached".
    return err({ type: abort.signal.aborted ? 'timeout' : 'offline' })
  } finally {
    clearTimeout(timer)
  }
  if (!response.ok) {
    const refusal = v.safeParse(refusalSchema, json)
    return err(refusal.success ? { type: 'refused', refusal: refusal.output } : { type: 'offline' })
  }
  const parsed = v.safeParse(schema, json)
  return parsed.success ? ok(parsed.output) : err({ type: 'malformed' })
}
