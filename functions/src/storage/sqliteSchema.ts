/** Tables and indexes of the SQLite store: one table per collection, one expression index per entry of INDEXES. */
import type { DatabaseSync } from 'node:sqlite'
import { type Collection, type IndexName, INDEXES } from './storage.ts'

/** Raised when older programs could no longer read the file. New collections and indexes do not need it. */
export const SCHEMA_VERSION = 1

const COLLECTIONS: Readonly<Record<Collection, true>> = {
  heads: true,
  rows: true,
  records: true,
  history: true,
  clients: true,
  receipts: true,
  parked: true,
  meta: true,
  accounts: true,
  signInFailures: true,
  sessions: true,
}

/** The indexed member of a document as SQL; queries must say the same for the index to be used. */
export function memberSql(name: string): string {
  return `(body ->> '$.${name}')`
}

/** The ordering member of an index, where it has one. */
export function orderOf(index: IndexName): string | undefined {
  const definition = INDEXES[index]
  return 'order' in definition ? definition.order : undefined
}

/** Of earlier versions, which make them again. */
const UNREAD_INDEXES = ['parkedByUid'] as const

/** Makes what is missing, and drops indexes that nothing reads any more. Throws when the file was written by a newer version than this. */
export function prepareSchema(database: DatabaseSync, path: string): void {
  const found = userVersion(database)
  if (found > SCHEMA_VERSION) {
    database.close()
    throw new Error(
      `${path} was written by a newer version (schema ${found}; this one knows ${SCHEMA_VERSION}). Run the newer version.`,
    )
  }
  const tables = Object.keys(COLLECTIONS).map(
    (name) =>
      `CREATE TABLE IF NOT EXISTS ${name} (key TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT;`,
  )
  const indexes = Object.entries(INDEXES).map(([name, definition]) => {
    const order = 'order' in definition ? [memberSql(definition.order)] : []
    const members = [memberSql(definition.equals), ...order, 'key'].join(', ')
    return `CREATE INDEX IF NOT EXISTS ${name} ON ${definition.collection} (${members});`
  })
  const unread = UNREAD_INDEXES.map((name) => `DROP INDEX IF EXISTS ${name};`)
  const version = `PRAGMA user_version = ${SCHEMA_VERSION};`
  database.exec(
    [
      'BEGIN IMMEDIATE;',
      ...tables,
      ...unread,
      ...indexes,
      PLACE_HISTORY_IN_TIME,
      PLACE_PARKED,
      version,
      'COMMIT;',
    ].join('\n'),
  )
}

/** Earlier versions wrote history without what historyByTime needs. The index finds such entries at once, or none. */
const PLACE_HISTORY_IN_TIME = `
  UPDATE history SET body = json_set(
    body,
    '$.type', coalesce((SELECT records.body ->> '$.type' FROM records WHERE records.key = history.body ->> '$.recordId'), ''),
    '$.acceptedAtMs', CAST(round((julianday(body ->> '$.entry.acceptedAt') - 2440587.5) * 86400000) AS INTEGER)
  ) WHERE ${memberSql('type')} IS NULL;`

/** Earlier versions kept mutations aside without what parkedByRecord and parkedByParent need. */
const PLACE_PARKED = `
  UPDATE parked SET body = json_set(
    body,
    '$.recordId', coalesce(body ->> '$.mutation.id', ''),
    '$.parentId', coalesce(body ->> '$.mutation.set.initiative.to', body ->> '$.mutation.set.meeting.to', '')
  ) WHERE ${memberSql('recordId')} IS NULL;`

function userVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}
