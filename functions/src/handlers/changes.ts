/** What was accepted about 取組 since a moment: the history of all of them in one, as far as the person could see it. */
import * as v from 'valibot'
import { streamsOf } from '../../../src/domain/actor.ts'
import {
  type ChangesResponse,
  type RecordChange,
  CHANGES_PAGE_ENTRIES,
  changesRequestSchema,
} from '../../../src/domain/changes.ts'
import { mayRead } from '../../../src/domain/record.ts'
import { err, ok } from '../../../src/domain/result.ts'
import { initiativeType } from '../../../src/domain/types/initiative.ts'
import { type HistoryEntry, PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import type { Found, HistoryDoc, ReadTx } from '../storage/storage.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'
import { visibleEntry } from './visibleHistory.ts'

/** About the largest answer in UTF-16 units of its JSON: the texts before and after every change. */
const PAGE_CHARS = 400_000

/** Answers a page. Errs: invalid, protocolTooOld, unauthenticated, revoked. */
export async function changes(deps: Deps, caller: Caller, body: unknown): Answer<ChangesResponse> {
  const request = v.safeParse(changesRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { protocol, since, fields } = request.output
  if (protocol < PROTOCOL_VERSION) return err({ type: 'protocolTooOld' })
  return deps.storage.read(async (tx) => {
    const actor = await readActor(tx, caller)
    if (!actor.ok) return actor
    const streams = streamsOf(actor.value)
    const page = await readPage(tx, Date.parse(since))
    const ids = [...new Set(page.found.map(({ doc }) => doc.recordId))]
    const records = await tx.getAll('records', ids)
    const byId = new Map(ids.map((id, index) => [id, records[index]?.record]))
    const seen = page.found.flatMap(({ doc }): RecordChange[] => {
      const record = byId.get(doc.recordId)
      if (record === undefined) return []
      if (!mayRead(initiativeType, { actor: actor.value, record, parent: undefined })) return []
      const entry = visibleEntry(doc, { type: initiativeType, record, parent: undefined, streams })
      return entry === undefined ? [] : [{ id: record.id, entry: onlyFields(entry, fields) }]
    })
    return ok({
      changes: seen.filter(({ entry }) => Object.keys(entry.set).length > 0),
      next: page.next === undefined ? null : new Date(page.next).toISOString(),
      serverTime: deps.now(),
    })
  })
}

function onlyFields(entry: HistoryEntry, fields: readonly string[] | undefined): HistoryEntry {
  if (fields === undefined) return entry
  const kept = Object.entries(entry.set).filter(([field]) => fields.includes(field))
  return { ...entry, set: Object.fromEntries(kept) }
}

interface Page {
  readonly found: readonly Found<HistoryDoc>[]
  /** Moment (Unix ms) up to which nothing is missing; undefined when there is no more. */
  readonly next: number | undefined
}

/** Entries after a moment, in order; those of one millisecond stay together, so that the moment alone says where a page ends. */
async function readPage(tx: ReadTx, sinceMs: number): Promise<Page> {
  for (let limit = CHANGES_PAGE_ENTRIES + 1; ; limit *= 2) {
    const found = await tx.find('historyByTime', { value: initiativeType.name, after: sinceMs, limit })
    const fits = fitting(found)
    if (fits === found.length && found.length < limit) return { found, next: undefined }
    // The first that is left to the next page; all of its millisecond go with it.
    const left = found[Math.min(fits, found.length - 1)]?.doc.acceptedAtMs ?? sinceMs
    const whole = found.filter(({ doc }) => doc.acceptedAtMs < left)
    const last = whole.at(-1)
    if (last !== undefined) return { found: whole, next: last.doc.acceptedAtMs }
    // One millisecond fills more than a page: all of it, once something later (or the end) shows that it is all.
    const later = found.find(({ doc }) => doc.acceptedAtMs > left)
    const first = found.filter(({ doc }) => doc.acceptedAtMs === left)
    if (later !== undefined) return { found: first, next: left }
    if (found.length < limit) return { found: first, next: undefined }
  }
}

/** How many fit into one answer. */
function fitting(found: readonly Found<HistoryDoc>[]): number {
  let left = PAGE_CHARS
  const over = found.findIndex(({ doc }) => (left -= JSON.stringify(doc.entry).length) < 0)
  return over < 0 ? found.length : over
}
