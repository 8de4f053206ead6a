/** What a purge concerns [S18]: everything that holds values of a record, found before any of it is destroyed. */
import * as v from 'valibot'
import type { Stream } from '../../src/domain/actor.ts'
import { type Doomed, type PurgeScope, doomedIn, isDestroyed, markOf } from '../../src/domain/purge.ts'
import { EVERY_FIELD } from '../../src/domain/purgeMark.ts'
import { type StoredRecord, textOf } from '../../src/domain/record.ts'
import { conflictIdOf } from '../../src/domain/types/conflict.ts'
import type { HistoryEntry, PurgeMark } from '../../src/domain/wire.ts'
import type { Found, HistoryDoc, ParkedDoc, ReadTx, RecordDoc } from './storage/storage.ts'
import { feedsOf } from './workspace.ts'

export async function parentOf(tx: ReadTx, { parent }: RecordDoc): Promise<StoredRecord | undefined> {
  return parent === '' ? undefined : (await tx.get('records', parent))?.record
}

/** One record of which values are to go, and everything that holds them. */
export interface Holding {
  readonly doc: RecordDoc
  readonly scope: PurgeScope
  readonly mark: PurgeMark
  /** The record is marked already: an earlier attempt was broken off, or all is done. */
  readonly isMarked: boolean
  /** Streams that have carried it. */
  readonly streams: readonly Stream[]
  readonly entries: readonly HistoryEntry[]
  readonly history: readonly { readonly key: string; readonly doomed: Doomed }[]
  readonly parked: readonly string[]
}

/** Marks set by this purge, by record: from here on they are the ones that count. */
type Marks = ReadonlyMap<string, PurgeMark>

/** Everything that loses values, the record itself last: conflicts about it, and where all of it goes what hangs on it. */
export async function involved(
  tx: ReadTx,
  root: RecordDoc | undefined,
  scope: PurgeScope,
  marks: Marks = new Map(),
): Promise<Holding[]> {
  if (root === undefined) return []
  // What hangs on a record moves with it, which its own history does not tell.
  const around = root.parent === '' ? [] : await tx.find('historyByRecord', { value: root.parent })
  const found = await holdingOf(tx, root, { scope, marks, around: streamsIn(around) })
  const others: Holding[] = [...(await conflictsOf(tx, found, marks))]
  for (const doc of scope === 'record' ? await hangingOn(tx, root) : []) {
    const below = await holdingOf(tx, doc, { scope, marks, around: found.streams })
    others.push(...(await conflictsOf(tx, below, marks)), below)
  }
  return [...others, found]
}

const streamsIn = (history: readonly Found<HistoryDoc>[]): Stream[] =>
  history.flatMap(({ doc: { feeds } }) => feeds.map(({ stream }) => stream))

async function holdingOf(
  tx: ReadTx,
  doc: RecordDoc,
  { scope, marks, around }: { scope: PurgeScope; marks: Marks; around: readonly Stream[] },
): Promise<Holding> {
  const history = await tx.find('historyByRecord', { value: doc.record.id })
  const mark = marks.get(doc.record.id) ?? markFor(doc, scope)
  const feeds = feedsOf(doc.record, await parentOf(tx, doc))
  const entries = history.map((found) => found.doc.entry)
  const doomed = doomedIn(doc.type, entries, mark)
  return {
    doc,
    scope,
    mark,
    isMarked: isMarkedBy(doc, mark),
    streams: [...new Set([...around, ...streamsIn(history), ...feeds.map(({ stream }) => stream)])],
    entries,
    history: history.flatMap(({ key }, place) => {
      const going = doomed[place]
      return going === undefined ? [] : [{ key, doomed: going }]
    }),
    parked: await parkedAbout(tx, doc, scope),
  }
}

/** A record and its mark, as they are by now. */
interface Marked {
  readonly record: StoredRecord
  readonly purged?: PurgeMark | undefined
}

/** The mark to set, or the one that was set and nothing has happened since. */
export function markFor({ record, purged }: Marked, scope: PurgeScope): PurgeMark {
  if (scope === 'record')
    return isDestroyed(record, purged)
      ? { [EVERY_FIELD]: purged?.[EVERY_FIELD] ?? 0 }
      : markOf(scope, record.rev)
  const before = markOf(scope, record.rev - 1)
  return isMarkedBy({ purged }, before) ? before : markOf(scope, record.rev)
}

export function isMarkedBy({ purged }: Pick<Marked, 'purged'>, mark: PurgeMark): boolean {
  return Object.entries(mark).every(([field, rev]) => (purged?.[field] ?? -1) >= rev)
}

/** Records that hang on it; of a note the photos taken for it. */
async function hangingOn(tx: ReadTx, { record, parent }: RecordDoc): Promise<RecordDoc[]> {
  const children = await tx.find('recordsByParent', { value: record.id })
  const beside =
    record.type === 'note' && parent !== '' ? await tx.find('recordsByParent', { value: parent }) : []
  const photos = beside.filter(({ doc }) => textOf(doc.record, 'note') === record.id)
  return [...children, ...photos].map(({ doc }) => doc)
}

/** 要確認 about what goes: the record's history names field and person of each. */
async function conflictsOf(tx: ReadTx, { doc, entries, mark }: Holding, marks: Marks): Promise<Holding[]> {
  const target = doc.record.id
  const first = entries.flatMap(({ rev, by, conflicted }) =>
    conflicted
      .filter((field) => rev <= (mark[EVERY_FIELD] ?? mark[field] ?? -1))
      .map((field) => conflictIdOf({ target, field, by })),
  )
  const found: Holding[] = []
  for (const id of new Set(first))
    for (let slot = 1; ; slot += 1) {
      const conflict = await tx.get('records', slot === 1 ? id : `${id}.${slot}`)
      if (conflict === undefined) break
      found.push(await holdingOf(tx, conflict, { scope: 'record', marks, around: [] }))
    }
  return found
}

/** Keys of what was kept aside about the record and holds such values, or was to hang on it. */
async function parkedAbout(tx: ReadTx, { record }: RecordDoc, scope: PurgeScope): Promise<string[]> {
  const about = await tx.find('parkedByRecord', { value: record.id })
  const hanging = scope === 'record' ? await tx.find('parkedByParent', { value: record.id }) : []
  const holding = about.filter(({ doc }) => scope === 'record' || names(doc, scope))
  return [...new Set([...holding, ...hanging].map(({ key }) => key))]
}

/** Whether the mutation sets one of the fields; of one that cannot be read nobody can say. */
function names({ mutation }: ParkedDoc, fields: readonly string[]): boolean {
  const readable = v.safeParse(v.looseObject({ set: v.record(v.string(), v.unknown()) }), mutation)
  return !readable.success || fields.some((field) => Object.hasOwn(readable.output.set, field))
}
