/** The storage contract on SQLite, and what only a file can show: processes, kills, versions. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStorage } from '../../../functions/src/storage/sqlite.ts'
import { StorageBusyError, type Storage } from '../../../functions/src/storage/storage.ts'
import { tempDir } from '../../support/tempDir.ts'
import { tracesInStore } from '../../support/traces.ts'
import { storageContract } from './storageContract.ts'

storageContract('SQLite', async () => {
  const directory = await tempDir()
  const path = join(directory.path, 'kaizencho.sqlite')
  const opened: Storage[] = []
  const open = async (): Promise<Storage> => {
    const storage = openSqliteStorage({ path })
    opened.push(storage)
    return storage
  }
  const storage = await open()
  return {
    storage,
    connect: open,
    reopen: async () => {
      await storage.close()
      return open()
    },
    dispose: async () => {
      for (const each of opened) await each.close()
      await directory.remove()
    },
  }
})

const CHILD = fileURLToPath(new URL('../../support/sqliteChild.ts', import.meta.url))

function child(...args: string[]): ChildProcess {
  return spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** What the process printed, and how it ended. */
async function finished(process: ChildProcess): Promise<{ output: string; signal: string | null }> {
  let output = ''
  process.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [, signal] = await once(process, 'close')
  return { output, signal }
}

