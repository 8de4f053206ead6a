/** Makes packs of a snapshot's bytes as they arrive [S23]: in the worker, or in the page where there is none. */
import * as v from 'valibot'
import { type SnapshotPageLine, recordLineSchema, snapshotLineSchema } from '../domain/snapshot.ts'
import type { SnapshotPiece } from '../sync/ports.ts'
import { headOf } from './packing.ts'
import { PACKS, type PackLimits, blocksFor, cutAt } from './packs.ts'

/** The page whose records arrive, and where each of them has ended in the text. */
interface Arriving {
  readonly line: SnapshotPageLine
  readonly ends: number[]
}

export class SnapshotReader {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true })
  /** What no piece was made of yet; no line ends in it after `seen`. */
  private text = ''
  private seen = 0
  private arriving: Arriving | undefined
  private readonly blockChars: number

  constructor({ blockChars }: Pick<PackLimits, 'blockChars'> = PACKS) {
    this.blockChars = blockChars
  }

  /** Takes bytes in; yields what is complete now, each when it is asked for. @throws where it is no snapshot */
  *read(chunk: Uint8Array): Generator<SnapshotPiece, void> {
    this.text += this.decoder.decode(chunk, { stream: true })
    for (;;) {
      const at = this.text.indexOf('\n', this.seen)
      this.seen = at < 0 ? this.text.length : at + 1
      if (at < 0) return
      const piece = this.arriving === undefined ? this.readLine() : this.readRecord(this.arriving)
      if (piece !== undefined) yield piece
    }
  }

  private readLine(): SnapshotPiece | undefined {
    const line = v.parse(snapshotLineSchema, JSON.parse(this.cut()))
    if (line.type !== 'page') return line
    this.arriving = { line, ends: [] }
    return line.page.rows.length === 0 ? this.readPage(this.arriving) : undefined
  }

  private readRecord(arriving: Arriving): SnapshotPiece | undefined {
    arriving.ends.push(this.seen)
    return arriving.ends.length === arriving.line.page.rows.length ? this.readPage(arriving) : undefined
  }

  private readPage({ line: { after, page }, ends }: Arriving): SnapshotPiece {
    this.arriving = undefined
    const text = this.cut()
    const records = cutAt(ends, text).map((json) => v.parse(recordLineSchema, JSON.parse(json)))
    const rows = page.rows.flatMap((row, index) => {
      const record = records[index] ?? null
      return record === null ? [] : [{ ...row, record }]
    })
    // Where rows have left the stream, or parts of them were destroyed, the tablet takes the page in row by row.
    const isPlain = rows.every(({ purged }) => purged === undefined) && rows.length === page.rows.length
    const blocks = blocksFor(ends, this.blockChars)
    const packed = isPlain ? headOf(rows, { ends, blocks }) : undefined
    return { type: 'page', page: { after, ...page, blocks: cutAt(blocks, text), ends, packed } }
  }

  /** Takes the lines out that have ended. */
  private cut(): string {
    const lines = this.text.slice(0, this.seen)
    this.text = this.text.slice(this.seen)
    this.seen = 0
    return lines
  }
}
