/** 変更点 over HTTP: every page of them, one after the other. */
import {
  type ChangesSince,
  type RecordChange,
  changesRequest,
  changesResponseSchema,
} from '../domain/changes.ts'
import { type Result, ok } from '../domain/result.ts'
import type { TransportError } from '../sync/ports.ts'
import type { Call } from './call.ts'

/** All that was accepted after `since`, as far as the person sees it; with `fields` of these alone. */
export async function fetchChanges(
  call: Call,
  since: string,
  fields?: readonly string[],
): Promise<Result<ChangesSince, TransportError>> {
  const changes: RecordChange[] = []
  let askedAt: string | undefined
  for (let from = since; ;) {
    const body = changesRequest(from, fields)
    const answer = await call('/api/changes', { body, schema: changesResponseSchema })
    if (!answer.ok) return answer
    const { value } = answer
    askedAt ??= value.serverTime
    changes.push(...value.changes)
    if (value.next === null) return ok({ changes, askedAt })
    from = value.next
  }
}
