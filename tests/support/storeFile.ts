/** The documents of an SQLite store as they lie in its file. */
import { DatabaseSync } from 'node:sqlite'

/** Collection → key → document as JSON text. */
export type StoreDump = Readonly<Record<string, Readonly<Record<string, string>>>>

const tablesOf = (database: DatabaseSync): string[] =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => String(row['name']))

export function dumpStore(path: string): StoreDump {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return Object.fromEntries(
      tablesOf(database).map((table) => {
        const rows = database.prepare(`SELECT key, body FROM ${table} ORDER BY key`).all()
        return [table, Object.fromEntries(rows.map((row) => [String(row['key']), String(row['body'])]))]
      }),
    )
  } finally {
    database.close()
  }
}

/** Fills an empty store, whose tables are there, with the documents. */
export function loadStore(path: string, dump: StoreDump): void {
  const database = new DatabaseSync(path)
  try {
    for (const [table, docs] of Object.entries(dump)) {
      const insert = database.prepare(`INSERT INTO ${table} (key, body) VALUES (?, ?)`)
      for (const [key, body] of Object.entries(docs)) insert.run(key, body)
    }
  } finally {
    database.close()
  }
}
