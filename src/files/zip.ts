/** A ZIP's files, unpacked one at a time with a limit to their bytes, whatever the directory says of them (APPNOTE 4.3). */
import { FILE_LIMITS, TableError } from '../domain/table.ts'

export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly start: number
  readonly packedBytes: number
}

const END = 0x06054b50
const DIRECTORY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const DIRECTORY_BYTES = 46
const LOCAL_BYTES = 30
const MAX_COMMENT = 0xffff
const ENCRYPTED = 1
const STORED = 0
const DEFLATED = 8

const unreadable = (): TableError => new TableError({ type: 'unreadable' })

/** The directory. @throws TableError for what is no ZIP, is encrypted, or has too many files or says they are too large */
export function zipEntries(bytes: Uint8Array): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  if (count > FILE_LIMITS.entries) throw new TableError({ type: 'unpacksTooLarge' })
  let position = view.getUint32(end + 16, true)
  let unpacked = 0
  const entries = new Map<string, ZipEntry>()
  for (let index = 0; index < count; index += 1) {
    if (position + DIRECTORY_BYTES > view.byteLength || view.getUint32(position, true) !== DIRECTORY)
      throw unreadable()
    if ((view.getUint16(position + 8, true) & ENCRYPTED) !== 0) throw new TableError({ type: 'encrypted' })
    unpacked += view.getUint32(position + 24, true)
    if (unpacked > FILE_LIMITS.unpacked) throw new TableError({ type: 'unpacksTooLarge' })
    const nameBytes = view.getUint16(position + 28, true)
    const nameStart = position + DIRECTORY_BYTES
    if (nameStart + nameBytes > view.byteLength) throw unreadable()
    const name = new TextDecoder().decode(bytes.subarray(nameStart, nameStart + nameBytes))
    // Of two files of one name nobody knows which is meant.
    if (entries.has(name)) throw unreadable()
    entries.set(name, {
      name,
      method: view.getUint16(position + 10, true),
      packedBytes: view.getUint32(position + 20, true),
      start: view.getUint32(position + 42, true),
    })
    position =
      nameStart + nameBytes + view.getUint16(position + 30, true) + view.getUint16(position + 32, true)
  }
  return entries
}

function findEnd(view: DataView): number {
  const first = Math.max(0, view.byteLength - END_BYTES - MAX_COMMENT)
  for (let position = view.byteLength - END_BYTES; position >= first; position -= 1)
    if (view.getUint32(position, true) === END) return position
  throw unreadable()
}

/** Counts what is unpacked over all files of a workbook. */
export interface Budget {
  bytesLeft: number
}

/** Unpacks a file piece by piece. @throws TableError when the budget is spent or the data is broken */
export async function* unpack(
  bytes: Uint8Array<ArrayBuffer>,
  entry: ZipEntry,
  budget: Budget,
): AsyncGenerator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { start } = entry
  if (start + LOCAL_BYTES > view.byteLength || view.getUint32(start, true) !== LOCAL) throw unreadable()
  const data = start + LOCAL_BYTES + view.getUint16(start + 26, true) + view.getUint16(start + 28, true)
  if (data + entry.packedBytes > view.byteLength) throw unreadable()
  const packed = bytes.subarray(data, data + entry.packedBytes)
  for await (const piece of inflated(packed, entry.method)) {
    budget.bytesLeft -= piece.byteLength
    if (budget.bytesLeft < 0) throw new TableError({ type: 'unpacksTooLarge' })
    yield piece
  }
}

async function* inflated(packed: Uint8Array<ArrayBuffer>, method: number): AsyncGenerator<Uint8Array> {
  if (method === STORED) {
    yield packed
    return
  }
  if (method !== DEFLATED) throw unreadable()
  // Stopping early (`finally`) also stops the unpacking.
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw unreadable()
      })
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
