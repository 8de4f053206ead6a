/** Saving [S1]–[S3]: decided by the server's own rules, and written with the light entries in one durable transaction. */
import { type ClientId, asRecordId } from '../domain/ids.ts'
import { brokenInvariant, needsAnother, unitsNamed } from '../domain/invariants.ts'
import { decide } from '../domain/decide.ts'
import {
  type Intention,
  MAX_MUTATION_BYTES,
  type MutationBase,
  hashedContent,
  mutationJson,
} from '../domain/mutation.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { parentIdOf, typeOf } from '../domain/types/index.ts'
import { ENDED } from '../domain/types/unit.ts'
import type { EntriesById, OutboxEntry, SaveRefusal } from '../sync/ports.ts'
import { StorageDeadError, StorageFullError } from '../sync/storageErrors.ts'
import { type DbContext, readClient, tables } from './context.ts'
import { shownEntries } from './light.ts'
import type { ClientState, NewOutboxEntry, TabletDatabase } from './schema.ts'
import { inGoes } from './putAll.ts'
import { heldEntry } from './sending.ts'
import { putEntries } from './shown.ts'
import { type Stand, Standing } from './standing.ts'

/** An intention and what is kept of its content. */
interface Content extends Pick<OutboxEntry, 'hash' | 'sizeBytes'> {
  readonly intention: Intention
}

type Saved = Result<readonly OutboxEntry[], SaveRefusal>

/** All or nothing, each decided on what the ones before leave behind: as one after the other, but in one transaction. */
export async function saveAll(context: DbContext, intentions: readonly Intention[]): Promise<Saved> {
  if (intentions.length === 0) return ok([])
  const { db, actor } = context
  const contents = await contentsOf(context, intentions)
  if (!contents.ok) return contents
  /** The entries of a first attempt, should that have come through although its connection died [S7]. */
  let tried: readonly NewOutboxEntry[] = []
  let shown: EntriesById = new Map()
  const write = (): Promise<Saved> =>
    db.transaction('rw', tables(db), async (): Promise<Saved> => {
      const held = tried.length === 0 ? [] : await heldAgain(db, tried)
      if (held.length > 0) return ok(held)
      const standing = new Standing(db, actor)
      const [client] = await Promise.all([readClient(context), standing.prepare(intentions)])
      const decided = await decideAll(standing, contents.value, client)
      if (!decided.ok) return decided
      tried = decided.value
      const adding = inGoes(tried, (some) => db.outbox.bulkAdd([...some]))
      const written = standing.entries()
      shown = shownEntries(written)
      const [added] = await Promise.all([
        adding,
        db.client.put({ ...client, nextMid: client.nextMid + tried.length }),
        putEntries(db, written),
      ])
      // The database counts on by one, and nobody else writes meanwhile.
      const next = (added.at(-1) ?? 0) + 1
      return ok(tried.map((entry, index) => ({ ...entry, n: next - tried.length + index })))
    })
  try {
    const saved = await context.steady.run(write)
    if (saved.ok) context.changed([...shown.keys()], shown)
    return saved
  } catch (error) {
    if (error instanceof StorageFullError) return err({ index: 0, error: { type: 'storageFull' } })
    if (error instanceof StorageDeadError) return err({ index: 0, error: { type: 'storageDead' } })
    throw error
  }
}

async function contentsOf(
  { hash }: DbContext,
  intentions: readonly Intention[],
): Promise<Result<readonly Content[], SaveRefusal>> {
  const encoder = new TextEncoder()
  const contents = intentions.map((intention) => encoder.encode(hashedContent(mutationJson(intention))))
  const sizes = contents.map(({ length }) => length + 64)
  const index = sizes.findIndex((sizeBytes) => sizeBytes > MAX_MUTATION_BYTES)
  if (index >= 0) return err({ index, error: { type: 'tooLarge', sizeBytes: sizes[index] ?? 0 } })
  const hashes = await Promise.all(contents.map(hash))
  return ok(
    intentions.map((intention, place) => ({
      intention,
      hash: hashes[place] ?? '',
      sizeBytes: sizes[place] ?? 0,
    })),
  )
}

/** The entries as they are held, if they all are; else none. */
async function heldAgain(db: TabletDatabase, tried: readonly NewOutboxEntry[]): Promise<OutboxEntry[]> {
  const held = await Promise.all(tried.map((entry) => heldEntry(db, entry)))
  const same = held
    .filter((entry) => entry !== undefined)
    .filter(({ hash }, index) => hash === tried[index]?.hash)
  return same.length === tried.length ? same : []
}

/**
 * The server's rules, asked before anything is written: what it would refuse is refused here with the same reason. Waits for
 * nothing but the database, and only where a rule asks it: a transaction does not outlive many other waits.
 */
async function decideAll(
  standing: Standing,
  contents: readonly Content[],
  { clientId, nextMid }: ClientState,
): Promise<Result<readonly NewOutboxEntry[], SaveRefusal>> {
  const { actor } = standing
  const entries: NewOutboxEntry[] = []
  for (const [index, { intention, hash, sizeBytes }] of contents.entries()) {
    const type = typeOf(intention.type)
    if (type === undefined) return err({ index, error: { type: 'unknownType' } })
    const named = parentIdOf(intention)
    const parentId = named === undefined ? undefined : asRecordId(named)
    const stand = standing.standOf(intention.id, parentId)
    const mutation = { ...intention, mid: nextMid + index, base: baseOf(stand, clientId) }
    // A create the server refused may be saved anew; nothing of it exists there.
    const before = isOnlyParked(stand) ? undefined : stand.record
    const limited = type.maxPerParent === undefined ? undefined : parentId
    const decided = decide(type, mutation, {
      actor,
      now: mutation.at,
      record: before,
      parent: stand.parent,
      baseRev: before?.rev,
      siblings: limited === undefined ? 0 : await standing.siblings(intention, limited),
      openConflicts: {},
    })
    if (!decided.ok) return err({ index, error: decided.error })
    const change = { before, after: decided.value.record }
    const mayBreak =
      needsAnother(type, change) ||
      unitsNamed(type, change).some(([, unit]) => standing.stageOf(unit) === ENDED)
    const broken = mayBreak ? await brokenInvariant(type, change, standing) : undefined
    if (broken !== undefined) return err({ index, error: broken })
    const entry = {
      clientId,
      mid: mutation.mid,
      recordId: intention.id,
      mutation,
      hash,
      sizeBytes,
      state: 'queued',
      receipt: null,
      settledAtPull: 0,
      givenUp: false,
    } as const
    standing.take(entry, { record: change.after, parent: stand.parent })
    entries.push(entry)
  }
  return ok(entries)
}

/** What the person's edit stands on: their own pending one, or the server's revision [S3]. */
function baseOf({ entries, rows }: Stand, clientId: ClientId): MutationBase {
  const last = entries.findLast((entry) => entry.state !== 'parked' && entry.clientId === clientId)
  return last === undefined ? { rev: Math.max(0, ...rows.map(({ rev }) => rev)) } : { mid: last.mid }
}

function isOnlyParked({ entries, record }: Stand): boolean {
  const has = (wanted: OutboxEntry['state']): boolean => entries.some(({ state }) => state === wanted)
  return record?.rev === 0 && has('parked') && !has('queued')
}
