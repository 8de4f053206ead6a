/** History of one record: who changed what and when, as far as the person could see it at the time (Terms, feeds). */
import * as v from 'valibot'
import { streamsOf } from '../../../src/domain/actor.ts'
import { err, ok } from '../../../src/domain/result.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import { type HistoryResponse, historyRequestSchema } from '../../../src/domain/wire.ts'
import { mayRead } from '../../../src/domain/record.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'
import { visibleEntry } from './visibleHistory.ts'

/** Answers with the entries, oldest first. Errs: invalid, revoked, notFound (also for rows the person may not read). */
export async function history(deps: Deps, caller: Caller, body: unknown): Answer<HistoryResponse> {
  const request = v.safeParse(historyRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  return deps.storage.read(async (tx) => {
    const actor = await readActor(tx, caller)
    if (!actor.ok) return actor
    const doc = await tx.get('records', request.output.id)
    const type = doc === undefined ? undefined : typeOf(doc.type)
    if (doc === undefined || type === undefined) return err({ type: 'notFound' })
    const parent = doc.parent === '' ? undefined : (await tx.get('records', doc.parent))?.record
    if (!mayRead(type, { actor: actor.value, record: doc.record, parent })) return err({ type: 'notFound' })

    const reader = { type, record: doc.record, parent, streams: streamsOf(actor.value) }
    const found = await tx.find('historyByRecord', { value: doc.record.id })
    const entries = found.flatMap(({ doc: change }) => visibleEntry(change, reader) ?? [])
    return ok({ entries })
  })
}
