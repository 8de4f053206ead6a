/** How answers and refusals look on the wire: JSON, never cached, the status saying the class of a refusal. */
import express, { type Request, type Response } from 'express'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import type { Refusal } from '../../../src/domain/wire.ts'

/** Largest request body; a push is at most half of it [S8]. */
const MAX_BODY_BYTES = 2 * 1024 * 1024

const STATUS: Readonly<Record<Refusal['type'], number>> = {
  unauthenticated: 401,
  revoked: 403,
  forbidden: 403,
  foreignClient: 403,
  invalid: 400,
  notFound: 404,
  changed: 409,
  tooLarge: 413,
  locked: 423,
  protocolTooOld: 426,
  busy: 503,
}

/** Sends what a handler answered. */
export function reply(response: Response, result: Result<unknown, Refusal>): void {
  if (result.ok) {
    response.setHeader('Cache-Control', 'no-store')
    response.json(result.value)
    return
  }
  refuse(response, result.error)
}

/** Sends a refusal, with the status of its type unless another one says more. */
export function refuse(response: Response, refusal: Refusal, status = STATUS[refusal.type]): void {
  response.setHeader('Cache-Control', 'no-store')
  if (refusal.retryAfterMs !== undefined)
    response.setHeader('Retry-After', String(Math.ceil(refusal.retryAfterMs / 1000)))
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  response.status(status).json(refusal)
}

/** What a body may be. */
export interface BodyLimits {
  /** Its declared type. */
  readonly type: string
  /** Bytes, inflated. */
  readonly limit: number
}
const JSON_BODY: BodyLimits = { type: 'application/json', limit: MAX_BODY_BYTES }

/** The request's JSON. Errs: invalid (not JSON, not declared as JSON), tooLarge. */
export async function readBody(request: Request, response: Response): Promise<Result<unknown, Refusal>> {
  const bytes = await readBytes(request, response)
  return bytes.ok ? parseJson(bytes.value) : bytes
}

/** The very bytes of a body, JSON unless told, inflated. Errs: invalid (not declared as that, no body), tooLarge. */
export async function readBytes(
  request: Request,
  response: Response,
  { type, limit } = JSON_BODY,
): Promise<Result<Buffer, Refusal>> {
  if (!request.is(type)) return err({ type: 'invalid' })
  // Cloud Functions reads the body before the app sees the request, and keeps what it read.
  if ('rawBody' in request && request.rawBody instanceof Buffer)
    return request.rawBody.length > limit ? err({ type: 'tooLarge' }) : ok(request.rawBody)
  const failure = await new Promise<unknown>((resolve) =>
    express.raw({ type, limit })(request, response, resolve),
  )
  if (failure === undefined)
    return request.body instanceof Buffer ? ok(request.body) : err({ type: 'invalid' })
  const large = failure instanceof Error && 'type' in failure && failure.type === 'entity.too.large'
  return err({ type: large ? 'tooLarge' : 'invalid' })
}

/** Errs: invalid. */
export function parseJson(bytes: Buffer): Result<unknown, Refusal> {
  try {
    return ok(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    if (error instanceof SyntaxError) return err({ type: 'invalid' })
    throw error
  }
}
