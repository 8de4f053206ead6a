/** Requests in which a tablet proves by its key which one it is. */
import { createHash } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import * as v from 'valibot'
import { deviceIdSchema } from '../../../src/domain/ids.ts'
import {
  DEVICE_ID_HEADER,
  DEVICE_PROOF_HEADER,
  proofSchema,
  quarantineProofText,
} from '../../../src/domain/session.ts'
import type { Answer } from '../handlers/context.ts'
import type { SigningTablet } from '../handlers/quarantine.ts'
import { parseJson, readBytes, refuse, reply } from './replies.ts'

const deviceSchema = v.object({ deviceId: deviceIdSchema, signature: proofSchema })

/** The tablet a request names, and its signature; undefined when they are missing or no such things. */
export function readDevice(request: Request): v.InferOutput<typeof deviceSchema> | undefined {
  const parsed = v.safeParse(deviceSchema, {
    deviceId: request.headers[DEVICE_ID_HEADER],
    signature: request.headers[DEVICE_PROOF_HEADER],
  })
  return parsed.success ? parsed.output : undefined
}

/** The tablet with what it must have signed for a body of that SHA-256. */
export function proofOf(
  { deviceId, signature }: v.InferOutput<typeof deviceSchema>,
  bodyHash: string,
): SigningTablet {
  return { deviceId, proof: { text: quarantineProofText(deviceId, bodyHash), signature } }
}

/** A handler for a tablet that has signed the very bytes it sends [S26]; the handler checks the signature. */
export function signedByTablet(
  handler: (tablet: SigningTablet, body: unknown) => Answer<unknown>,
): RequestHandler {
  return async (request, response) => {
    const device = readDevice(request)
    if (device === undefined) {
      refuse(response, { type: 'unauthenticated' })
      return
    }
    const bytes = await readBytes(request, response)
    const body = bytes.ok ? parseJson(bytes.value) : bytes
    if (!bytes.ok || !body.ok) {
      reply(response, body)
      return
    }
    const bodyHash = createHash('sha256').update(bytes.value).digest('hex')
    reply(response, await handler(proofOf(device, bodyHash), body.value))
  }
}
