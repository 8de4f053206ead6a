/** The outbox on Dexie: saving.ts saves [S1]–[S3], sending.ts has the rest. */
import { err, ok } from '../domain/result.ts'
import type { RecordId } from '../domain/ids.ts'
import type { IndexEntry, Outbox } from '../sync/ports.ts'
import { among } from './among.ts'
import { type DbContext, tables } from './context.ts'
import { withPending } from './hanging.ts'
import { saveAll } from './saving.ts'
import {
  answeredClients,
  keepAcked,
  lastAnswered,
  nextBatch,
  renumberFrom,
  sendAgain,
  settle,
} from './sending.ts'
import { refreshIndex, touchedBy } from './shown.ts'

/** Counting what is queued needs none of this (tablet.ts). */
export function createOutbox(context: DbContext): Omit<Outbox, 'queuedCount'> {
  const { db } = context
  return {
    async save(intention) {
      const saved = await saveAll(context, [intention])
      if (!saved.ok) return err(saved.error.error)
      const [entry] = saved.value
      if (entry === undefined) throw new Error('A save left no entry.')
      return ok(entry)
    },
    saveAll: (intentions) => saveAll(context, intentions),
    nextBatch: (limit) => nextBatch(context, limit),
    settle: (clientId, receipts) => settle(context, clientId, receipts),
    answeredClients: () => answeredClients(context),
    sendAgain: (clientId, lmid) => sendAgain(context, clientId, lmid),
    renumberFrom: (clientId, mid, unasked) => renumberFrom(context, clientId, mid, unasked),
    lastAnswered: () => lastAnswered(context),
    async unsettled(ids) {
      if (ids === undefined) return db.outbox.where('state').anyOf('queued', 'parked').sortBy('n')
      const entries = await among(db.outbox.where('recordId'), ids)
      return entries.filter(({ state }) => state !== 'settled').sort((a, b) => a.n - b.n)
    },
    async discardParked(n) {
      const entries = await db.transaction('rw', tables(db), async () => {
        const entry = await db.outbox.get(n)
        if (entry?.state !== 'parked') return new Map<RecordId, IndexEntry | undefined>()
        await keepAcked(context, [{ ...entry, givenUp: true }])
        const touched = new Set(touchedBy(entry.mutation))
        return refreshIndex(db, await withPending(db, touched), context)
      })
      context.changed([...entries.keys()], entries)
    },
  }
}