describe('a SQLite file', () => {
  let directory: Awaited<ReturnType<typeof tempDir>>
  let path: string
  beforeEach(async () => {
    directory = await tempDir()
    path = join(directory.path, 'kaizencho.sqlite')
  })
  afterEach(() => directory.remove())

  test('[S18] scrubbed, it holds nothing of what was overwritten or removed, nor does its log', async () => {
    const storage = openSqliteStorage({ path })
    const put = (key: string, value: string): Promise<void> =>
      storage.transact(async (tx) => tx.put('meta', key, { value }))
    const long = '秘密太郎'.repeat(3000)
    for (const key of ['a', 'b', 'c']) await put(key, `${key}${long}`)
    await put('a', '書き直した')
    await storage.transact(async (tx) => tx.remove('meta', 'b'))
    await storage.transact(async (tx) => tx.remove('meta', 'c'))
    expect(tracesInStore(path, '秘密太郎')).not.toEqual([])
    await storage.scrub()
    expect(tracesInStore(path, '秘密太郎')).toEqual([])
    expect((await storage.read((tx) => tx.get('meta', 'a')))?.value).toBe('書き直した')
    await storage.close()
  })

  test('[S18] while another process reads an old state it cannot be scrubbed, and says so', async () => {
    const storage = openSqliteStorage({ path })
    const put = (value: string): Promise<void> =>
      storage.transact(async (tx) => tx.put('meta', 'a', { value }))
    await put('秘密太郎')
    const reader = new DatabaseSync(path, { readOnly: true })
    reader.exec('BEGIN')
    reader.prepare('SELECT * FROM meta').all()
    await put('書き直した')
    await expect(storage.scrub()).rejects.toThrow(StorageBusyError)
    reader.exec('COMMIT')
    reader.close()
    await storage.scrub()
    expect(tracesInStore(path, '秘密太郎')).toEqual([])
    await storage.close()
  })

  /** 6 puts and COMMIT are 7 statements; the process killed before the 8th has committed. */
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    '[S9] killed before statement %i of a transaction, the store has all of it or nothing',
    async (step) => {
      const before = openSqliteStorage({ path })
      await before.transact(async (tx) => {
        for (let n = 1; n < 6; n += 1)
          tx.put('rows', `hq|${n}`, { stream: 'hq', id: `${n}`, seq: n, rev: 1, record: null })
      })
      await before.close()
      const { signal, output } = await finished(child('die', path, String(step)))
      expect([signal, output]).toEqual(step === 8 ? [null, 'committed\n'] : ['SIGKILL', ''])

      const storage = openSqliteStorage({ path })
      const [revs, head] = await storage.read(async (tx) => [
        (await tx.find('rowsByStream', { value: 'hq' })).map(({ doc }) => doc.rev),
        await tx.get('heads', 'hq'),
      ])
      const all = step === 8
      expect(revs).toEqual(Array.from({ length: 5 }, () => (all ? 2 : 1)))
      expect(head?.seq).toBe(all ? 6 : undefined)
      await storage.close()
    },
  )

  test('[S9] killed while it counts, the store has every number that was acknowledged', async () => {
    const counting = child('count', path, '100000')
    const ended = finished(counting)
    let lines = 0
    counting.stdout?.on('data', (chunk: Buffer) => {
      lines += chunk.toString().split('\n').length - 1
      if (lines >= 40) counting.kill('SIGKILL')
    })
    const { output, signal } = await ended
    expect(signal).toBe('SIGKILL')
    const acknowledged = Number(output.trimEnd().split('\n').at(-1))
    const storage = openSqliteStorage({ path })
    const [head, twin] = await storage.read(async (tx) => [
      await tx.get('heads', 'hq'),
      await tx.get('meta', 'twin'),
    ])
    expect(head?.seq).toBeGreaterThanOrEqual(acknowledged)
    expect(twin?.value).toBe(String(head?.seq))
    await storage.close()
  })

  test('[S9] two processes counting in one file lose nothing to each other', async () => {
    openSqliteStorage({ path }).close()
    const [a, b] = await Promise.all([
      finished(child('count', path, '60')),
      finished(child('count', path, '60')),
    ])
    const numbers = `${a.output}${b.output}`.trimEnd().split('\n').map(Number)
    expect(numbers.sort((x, y) => x - y)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1))
  })

  test('[S9] a lock that stays is answered with StorageBusyError, and the store works once it is gone', async () => {
    const storage = openSqliteStorage({ path })
    const intruder = new DatabaseSync(path)
    intruder.exec('BEGIN IMMEDIATE')
    const write = (): Promise<void> => storage.transact(async (tx) => tx.put('meta', 'a', { value: '1' }))
    await expect(write()).rejects.toBeInstanceOf(StorageBusyError)
    expect(await storage.read((tx) => tx.get('meta', 'a'))).toBeUndefined()
    intruder.exec('COMMIT')
    await write()
    expect(await storage.read((tx) => tx.get('meta', 'a'))).toEqual({ value: '1' })
    intruder.close()
    await storage.close()
  })

  test('[S25] a file of a newer version is refused with words, and left as it was', () => {
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(() => openSqliteStorage({ path })).toThrow('newer version (schema 99')
  })

  test('every query of an index is answered from it, without sorting', async () => {
    const storage = openSqliteStorage({ path })
    const reader = new DatabaseSync(path)
    const plan = reader
      .prepare(
        `EXPLAIN QUERY PLAN SELECT key, body FROM rows WHERE (body ->> '$.stream') = ? AND (body ->> '$.seq') > ?
         ORDER BY (body ->> '$.seq'), key LIMIT ?`,
      )
      .all('hq', 1, 10)
      .map((line) => String(line['detail']))
    expect(plan).toHaveLength(1)
    expect(plan[0]).toContain('USING INDEX rowsByStream')
    reader.close()
    await storage.close()
  })

  test('[S25] an index of an earlier version that nothing reads any more is gone from its file', async () => {
    await openSqliteStorage({ path }).close()
    const earlier = new DatabaseSync(path)
    earlier.exec(`CREATE INDEX parkedByUid ON parked ((body ->> '$.uid'), key)`)
    await openSqliteStorage({ path }).close()
    const indexes = earlier.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index'`).all()
    expect(indexes.map(({ name }) => name)).not.toContain('parkedByUid')
    earlier.close()
  })

  test('[S25] history of an earlier version, which did not say when and of what, is found by time', async () => {
    await openSqliteStorage({ path }).close()
    const earlier = new DatabaseSync(path)
    const put = (table: string, key: string, doc: object): unknown =>
      earlier.prepare(`INSERT INTO ${table} (key, body) VALUES (?, ?)`).run(key, JSON.stringify(doc))
    put('records', 'r1', { type: 'initiative' })
    for (const [order, acceptedAt] of ['2026-09-01T00:00:00.007Z', '2026-09-01T00:00:00.008Z'].entries())
      put('history', `r1|${order}`, { recordId: 'r1', order, feeds: [], entry: { acceptedAt } })
    put('history', 'lost|1', { recordId: 'lost', order: 1, feeds: [], entry: { acceptedAt: '' } })
    earlier.close()

    const storage = openSqliteStorage({ path })
    const after = Date.parse('2026-09-01T00:00:00.007Z')
    const found = await storage.read((tx) => tx.find('historyByTime', { value: 'initiative', after }))
    expect(found.map(({ key, doc }) => [key, doc.acceptedAtMs])).toEqual([['r1|1', after + 1]])
    await storage.close()
  })

  test('files are durable at once: WAL, synchronous FULL', async () => {
    const storage = openSqliteStorage({ path })
    const other = new DatabaseSync(path)
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    other.close()
    await storage.close()
  })
})
