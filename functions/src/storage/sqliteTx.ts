/** Reads and buffered writes of one transaction on one SQLite connection. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { memberSql, orderOf } from './sqliteSchema.ts'
import {
  type Collection,
  type Docs,
  type Found,
  type IndexCollection,
  type IndexName,
  type ReadTx,
  type Tx,
  INDEXES,
} from './storage.ts'

/** Statements of one connection, each prepared once. */
export class Statements {
  private readonly known = new Map<string, StatementSync>()
  private readonly database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.database = database
  }

  /** The prepared statement of this text. */
  of(sql: string): StatementSync {
    const known = this.known.get(sql)
    if (known !== undefined) return known
    const statement = this.database.prepare(sql)
    this.known.set(sql, statement)
    return statement
  }
}

type Phase = 'reading' | 'writing' | 'ended'

const NO_LIMIT = -1

const decode = <T>(body: unknown): T => JSON.parse(String(body))

/** One transaction: reads first, then writes, which are kept until `apply`. A read-only one never writes. */
export class SqliteTx implements Tx {
  private phase: Phase = 'reading'
  private readonly writes: (() => void)[] = []
  private readonly statements: Statements

  constructor(statements: Statements) {
    this.statements = statements
  }

  async get<C extends Collection>(collection: C, key: string): Promise<Docs[C] | undefined> {
    this.assertReading()
    const row = this.statements.of(`SELECT body FROM ${collection} WHERE key = ?`).get(key)
    return row === undefined ? undefined : decode<Docs[C]>(row['body'])
  }

  async getAll<C extends Collection>(
    collection: C,
    keys: readonly string[],
  ): Promise<(Docs[C] | undefined)[]> {
    return Promise.all(keys.map((key) => this.get(collection, key)))
  }

  async find<I extends IndexName>(
    index: I,
    query: Parameters<ReadTx['find']>[1],
  ): Promise<Found<Docs[IndexCollection<I>]>[]> {
    this.assertReading()
    const { value, after, limit = NO_LIMIT } = query
    const { collection, equals } = INDEXES[index]
    const order = orderOf(index)
    const beyond = order !== undefined && after !== undefined
    const statement = this.statements.of(
      [
        `SELECT key, body FROM ${collection} WHERE ${memberSql(equals)} = ?`,
        beyond ? `AND ${memberSql(order)} > ?` : '',
        `ORDER BY ${order === undefined ? '' : `${memberSql(order)}, `}key LIMIT ?`,
      ].join(' '),
    )
    const rows = beyond ? statement.all(value, after, limit) : statement.all(value, limit)
    return rows.map((row) => ({ key: String(row['key']), doc: decode(row['body']) }))
  }

  put<C extends Collection>(collection: C, key: string, doc: Docs[C]): void {
    // Turned into text at once: what the caller does to the object afterwards changes nothing.
    const body = JSON.stringify(doc)
    const sql = `INSERT OR REPLACE INTO ${collection} (key, body) VALUES (?, ?)`
    this.write(() => this.statements.of(sql).run(key, body))
  }

  remove(collection: Collection, key: string): void {
    this.write(() => this.statements.of(`DELETE FROM ${collection} WHERE key = ?`).run(key))
  }

  /** Executes the writes, in order. */
  apply(): void {
    for (const write of this.writes) write()
  }

  /** Nothing may use the transaction any more. */
  end(): void {
    this.phase = 'ended'
  }

  private assertReading(): void {
    if (this.phase === 'ended') throw new Error('The transaction has ended.')
    if (this.phase === 'writing') throw new Error('A transaction reads before it writes.')
  }

  private write(statement: () => void): void {
    if (this.phase === 'ended') throw new Error('The transaction has ended.')
    this.phase = 'writing'
    this.writes.push(statement)
  }
}
