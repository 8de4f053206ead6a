/** Gzip put together of pieces, so that a piece which is part of many answers is compressed once. */
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw } from 'node:zlib'

const deflate = promisify(deflateRaw)

/** A piece of so many bytes is worth being compressed by itself: nothing before it helps, and nothing after. */
export const OWN_PIECE_BYTES = 16 * 1024

/** Magic number, deflate, no flags, no time, no hints, system unknown (RFC 1952). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** An empty last block. */
const END = Buffer.from([0x03, 0x00])

/** Compressed forms of pieces, for as long as the pieces are held. */
const known = new WeakMap<Buffer, Promise<Buffer>>()

/** The gzip of these pieces, one after another. Large ones that come again, as the same object, are not compressed again. */
export async function gzipOf(pieces: readonly Buffer[]): Promise<Buffer> {
  const blocks = await Promise.all(joined(pieces).map(blocksOf))
  const sum = pieces.reduce((crc, piece) => crc32(piece, crc), 0)
  const sizeBytes = pieces.reduce((total, piece) => total + piece.length, 0)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(sum, 0)
  trailer.writeUInt32LE(sizeBytes % 2 ** 32, 4)
  return Buffer.concat([HEADER, ...blocks, END, trailer])
}

/** Small pieces that stand side by side become one. */
function joined(pieces: readonly Buffer[]): Buffer[] {
  const all: Buffer[] = []
  let small: Buffer[] = []
  const close = (): void => {
    if (small.length > 0) all.push(Buffer.concat(small))
    small = []
  }
  for (const piece of pieces) {
    if (piece.length < OWN_PIECE_BYTES) small.push(piece)
    else {
      close()
      all.push(piece)
    }
  }
  close()
  return all
}

/** Deflate blocks that refer to nothing before them and end on a byte. */
function blocksOf(piece: Buffer): Promise<Buffer> {
  const before = known.get(piece)
  if (before !== undefined) return before
  const blocks = deflate(piece, { finishFlush: constants.Z_FULL_FLUSH })
  known.set(piece, blocks)
  return blocks
}
