/** 預かった記録 over HTTP: headquarters' decisions [S26], and files it imports [S27]. */
import * as v from 'valibot'
import { adoptResponseSchema, heldResponseSchema } from '../domain/quarantine.ts'
import { ok } from '../domain/result.ts'
import { pushResponseSchema } from '../domain/wire.ts'
import type { HeldDesk } from '../sync/peoplePorts.ts'
import type { Call } from './call.ts'

export function createHeldDesk(call: Call): HeldDesk {
  return {
    list: (held) => call('/api/quarantine/list', { body: { held }, schema: heldResponseSchema }),
    async adopt(decided) {
      const answer = await call('/api/quarantine/adopt', { body: decided, schema: adoptResponseSchema })
      return answer.ok ? ok(answer.value.receipts) : answer
    },
    async setAside(decided, aside) {
      const body = { ...decided, aside }
      const answer = await call('/api/quarantine/set-aside', { body, schema: v.object({}) })
      return answer.ok ? ok(undefined) : answer
    },
    take: (batch) => call('/api/quarantine/import', { body: batch, schema: pushResponseSchema }),
  }
}
