/** History of one record: who changed what and when, as far as the person could see it at the time (Terms, feeds). */
import * as v from 'valibot'
import { streamsOf } from '../../../src/domain/actor.ts'
import type { Feed } from '../../../src/domain/record.ts'
import { err, ok } from '../../../src/domain/result.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import { type HistoryEntry, type HistoryResponse, historyRequestSchema } from '../../../src/domain/wire.ts'
import { mayRead } from '../../../src/domain/record.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

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

    const readable = streamsOf(actor.value)
    const found = await tx.find('historyByRecord', { value: doc.record.id })
    const entries = found.flatMap(({ doc: { feeds, entry } }) => {
      const seen = feeds.filter((feed) => readable.includes(feed.stream))
      return seen.length === 0 ? [] : [withoutHidden(entry, seen)]
    })
    return ok({ entries })
  })
}

function withoutHidden(entry: HistoryEntry, feeds: readonly Feed[]): HistoryEntry {
  const hidden = (field: string): boolean => feeds.every((feed) => feed.omit?.includes(field))
  return { ...entry, set: Object.fromEntries(Object.entries(entry.set).filter(([field]) => !hidden(field))) }
}
