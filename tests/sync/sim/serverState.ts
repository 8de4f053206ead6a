/** What the server holds after all, and what people had saved: the two sides the oracle compares. */
import type { ReadTx } from '../../../functions/src/storage/storage.ts'
import { type Actor, streamsOf } from '../../../src/domain/actor.ts'
import type { Mutation } from '../../../src/domain/mutation.ts'
import { TYPE_NAMES } from '../../../src/domain/types/index.ts'
import { parkedOf } from '../../support/parked.ts'

/** Something a tablet said to be saved. */
export interface Saved {
  readonly seat: string
  readonly uid: string
  readonly recordId: string
  readonly hash: string
  readonly mutation: Mutation
  /** Texts, each written once in the world. */
  readonly texts: readonly string[]
}

export type ServerState = Awaited<ReturnType<typeof readServer>>

/** Everything in the store that these people, and these receipts, lead to. */
export async function readServer(
  tx: ReadTx,
  actors: ReadonlyMap<string, Actor>,
  receiptKeys: readonly string[],
) {
  const streams = [...new Set([...actors.values()].flatMap(streamsOf))]
  const rows = (await Promise.all(streams.map((value) => tx.find('rowsByStream', { value })))).flat()
  const records = (await Promise.all(TYPE_NAMES.map((value) => tx.find('recordsByType', { value })))).flat()
  const histories = await Promise.all(records.map(({ key }) => tx.find('historyByRecord', { value: key })))
  const parked = (await Promise.all([...actors.keys()].map((uid) => parkedOf(tx, uid)))).flat()
  const heads = await tx.getAll('heads', streams)
  const receipts = await tx.getAll('receipts', receiptKeys)
  const byId = new Map(records.map(({ key, doc }) => [key, doc]))
  return {
    streams,
    heads: new Map(streams.map((stream, index) => [stream, heads[index]])),
    rows: rows.flatMap(({ doc }) => (doc.record === null ? [] : [{ ...doc, record: doc.record }])),
    lastSeq: new Map(
      streams.map((s) => [
        s,
        Math.max(0, ...rows.filter(({ doc }) => doc.stream === s).map(({ doc }) => doc.seq)),
      ]),
    ),
    records: records.map(({ key, doc }) => ({ id: key, ...doc, parentRecord: byId.get(doc.parent)?.record })),
    histories: histories.map((found) => found.map(({ doc }) => doc)),
    parked: parked.map(({ doc }) => doc),
    receipts: receipts.flatMap((doc) =>
      doc === undefined ? [] : [{ ...doc.receipt, recordId: doc.recordId }],
    ),
    receiptOf: new Map(receiptKeys.map((key, index) => [key, receipts[index]?.receipt])),
    everything: [records, histories, parked],
  }
}
