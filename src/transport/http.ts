/** One JSON request to the functions, with its refusals typed. */
import * as v from 'valibot'
import { type Result, err, ok } from '../domain/result.ts'
import { refusalSchema } from '../domain/wire.ts'
import type { AuthHeaders } from '../sync/peoplePorts.ts'
import type { TransportError } from '../sync/ports.ts'
import type { StopSignal } from '../sync/stop.ts'

/** A request that takes longer is given up; the outbox sends it again, in smaller parts. */
const TIMEOUT_MS = 45_000
/** A large body is given more time: as if the network carried 8 bytes a millisecond. */
const BYTES_PER_MS = 8
/** So large may be an answer that does not say how large it is. */
const LARGE_BYTES = 1_000_000

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

/** Larger bodies are compressed: what a tablet sends takes the thin way. In UTF-16 units. */
const COMPRESS_CHARS = 8192

/** Something on the way has turned a compressed body away: until the page is loaded anew none is sent. */
let goesPlain = false

/** The same for JSON that is text already, of which not a byte may change. */
export async function postText<T>(
  path: string,
  { text, schema, headers = {}, stop }: RequestOptions<T> & { readonly text: string },
): Promise<Result<T, TransportError>> {
  let isAnswered = false
  const send = (body: BodyInit, encoding?: AuthHeaders): Promise<Result<T, TransportError>> => {
    const init = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', ...encoding },
      body,
    }
    const onAnswer = (): void => void (isAnswered = true)
    return askJson(path, { init, schema, sizeBytes: text.length, stop, onAnswer })
  }
  const isSmall = text.length < COMPRESS_CHARS
  if (isSmall || goesPlain || !('CompressionStream' in globalThis)) return send(text)
  const answer = await send(await gzipped(text), { 'content-encoding': 'gzip' })
  // Something on the way may have touched what it could not read.
  const isUnread = !answer.ok && answer.error.type === 'refused' && answer.error.refusal.type === 'invalid'
  if (!answer.ok && answer.error.type === 'offline' && isAnswered) goesPlain = true
  return isUnread ? send(text) : answer
}

function gzipped(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
}

interface Ask {
  readonly init: RequestInit
  /** Of the larger of question and answer. */
  readonly sizeBytes: number
  readonly stop?: StopSignal | undefined
  /** Told when anything has answered, be it not the server. */
  readonly onAnswer?: () => void
}

/** Any request that is answered with JSON. */
export async function askJson<T>(
  path: string,
  { schema, ...ask }: Ask & { readonly schema: v.GenericSchema<unknown, T> },
): Promise<Result<T, TransportError>> {
  const answer = await askFor(path, { ...ask, read: (response): Promise<unknown> => response.json() })
  if (!answer.ok) return answer
  const parsed = v.safeParse(schema, answer.value)
  return parsed.success ? ok(parsed.output) : err({ type: 'malformed' })
}

/** Any request; `read` reads a good answer's body. */
export async function askFor<T>(
  path: string,
  { init, sizeBytes, stop, onAnswer, read }: Ask & { readonly read: (response: Response) => Promise<T> },
): Promise<Result<T, TransportError>> {
  const abort = new AbortController()
  const within = (bytes: number): ReturnType<typeof setTimeout> =>
    setTimeout(() => abort.abort(), TIMEOUT_MS + Math.ceil(bytes / BYTES_PER_MS))
  let timer = within(sizeBytes)
  stop?.onStop(() => abort.abort())
  try {
    const response = await fetch(path, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: abort.signal,
    })
    onAnswer?.()
    // An answer that has begun is given the time that it needs.
    clearTimeout(timer)
    timer = within(Math.max(sizeBytes, Number(response.headers.get('content-length') ?? LARGE_BYTES)))
    if (response.ok) return ok(await read(response))
    const refusal = v.safeParse(refusalSchema, await response.json())
    return err(refusal.success ? { type: 'refused', refusal: refusal.output } : { type: 'offline' })
  } catch {
    // No network, or an answer that is no JSON (a captive portal's page): all mean "not reached".
    return err({ type: abort.signal.aborted ? 'timeout' : 'offline' })
  } finally {
    clearTimeout(timer)
  }
}
