/** Destroys what headquarters has had destroyed, wherever this tablet keeps older values of it [S18]. Runs in the caller's transaction. */
import type { EntityTable, Table } from 'dexie'
import type { RecordId } from '../domain/ids.ts'
import { EVERY_FIELD, holdsPurged, joinMarks } from '../domain/purgeMark.ts'
import { textOf } from '../domain/record.ts'
import { photoType } from '../domain/types/photo.ts'
import type { PurgeMark, Row } from '../domain/wire.ts'
import type { OutboxEntry } from '../sync/ports.ts'
import { dropBytes } from './photos.ts'
import { rowsOf, unpackRows } from './rows.ts'
import type { TabletDatabase } from './schema.ts'

/** Rows of which something was destroyed. */
export interface Erasure {
  readonly marks: ReadonlyMap<RecordId, PurgeMark>
  /** SHA-256 of photos that go with their records. */
  readonly pictures: readonly string[]
}

/** What the tables that only an erasure touches are. */
export const erasingTables = (db: TabletDatabase): Table[] => [
  db.client,
  db.acked,
  db.blobs,
  db.chunks,
  db.uploads,
]

/**
 * What was destroyed of a record lies beside the identity: what the tablet takes out of its outbox later is not kept where it
 * holds that.
 */
const marksIn = (db: TabletDatabase): EntityTable<{ key: string; mark: PurgeMark }, 'key'> =>
  db.table('client')
const keyOf = (id: RecordId): string => `purged|${id}`

/** What rows that came ask to be destroyed; asked before they are written over what is there. */
export async function erasureOf(db: TabletDatabase, rows: readonly Row[]): Promise<Erasure> {
  const marks = new Map<RecordId, PurgeMark>()
  for (const { id, purged } of rows) if (purged !== undefined) marks.set(id, joinMarks(marks.get(id), purged))
  const whole = [...marks].flatMap(([id, mark]) => (mark[EVERY_FIELD] === undefined ? [] : [id]))
  const held = whole.length === 0 ? [] : await rowsOf(db, whole)
  const uploads = (await db.uploads.bulkGet(whole)).filter((upload) => upload !== undefined)
  const facts = held.flatMap(({ record }) =>
    record.type === photoType.name ? [textOf(record, 'sha256'), textOf(record, 'thumbSha256')] : [],
  )
  const own = uploads.flatMap(({ photo }) => [photo.sha256, photo.thumbSha256])
  return { marks, pictures: [...new Set([...facts, ...own])].filter((sha256) => sha256 !== '') }
}

/** Destroys it, once the rows are written. */
export async function erase(db: TabletDatabase, { marks, pictures }: Erasure): Promise<void> {
  const ids = [...marks.keys()]
  if (ids.length === 0) return
  const known = await marksIn(db).bulkGet(ids.map(keyOf))
  await marksIn(db).bulkPut(
    ids.map((id, index) => ({ key: keyOf(id), mark: joinMarks(known[index]?.mark, marks.get(id) ?? {}) })),
  )
  await db.acked.filter(({ entry }) => isPurged(entry, marks.get(entry.recordId))).delete()
  await db.uploads.bulkDelete(ids.filter((id) => marks.get(id)?.[EVERY_FIELD] !== undefined))
  await dropBytes(db, pictures)
  await unpackRows(db, ids)
}

/** Those that may be kept: the others hold what was destroyed. */
export async function withoutPurged(
  db: TabletDatabase,
  entries: readonly OutboxEntry[],
): Promise<OutboxEntry[]> {
  const marks = await marksIn(db).bulkGet(entries.map(({ recordId }) => keyOf(recordId)))
  return entries.filter((entry, index) => !isPurged(entry, marks[index]?.mark))
}

function isPurged({ mutation, receipt }: OutboxEntry, mark: PurgeMark | undefined): boolean {
  return mark !== undefined && holdsPurged(mutation, receipt?.rev ?? 0, mark)
}
