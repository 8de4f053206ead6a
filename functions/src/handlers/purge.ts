/**
 * Headquarters destroys personal data stored by mistake [S18]: first in the record, whose rows tell every tablet, then in
 * histories, 要確認, what was kept aside, photos and snapshots, in transactions of bounded size. Broken off and sent again it
 * goes on where it stopped.
 */
import * as v from 'valibot'
import { hasRole } from '../../../src/domain/actor.ts'
import { asRecordId, recordIdSchema } from '../../../src/domain/ids.ts'
import {
  type PurgeExtent,
  type PurgeRequest,
  emptied,
  isChangedSince,
  isPurgeable,
  markOf,
  mayPurge,
  purgeExtentRequestSchema,
  purgeRequestSchema,
  withoutDoomed,
} from '../../../src/domain/purge.ts'
import { mayRead } from '../../../src/domain/record.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import type { PurgeMark, Refusal } from '../../../src/domain/wire.ts'
import type { BlobStore } from '../blobs/blobStore.ts'
import { readEpoch } from '../commit.ts'
import { type Holding, involved, isMarkedBy, markFor, parentOf } from '../purgeHoldings.ts'
import type { ReadTx, RecordDoc } from '../storage/storage.ts'
import { Workspace } from '../workspace.ts'
import { readActor } from './caller.ts'
import { removeBlobsOf } from './blobs.ts'
import type { Answer, Caller, Deps } from './context.ts'

export interface PurgeDeps extends Deps {
  readonly blobs: BlobStore
  /** Throws away what the server keeps ready of rows beside the store. */
  readonly forget: () => Promise<void>
}

/** Documents changed in one transaction; the largest is a mutation of 256 KiB with what surrounds it. */
const BATCH_DOCS = 20

