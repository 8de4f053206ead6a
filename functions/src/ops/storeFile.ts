/** Looks at a database file without changing it: is it whole, is it ours, what is in it. */
import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { SCHEMA_VERSION } from '../storage/sqliteSchema.ts'
import { OpsError } from './opsError.ts'

/** What a store file holds. */
export interface StoreFacts {
  readonly bytes: number
  readonly epoch: string
  /** Every epoch the store has had. */
  readonly epochs: readonly string[]
  readonly records: number
  readonly history: number
  readonly accounts: number
  /** Last moment the server accepted anything; '' when it never did. */
  readonly lastAccepted: string
}

const rowSchema = v.object({ value: v.nullable(v.union([v.string(), v.number()])) })
const epochsSchema = v.pipe(v.string(), v.parseJson(), v.array(v.string()))

/** Checks the file and answers what is in it. Throws OpsError when it is damaged, not ours or of a newer version. */
export function inspectStore(path: string): StoreFacts {
  if (!existsSync(path) || !statSync(path).isFile())
    throw new OpsError(`${path} がありません。ファイルの場所を確かめてください。`)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
    return readFacts(database, path)
  } catch (error) {
    if (error instanceof OpsError) throw error
    if (!(error instanceof Error) || !('errcode' in error)) throw error
    throw new OpsError(
      `${path} は読めません（${error.message}）。壊れているか、改善帳のデータではありません。別のファイルを使ってください。`,
    )
  } finally {
    database?.close()
  }
}

function readFacts(database: DatabaseSync, path: string): StoreFacts {
  const value = (sql: string): string | number => v.parse(rowSchema, database.prepare(sql).get()).value ?? ''
  const check = String(value('SELECT integrity_check AS value FROM pragma_integrity_check LIMIT 1'))
  if (check !== 'ok') throw new OpsError(`${path} は壊れています（${check}）。別のファイルを使ってください。`)
  const version = Number(value('SELECT user_version AS value FROM pragma_user_version'))
  const tables = Number(
    value(
      "SELECT count(*) AS value FROM sqlite_schema WHERE type = 'table' AND name IN ('meta', 'heads', 'rows', 'records', 'history', 'accounts')",
    ),
  )
  if (tables < 6) throw new OpsError(`${path} は改善帳のデータではありません。`)
  if (version > SCHEMA_VERSION)
    throw new OpsError(
      `${path} は新しい版の改善帳のデータです。プログラムを新しくしてから、もう一度実行してください。`,
    )
  const meta = (key: string): string =>
    String(value(`SELECT (SELECT body ->> '$.value' FROM meta WHERE key = '${key}') AS value`))
  const epoch = meta('epoch')
  const epochs = v.safeParse(epochsSchema, meta('epochs'))
  return {
    bytes: statSync(path).size,
    epoch,
    epochs: [...new Set([...(epochs.success ? epochs.output : []), ...(epoch === '' ? [] : [epoch])])],
    records: Number(value('SELECT count(*) AS value FROM records')),
    history: Number(value('SELECT count(*) AS value FROM history')),
    accounts: Number(value('SELECT count(*) AS value FROM accounts')),
    lastAccepted: String(value("SELECT max(body ->> '$.entry.acceptedAt') AS value FROM history")),
  }
}

/** The facts in a line for the operator. */
export function describeFacts({ bytes, records, history, accounts, lastAccepted }: StoreFacts): string {
  const size = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
  const last = lastAccepted === '' ? 'なし' : lastAccepted
  return `${size}、記録 ${records} 件、履歴 ${history} 件、利用者 ${accounts} 人、最後の受領 ${last}`
}
