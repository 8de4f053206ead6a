/** Fetches one part of a snapshot and makes packs of it, a few ahead of the page that writes them. */
import { SnapshotReader } from './db/snapshotReader.ts'
import type { Result } from './domain/result.ts'
import type { SnapshotPiece, TransportError } from './sync/ports.ts'
import { type PartRequest, readPart } from './transport/snapshot.ts'

export type PartOrder =
  | { readonly type: 'fetch'; readonly asked: PartRequest }
  /** So many pieces were dealt with. */
  | { readonly type: 'taken'; readonly pieces: number }
export type PartAnswer =
  | { readonly type: 'piece'; readonly piece: SnapshotPiece }
  | { readonly type: 'done'; readonly result: Result<void, TransportError> }

/** Pieces that may wait to be written: about a MB each. */
const AHEAD = 4

let waiting = 0
let goOn: (() => void) | undefined

async function hand(pieces: readonly SnapshotPiece[]): Promise<void> {
  for (const piece of pieces) {
    postMessage({ type: 'piece', piece } satisfies PartAnswer)
    waiting += 1
    if (waiting >= AHEAD) await new Promise<void>((resolve) => (goOn = resolve))
  }
}

addEventListener('message', ({ data }: MessageEvent<PartOrder>) => {
  if (data.type === 'taken') {
    waiting -= data.pieces
    goOn?.()
  } else
    void readPart(new SnapshotReader(), data.asked, hand).then((result) =>
      postMessage({ type: 'done', result } satisfies PartAnswer),
    )
})
