/** Fetches one part of a snapshot and makes packs of it, a few ahead of the page that writes them. */
import { SnapshotReader, buffersOf } from './db/snapshotReader.ts'
import type { Result } from './domain/result.ts'
import type { SnapshotPiece, TransportError } from './sync/ports.ts'
import { type PartRequest, readPart } from './transport/snapshot.ts'

export type PartOrder =
  | { readonly type: 'fetch'; readonly asked: PartRequest }
  /** A piece was dealt with. */
  | { readonly type: 'taken' }
export type PartAnswer =
  | { readonly type: 'piece'; readonly piece: SnapshotPiece }
  | { readonly type: 'done'; readonly result: Result<void, TransportError> }

/** Pieces that may wait to be written: some hundred kB each. */
const AHEAD = 8

let waiting = 0
let goOn: (() => void) | undefined

async function hand(piece: SnapshotPiece): Promise<void> {
  postMessage({ type: 'piece', piece } satisfies PartAnswer, { transfer: buffersOf(piece) })
  waiting += 1
  if (waiting >= AHEAD) await new Promise<void>((resolve) => (goOn = resolve))
}

addEventListener('message', ({ data }: MessageEvent<PartOrder>) => {
  if (data.type === 'taken') {
    waiting -= 1
    goOn?.()
  } else
    void readPart(new SnapshotReader(), data.asked, hand).then((result) =>
      postMessage({ type: 'done', result } satisfies PartAnswer),
    )
})
