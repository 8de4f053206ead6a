/** A new epoch for a store that was restored by other means than `npm run restore`, such as Firestore's own [S22]. */
import { TYPE_NAMES } from '../../../src/domain/types/index.ts'
import { nextEpoch } from '../epochs.ts'
import type { ReadTx, Storage } from '../storage/storage.ts'
import { feedsOf } from '../workspace.ts'

/** Heads rewritten in one transaction. */
const HEADS_AT_ONCE = 200

/** Begins it in every stream and answers it. Broken off, it is run again from the start. */
export async function beginNewEpoch(storage: Storage, nowMs: number): Promise<string> {
  const { streams, epochs } = await storage.read(async (tx) => ({
    streams: await allStreams(tx),
    epochs: [await tx.get('meta', 'epoch'), await tx.get('meta', 'epochs')],
  }))
  const known = epochs.flatMap((doc) => doc?.value.match(/[0-9A-Z]+/g) ?? [])
  const epoch = nextEpoch(known, nowMs)
  await storage.transact(async (tx) => {
    tx.put('meta', 'epoch', { value: epoch })
    tx.put('meta', 'epochs', { value: JSON.stringify([...new Set(known), epoch]) })
  })
  for (let start = 0; start < streams.length; start += HEADS_AT_ONCE) {
    const some = streams.slice(start, start + HEADS_AT_ONCE)
    await storage.transact(async (tx) => {
      const heads = await tx.getAll('heads', some)
      for (const [index, stream] of some.entries()) {
        const head = heads[index]
        if (head !== undefined) tx.put('heads', stream, { ...head, epoch })
      }
    })
  }
  return epoch
}

/** Every stream anything was ever written to: of units and people, and wherever a record stands. */
async function allStreams(tx: ReadTx): Promise<string[]> {
  const found = await Promise.all(TYPE_NAMES.map((value) => tx.find('recordsByType', { value })))
  const docs = new Map(found.flat().map(({ key, doc }) => [key, doc]))
  const streams = new Set<string>()
  for (const [id, { record, type, parent }] of docs) {
    if (type === 'unit') streams.add(`unit/${id}`)
    if (type === 'member') streams.add(`user/${id}`)
    for (const { stream } of feedsOf(record, docs.get(parent)?.record)) streams.add(stream)
  }
  return [...streams]
}
