/** What is pending and hangs on other records: it changes with them, and may be decided anew when they come. */
import { type RecordId, asRecordId } from '../domain/ids.ts'
import { TYPE_NAMES, parentIdOf, typeOf } from '../domain/types/index.ts'
import type { OutboxEntry } from '../sync/ports.ts'
import { among } from './among.ts'
import type { TabletDatabase } from './schema.ts'

/**
 * Entries parked because their record or its parent was unknown: the server has decided again when it came [S11]. Those that
 * headquarters held: it may have adopted them when their record changes [S26]. Where streams were lost, what is awaited may have come
 * unseen. Answers the records of those that are asked about.
 */
export async function askAgain(
  db: TabletDatabase,
  mayHaveCome: (awaited: RecordId) => boolean,
): Promise<readonly RecordId[]> {
  const parked = await db.outbox.where('state').equals('parked').toArray()
  const asked = parked.filter(({ recordId, mutation, receipt }) => {
    const awaited = awaitedBy(receipt?.reason?.type, { recordId, mutation })
    return awaited !== undefined && mayHaveCome(asRecordId(awaited))
  })
  for (const { n } of asked) await db.outbox.update(n, { state: 'queued' })
  return asked.map(({ recordId }) => recordId)
}

function awaitedBy(
  reason: string | undefined,
  { recordId, mutation }: Pick<OutboxEntry, 'recordId' | 'mutation'>,
): string | undefined {
  if (reason === 'unknownRecord' || reason === 'quarantined') return recordId
  return reason === 'unknownParent' ? parentIdOf(mutation) : undefined
}

/** Records that hang on others. */
const HANGING_TYPES = TYPE_NAMES.filter((name) => typeOf(name)?.parent !== undefined)

/** Pending ones may look different when the record they hang on came or went. */
export async function withPending(db: TabletDatabase, touched: ReadonlySet<RecordId>): Promise<RecordId[]> {
  const hanging = await among(db.outbox.where('mutation.type'), HANGING_TYPES)
  return [...touched, ...hanging.map(({ recordId }) => recordId)]
}
