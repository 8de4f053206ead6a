/** Keeps a snapshot's pages as the packs they came as [S23]. Runs inside the caller's transaction. */
import { addToSum, EMPTY_SUM } from '../domain/checksum.ts'
import type { StreamPage } from '../domain/wire.ts'
import type { SnapshotPage } from '../sync/ports.ts'
import type { DbContext } from './context.ts'
import { spansIn } from './directory.ts'
import { packNumber } from './packing.ts'
import { blockRecords, unpack } from './packs.ts'
import { idsOfStream, putPack } from './rows.ts'
import type { StreamState } from './schema.ts'

/** What a stream held after the last page: asked of the database only where something else has come between. */
interface Held {
  readonly stream: string
  readonly epoch: string
  readonly seq: number
  readonly ids: Set<string>
}

/** Answers what writes a page as one pack, with its stream's state; false where it is to be taken in row by row. */
export function createPageKeeper(
  context: DbContext,
): (page: SnapshotPage, known: StreamState | undefined) => Promise<boolean> {
  const { db, packs } = context
  let held: Held | undefined

  async function heldOf(stream: string, known: StreamState | undefined): Promise<Held> {
    if (held?.stream === stream && held.epoch === known?.epoch && held.seq === known.seq) return held
    const { epoch = '', seq = 0 } = known ?? {}
    return { stream, epoch, seq, ids: new Set(await idsOfStream(db, stream)) }
  }

  return async ({ stream, cursor: [epoch, seq], rows, packed, blocks }, known) => {
    if (packed === undefined || rows.length < packs.min) return false
    const { ids } = await heldOf(stream, known)
    held = undefined
    const isFresh = new Set(packed.head.ids).size === rows.length && rows.every(({ id }) => !ids.has(id))
    if (!isFresh) return false
    const n = packNumber(context.newId)
    const head = { stream, n, ...packed.head }
    await Promise.all([
      putPack(db, {
        head,
        blocks: blockRecords(head, blocks),
        text: { stream, n, texts: packed.texts },
      }),
      db.streams.put({
        ...{ stream, epoch, seq },
        count: (known?.count ?? 0) + rows.length,
        sum: rows.reduce((sum, row) => addToSum(sum, row), known?.sum ?? EMPTY_SUM),
        wrong: known?.wrong ?? false,
        whole: known?.whole ?? 0,
      }),
    ])
    for (const { id } of rows) ids.add(id)
    held = { stream, epoch, seq, ids }
    return true
  }
}

/** The page as a pull would have brought it. */
export function pageOf({ stream, cursor, rows, blocks, ends }: SnapshotPage): StreamPage {
  let end = 0
  const spans = spansIn(
    ends,
    blocks.map(({ length }) => (end += length)),
  )
  return {
    ...{ stream, cursor, reset: false },
    rows: rows.map((row, place) => {
      const span = spans[place]
      const text = blocks[span?.block ?? 0]
      const record = text === undefined || span === undefined ? null : unpack({ text }, span)
      return { ...row, record }
    }),
  }
}
