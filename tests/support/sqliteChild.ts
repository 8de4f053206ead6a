/**
 * A process that works on a store and dies or counts (sqlite.test.ts):
 *   die FILE STEP   runs one transaction of WRITES puts and is killed with SIGKILL right before its STEP-th statement
 *   count FILE N    increments a head N times and prints each number once it is committed
 */
import { writeSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { openSqliteStorage } from '../../functions/src/storage/sqlite.ts'

const [mode = '', path = '', amount = '0'] = process.argv.slice(2)
const number = Number(amount)
const WRITES = 6
const storage = openSqliteStorage({ path })

if (mode === 'die') {
  await storage.transact(async (tx) => {
    dieBefore(number)
    await tx.get('heads', 'hq')
    for (let n = 1; n < WRITES; n += 1) {
      tx.put('rows', `hq|${n}`, { stream: 'hq', id: `${n}`, seq: n, rev: 2, record: null })
    }
    tx.put('heads', 'hq', { epoch: 'E', seq: WRITES, floor: 0, count: WRITES, sum: '' })
  })
  writeSync(1, 'committed\n')
}
if (mode === 'count') {
  for (let n = 0; n < number; n += 1) {
    const seq = await storage.transact(async (tx) => {
      const next = ((await tx.get('heads', 'hq'))?.seq ?? 0) + 1
      tx.put('heads', 'hq', { epoch: 'E', seq: next, floor: 0, count: next, sum: '' })
      tx.put('meta', 'twin', { value: String(next) })
      return next
    })
    writeSync(1, `${seq}\n`)
  }
  await storage.close()
}

/** Counts every statement that writes or ends the transaction; the process does not live to execute the given one. */
function dieBefore(step: number): void {
  let steps = 0
  const count = (): void => {
    steps += 1
    if (steps === step) process.kill(process.pid, 'SIGKILL')
  }
  StatementSync.prototype.run = new Proxy(StatementSync.prototype.run, {
    apply(run, statement, values) {
      count()
      return Reflect.apply(run, statement, values)
    },
  })
  DatabaseSync.prototype.exec = new Proxy(DatabaseSync.prototype.exec, {
    apply(exec, database, values) {
      count()
      return Reflect.apply(exec, database, values)
    },
  })
}
