/** Looks through a whole database file for anything that does not fit together. */
import { DatabaseSync } from 'node:sqlite'
import { EMPTY_SUM, addToSum } from '../../src/domain/checksum.ts'
import type { Docs } from '../../functions/src/storage/storage.ts'
import { feedsOf } from '../../functions/src/workspace.ts'

/** What is wrong, in words; empty when the store is consistent. */
export function inconsistencies(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return [...headProblems(database), ...recordProblems(database), ...clientProblems(database)]
  } finally {
    database.close()
  }
}

function all<C extends keyof Docs>(database: DatabaseSync, collection: C): [string, Docs[C]][] {
  const rows = database.prepare(`SELECT key, body FROM ${collection}`).all()
  return rows.map((row): [string, Docs[C]] => [String(row['key']), JSON.parse(String(row['body']))])
}

/** Every head's count, sum and seq are those of its rows, and all have the store's epoch [S19], [S22]. */
function headProblems(database: DatabaseSync): string[] {
  const rows = Map.groupBy(all(database, 'rows'), ([, { stream }]) => stream)
  const heads = new Map(all(database, 'heads'))
  const epoch = new Map(all(database, 'meta')).get('epoch')?.value
  const missing = [...rows.keys()].filter((stream) => !heads.has(stream))
  return [
    ...missing.map((stream) => `${stream} has rows but no head`),
    ...[...heads].flatMap(([stream, head]) => {
      const own = (rows.get(stream) ?? []).map(([, row]) => row)
      const live = own.filter(({ record }) => record !== null)
      const found = {
        epoch,
        seq: Math.max(0, ...own.map(({ seq }) => seq)),
        count: live.length,
        sum: live.reduce(addToSum, EMPTY_SUM),
      }
      const said = { epoch: head.epoch, seq: head.seq, count: head.count, sum: head.sum }
      const [a, b] = [JSON.stringify(said), JSON.stringify(found)]
      return a === b ? [] : [`head of ${stream} says ${a}, its rows say ${b}`]
    }),
  ]
}

/** Every record stands in the streams its feeds name and in no other, at its own revision, with all its history. */
function recordProblems(database: DatabaseSync): string[] {
  const records = new Map(all(database, 'records'))
  const history = Map.groupBy(all(database, 'history'), ([, { recordId }]) => recordId)
  const live = all(database, 'rows').filter(([, { record }]) => record !== null)
  const rows = Map.groupBy(live, ([, { id }]) => id)
  return [...records].flatMap(([id, { record, parent, changes }]) => {
    const wanted = feedsOf(record, records.get(parent)?.record).map(({ stream }) => `${stream}@${record.rev}`)
    const found = (rows.get(id) ?? []).map(([, { stream, rev }]) => `${stream}@${rev}`)
    const entries = history.get(id)?.length ?? 0
    return [
      ...(wanted.sort().join() === found.sort().join()
        ? []
        : [`${id} should stand in ${wanted.join()}, and stands in ${found.join()}`]),
      ...(entries === changes ? [] : [`${id} has ${changes} changes and ${entries} history entries`]),
    ]
  })
}

/** Every client has a receipt for each of its mutations up to the last [S10]. */
function clientProblems(database: DatabaseSync): string[] {
  const receipts = new Set(all(database, 'receipts').map(([key]) => key))
  return all(database, 'clients').flatMap(([clientId, { lmid }]) =>
    Array.from({ length: lmid }, (_, index) => `${clientId}|${index + 1}`)
      .filter((key) => !receipts.has(key))
      .map((key) => `no receipt for ${key}`),
  )
}
