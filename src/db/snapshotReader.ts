/** Makes packs of a snapshot's bytes as they arrive [S23]: in the worker, or in the page where there is none. */
import * as v from 'valibot'
import { type SnapshotPageLine, recordLineSchema, snapshotLineSchema } from '../domain/snapshot.ts'
import type { SnapshotPiece } from '../sync/ports.ts'
import { headOf } from './packing.ts'
import { PACKS, type PackLimits, blocksFor, cutAt } from './packs.ts'

const NEW_LINE = 10
/** About a page as they mostly are; it grows with larger ones. */
const BUFFER_BYTES = 1024 * 1024

/** The page whose records arrive, and where each of them has ended in the buffer. */
interface Arriving {
  readonly line: SnapshotPageLine
  readonly ends: number[]
}

export class SnapshotReader {
  private buffer = new Uint8Array(BUFFER_BYTES)
  /** Bytes before it are dealt with; up to `seen` there is no end of a line; up to `end` there are bytes. */
  private start = 0
  private seen = 0
  private end = 0
  private arriving: Arriving | undefined
  private readonly decoder = new TextDecoder('utf-8', { fatal: true })
  private readonly blockBytes: number

  constructor({ blockBytes }: Pick<PackLimits, 'blockBytes'> = PACKS) {
    this.blockBytes = blockBytes
  }

  /** Takes bytes in; yields what is complete now, each when it is asked for. @throws where it is no snapshot */
  *read(chunk: Uint8Array): Generator<SnapshotPiece, void> {
    this.append(chunk)
    for (;;) {
      const at = this.buffer.subarray(0, this.end).indexOf(NEW_LINE, this.seen)
      this.seen = at < 0 ? this.end : at + 1
      if (at < 0) return
      const piece = this.arriving === undefined ? this.readLine() : this.readRecord(this.arriving)
      if (piece !== undefined) yield piece
    }
  }

  private append(chunk: Uint8Array): void {
    if (this.end + chunk.length > this.buffer.length) {
      const held = this.buffer.subarray(this.start, this.end)
      const needed = held.length + chunk.length
      const room = needed > this.buffer.length ? new Uint8Array(2 * needed) : this.buffer
      room.set(held)
      this.buffer = room
      if (this.arriving !== undefined)
        this.arriving = { ...this.arriving, ends: this.arriving.ends.map((end) => end - this.start) }
      this.seen -= this.start
      this.end = held.length
      this.start = 0
    }
    this.buffer.set(chunk, this.end)
    this.end += chunk.length
  }

  private readLine(): SnapshotPiece | undefined {
    const text = this.decoder.decode(this.buffer.subarray(this.start, this.seen))
    this.start = this.seen
    const line = v.parse(snapshotLineSchema, JSON.parse(text))
    if (line.type !== 'page') return line
    this.arriving = { line, ends: [] }
    return line.page.rows.length === 0 ? this.readPage(this.arriving) : undefined
  }

  private readRecord(arriving: Arriving): SnapshotPiece | undefined {
    arriving.ends.push(this.seen)
    return arriving.ends.length === arriving.line.page.rows.length ? this.readPage(arriving) : undefined
  }

  private readPage({ line, ends: endsHere }: Arriving): SnapshotPiece {
    const { after, page } = line
    const bytes = this.buffer.subarray(this.start, this.seen)
    const ends = endsHere.map((end) => end - this.start)
    this.start = this.seen
    this.arriving = undefined
    const records = this.decoder
      .decode(bytes)
      .split('\n')
      .slice(0, -1)
      .map((text) => v.parse(recordLineSchema, JSON.parse(text)))
    const rows = page.rows.flatMap((row, index) => {
      const record = records[index] ?? null
      return record === null ? [] : [{ ...row, record }]
    })
    // Where rows have left the stream, or parts of them were destroyed, the tablet takes the page in row by row.
    const isPlain = rows.every(({ purged }) => purged === undefined) && rows.length === page.rows.length
    const blocks = blocksFor(ends, this.blockBytes)
    const packed = isPlain ? headOf(rows, { ends, blocks }) : undefined
    return { type: 'page', page: { after, ...page, blocks: cutAt(blocks, bytes), ends, packed } }
  }
}

/** What of a piece is handed over instead of copied. */
export function buffersOf(piece: SnapshotPiece): ArrayBuffer[] {
  return piece.type === 'page' ? [...piece.page.blocks] : []
}
