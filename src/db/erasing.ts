/** Destroys what headquarters has had destroyed, wherever this tablet keeps older values of it [S18]. Runs in the caller's transaction. */
import type { EntityTable, Table } from 'dexie'
import type { RecordId } from '../domain/ids.ts'
import { EVERY_FIELD, holdsPurged, joinMarks } from '../domain/purgeMark.ts'
import { startedForm, withoutPurgedStart } from '../domain/purgedForm.ts'
import type { StoredRecord } from '../domain/record.ts'
import type { PurgeMark, Row } from '../domain/wire.ts'
import type { OutboxEntry } from '../sync/ports.ts'
import { dropUnnamed } from './photos.ts'
import type { DbContext } from './context.ts'
import { unpackRows } from './rows.ts'
import type { TabletDatabase } from './schema.ts'

/** Rows of which something was destroyed, by record; the record as it is, where one of them shows it. */
export type Erasure = ReadonlyMap<
  RecordId,
  { readonly mark: PurgeMark; readonly record: StoredRecord | null }
>

/** What the tables that only an erasure touches are. */
export const erasingTables = (db: TabletDatabase): Table[] => [
  db.client,
  db.acked,
  db.blobs,
  db.chunks,
  db.uploads,
  db.forms,
]

/**
 * What was destroyed of a record lies beside the identity: what the tablet takes out of its outbox later is not kept where it
 * holds that.
 */
const marksIn = (db: TabletDatabase): EntityTable<{ key: string; mark: PurgeMark }, 'key'> =>
  db.table('client')
const keyOf = (id: RecordId): string => `purged|${id}`

/** What rows that came ask to be destroyed. */
export function erasureOf(rows: readonly Row[]): Erasure {
  const erasure = new Map<RecordId, { mark: PurgeMark; record: StoredRecord | null }>()
  for (const { id, purged, record } of rows)
    if (purged !== undefined) erasure.set(id, { mark: joinMarks(erasure.get(id)?.mark, purged), record })
  return erasure
}

/** Destroys it, once the rows are written. */
export async function erase(
  context: Pick<DbContext, 'db' | 'newId' | 'packs'>,
  erasure: Erasure,
): Promise<void> {
  const { db } = context
  const ids = [...erasure.keys()]
  if (ids.length === 0) return
  const markOf = (id: RecordId): PurgeMark => erasure.get(id)?.mark ?? {}
  const known = await marksIn(db).bulkGet(ids.map(keyOf))
  await marksIn(db).bulkPut(
    ids.map((id, index) => ({ key: keyOf(id), mark: joinMarks(known[index]?.mark, markOf(id)) })),
  )
  await db.acked.filter(({ entry }) => isPurged(entry, erasure.get(entry.recordId)?.mark)).delete()
  const whole = ids.filter((id) => markOf(id)[EVERY_FIELD] !== undefined)
  await db.uploads.bulkDelete(whole)
  if (whole.length > 0) await dropUnnamed(db, new Set(whole))
  await eraseForms(db, erasure)
  await unpackRows(context, ids)
}

/** Forms keep the version they began from, however old it is. */
async function eraseForms(db: TabletDatabase, erasure: Erasure): Promise<void> {
  for (const form of await db.forms.toArray()) {
    const value = startedForm(form.value)
    const found = value === undefined ? undefined : erasure.get(value.started.id)
    if (value === undefined || found === undefined) continue
    const left = withoutPurgedStart(value, found.mark, found.record ?? undefined)
    if (left !== value) await db.forms.put({ ...form, value: left })
  }
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