/** What a purge would destroy. Errs: invalid, revoked, forbidden (headquarters alone), notFound. */
export async function purgeExtent(deps: Deps, caller: Caller, body: unknown): Answer<PurgeExtent> {
  const request = v.safeParse(purgeExtentRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  return deps.storage.read(async (tx) => {
    const admitted = await admit(tx, caller, request.output)
    return admitted.ok ? ok(extentOf(await involved(tx, admitted.value, request.output.scope))) : admitted
  })
}

/**
 * Destroys, and answers how much. Errs: invalid, revoked, forbidden (headquarters alone), notFound, changed (one of the fields,
 * since the revision that headquarters looked at).
 */
export async function purge(deps: PurgeDeps, caller: Caller, body: unknown): Answer<PurgeExtent> {
  const request = v.safeParse(purgeRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { id, scope, reason, rev: seen } = request.output
  const admitted = await deps.storage.read((tx) => admit(tx, caller, request.output))
  if (!admitted.ok) return admitted
  const marks = new Map<string, PurgeMark>()
  const holdings = (): Promise<Holding[]> =>
    deps.storage.read(async (tx) => involved(tx, await tx.get('records', id), scope, marks))
  const unmarked = (all: readonly Holding[]): Holding[] => all.filter(({ isMarked }) => !isMarked)
  const found = await holdings()
  const root = found.find(({ doc }) => doc.record.id === id)
  for (const { doc, mark } of found) marks.set(doc.record.id, mark)
  if (scope !== 'record' && root?.isMarked === false) {
    // First of all, as it may be refused.
    const marked = await setMark(deps, root, { caller, reason, seen })
    if (!marked.ok) return marked
    marks.set(id, marked.value)
  }
  // What somebody hangs on it meanwhile is found the next time; once the record itself is marked nothing can be.
  for (let open = unmarked(await holdings()); open.length > 0; open = unmarked(await holdings()))
    for (const holding of open) {
      const marked = await setMark(deps, holding, { caller, reason })
      if (!marked.ok) return marked
      marks.set(holding.doc.record.id, marked.value)
    }
  for (const holding of await holdings()) await erase(deps, holding)
  await deps.forget()
  await deps.storage.scrub()
  return ok(extentOf(found))
}

/** The record, where the caller is of headquarters, may read it, and the scope fits it. */
async function admit(
  tx: ReadTx,
  caller: Caller,
  { id, scope }: Pick<PurgeRequest, 'id' | 'scope'>,
): Promise<Result<RecordDoc, Refusal>> {
  const actor = await readActor(tx, caller)
  if (!actor.ok) return actor
  if (!hasRole(actor.value, 'hq')) return err({ type: 'forbidden' })
  const doc = await tx.get('records', id)
  const type = doc === undefined ? undefined : typeOf(doc.type)
  if (doc === undefined || type === undefined || !isPurgeable(type)) return err({ type: 'notFound' })
  const parent = await parentOf(tx, doc)
  // What hangs on a record that is destroyed is read by nobody; the record itself is asked for again then.
  if (!mayRead(type, { actor: actor.value, record: doc.record, parent })) return err({ type: 'notFound' })
  return mayPurge(type, scope) ? ok(doc) : err({ type: 'invalid' })
}

function extentOf(holdings: readonly Holding[]): PurgeExtent {
  const fresh = holdings.filter(({ isMarked }) => !isMarked)
  const conflicts = fresh.filter(({ doc }) => doc.type === 'conflict')
  const gone = fresh.filter(({ doc, scope }) => scope === 'record' && doc.type !== 'conflict')
  const byType = Map.groupBy(gone, ({ doc }) => doc.type)
  return {
    history: holdings
      .filter(({ doc }) => doc.type !== 'conflict')
      .reduce((sum, { history }) => sum + history.length, 0),
    conflicts: conflicts.length,
    openConflicts: conflicts.filter(({ doc }) => doc.record.stage === 'open').length,
    parked: new Set(holdings.flatMap(({ parked }) => parked)).size,
    records: Object.fromEntries([...byType].map(([type, found]) => [type, found.length])),
  }
}

interface Order {
  readonly caller: Caller
  readonly reason: string
  /** Revision of the values that headquarters looked at; matters where some of them stay. */
  readonly seen?: number | undefined
}

/** The record as it is after a purge, in every stream it is or was in, and what its history says of it. */
async function setMark(
  deps: Deps,
  { doc, scope, streams }: Holding,
  { caller, reason, seen }: Order,
): Answer<PurgeMark> {
  return deps.storage.transact(async (tx) => {
    const workspace = new Workspace(tx, await readEpoch(tx))
    const record = (await workspace.record(doc.record.id)) ?? doc.record
    // Somebody else has just asked for the same.
    const before = await workspace.purgeMark(record.id)
    const done = markFor({ record, purged: before }, scope)
    if (isMarkedBy({ purged: before }, done)) return ok(done)
    if (scope !== 'record' && seen !== undefined) {
      const entries = await workspace.historyOf(record.id)
      if (isChangedSince(entries, { fields: scope, rev: seen })) return err({ type: 'changed' })
    }
    const now = deps.now()
    const rev = record.rev + 1
    const stage = record.type === 'conflict' ? 'resolved' : record.stage
    const gone = { fields: emptied(record), removed: true, stage, updatedBy: caller.uid, updatedAt: now }
    const entry = {
      ...({ rev, by: caller.uid, op: 'purge', outcome: 'accepted', at: now, acceptedAt: now } as const),
      ...{ set: {}, conflicted: [], purge: { scope, reason } },
    }
    const mark = markOf(scope, record.rev)
    await workspace.purge({ ...record, rev, ...(scope === 'record' ? gone : {}) }, { mark, entry, streams })
    workspace.flush()
    return ok(mark)
  })
}

async function erase(deps: PurgeDeps, { doc, scope, history, parked }: Holding): Promise<void> {
  for (const batch of batches(history)) await eraseHistory(deps, batch)
  for (const batch of batches(parked)) await eraseParked(deps, batch)
  if (scope === 'record' && typeOf(doc.type)?.blobs !== undefined)
    await removeBlobsOf(deps.blobs, doc.record.id)
}

/** What was kept aside, and the bytes that nothing else names. */
async function eraseParked(deps: PurgeDeps, batch: readonly string[]): Promise<void> {
  const about = await deps.storage.read(async (tx) => {
    const docs = await tx.getAll('parked', batch)
    const ids = new Set(docs.flatMap((doc) => (v.is(recordIdSchema, doc?.recordId) ? [doc.recordId] : [])))
    const records = await tx.getAll('records', [...ids])
    return [...ids].filter((_id, index) => records[index] === undefined)
  })
  const removeBytes = async (): Promise<void> => {
    for (const id of about) await removeBlobsOf(deps.blobs, asRecordId(id))
  }
  // Before, as it may be broken off after; and after, as some may have come before.
  await removeBytes()
  await deps.storage.transact(async (tx) => batch.forEach((key) => tx.remove('parked', key)))
  await removeBytes()
}

async function eraseHistory(deps: Deps, batch: Holding['history']): Promise<void> {
  await deps.storage.transact(async (tx) => {
    // Read again: another purge may have been at it.
    const docs = await tx.getAll(
      'history',
      batch.map(({ key }) => key),
    )
    for (const [index, { key, doomed }] of batch.entries()) {
      const doc = docs[index]
      if (doc !== undefined) tx.put('history', key, { ...doc, entry: withoutDoomed(doc.entry, doomed) })
    }
  })
}

function batches<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / BATCH_DOCS) }, (_, index) =>
    all.slice(index * BATCH_DOCS, (index + 1) * BATCH_DOCS),
  )
}
