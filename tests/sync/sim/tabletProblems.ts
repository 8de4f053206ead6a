/** What is wrong on a tablet at one moment, whatever is still under way. */
import { isDeepStrictEqual } from 'node:util'
import { everyRow } from '../../support/heldRows.ts'
import { keepFront, readFront } from '../../../src/db/front.ts'
import { readEntries } from '../../../src/db/light.ts'
import type { TabletDatabase } from '../../../src/db/schema.ts'
import { readShown } from '../../../src/db/shown.ts'
import type { Actor } from '../../../src/domain/actor.ts'
import type { Seat } from './seat.ts'

/** After each page: (d) nothing of streams it was not told of, and lists that say what is there. Keeps the first rows anew. */
export async function tabletProblems({ name, person, disk, tabs: [tab] }: Seat): Promise<string[]> {
  // What waits looks different to the member of another unit.
  const actor = disk.units.size > 1 ? undefined : tab?.actor
  const problems = await disk.look(person.uid, async (db) => {
    // At one moment: another tab of the person may drop a stream meanwhile.
    const found = await db.transaction('r', db.tables, async () => [
      ...(await strayRows(db)),
      ...(await frontProblems(db)),
      ...(actor === undefined ? [] : await pendingProblems(db, actor)),
    ])
    await keepFront(db, [...new Set((await everyRow(db)).map(({ id }) => id))])
    return found
  })
  return problems.map((problem) => `${name} ${problem}`)
}

async function strayRows(db: TabletDatabase): Promise<string[]> {
  const streams: readonly string[] = await db.streams.toCollection().primaryKeys()
  const stray = (await everyRow(db)).filter(({ stream }) => !streams.includes(stream))
  return stray.map(({ stream, id }) => `(d) holds ${id} of ${stream}`)
}

async function frontProblems(db: TabletDatabase): Promise<string[]> {
  const front = await readFront(db)
  const entries = await readEntries(
    db,
    front.map(({ id }) => id),
  )
  return isDeepStrictEqual(front, entries) ? [] : ['would be opened with former rows']
}

/** Records with something pending that lists have other than they are. */
async function pendingProblems(db: TabletDatabase, actor: Actor): Promise<string[]> {
  const ids = [...new Set((await db.outbox.toArray()).map(({ recordId }) => recordId))]
  const shown = new Map((await readShown(db, ids, actor)).map((one) => [one.record.id, one]))
  const listed = await readEntries(db, ids)
  return ids.flatMap((id, index) => {
    const [one, entry] = [shown.get(id), listed[index]]
    const wanted = one === undefined || one.record.removed ? 'nothing' : `${one.queued.length} queued`
    const found = entry === undefined ? 'nothing' : `${entry.queued} queued`
    return wanted === found ? [] : [`lists ${id} as ${found}, which is ${wanted}`]
  })
}
