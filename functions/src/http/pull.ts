/** Pull over HTTP: where a large page is in the answer, compressed of pieces that other answers share. */
import type { Request, RequestHandler, Response } from 'express'
import * as v from 'valibot'
import { sinceSchema } from '../../../src/domain/patch.ts'
import type { Answer, Caller } from '../handlers/context.ts'
import { type PullAnswer, type PullDeps, pull } from '../handlers/pull.ts'
import { OWN_PIECE_BYTES, gzipOf } from './gzip.ts'
import { readBody, refuse } from './replies.ts'

/** For whoever `identify` names; `?patches=` asks for patches [S20]. `answered` is told whose tablet was there. */
export function pullRoute(
  deps: PullDeps,
  identify: (request: Request) => Answer<Caller>,
  answered: (caller: Caller) => void,
): RequestHandler {
  return async (request, response) => {
    const caller = await identify(request)
    if (!caller.ok) return refuse(response, caller.error)
    const since = v.safeParse(v.optional(sinceSchema), request.query['patches'])
    if (!since.success) return refuse(response, { type: 'invalid' })
    const body = await readBody(request, response)
    const answer = body.ok ? await pull(deps, caller.value, { body: body.value, since: since.output }) : body
    if (!answer.ok) return refuse(response, answer.error)
    answered(caller.value)
    await send(request, response, answer.value)
  }
}

async function send(request: Request, response: Response, { pieces }: PullAnswer): Promise<void> {
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  const isLarge = pieces.some(({ length }) => length >= OWN_PIECE_BYTES)
  if (!isLarge || request.acceptsEncodings('gzip') !== 'gzip') {
    response.end(Buffer.concat(pieces))
    return
  }
  const bytes = await gzipOf(pieces)
  response.vary('Accept-Encoding')
  response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}
