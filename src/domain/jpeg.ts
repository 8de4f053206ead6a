/**
 * A JPEG file by its structure (ITU-T T.81, JFIF 1.02): what an image needs, and nothing that tells of a place, a camera or
 * a person [S24]. The tablet leaves the rest out before it stores a photo; the server takes nothing else.
 */
import { type Result, err, ok } from './result.ts'

/**
 * Why bytes are not a photo: `notJpeg` no or broken JPEG; `truncated` it ends before its end marker; `manyImages` more than
 * one picture; `metadata` a segment that no picture needs (Exif, XMP, GPS, ICC, comments), or bytes after the end;
 * `dimensions` a side is 0 or too long.
 */
export type JpegFault = 'notJpeg' | 'truncated' | 'manyImages' | 'metadata' | 'dimensions'

/** Pixels. */
export interface JpegSize {
  readonly width: number
  readonly height: number
}

/** `start` at its 0xFF, `end` behind its last byte; a scan's coded data belongs to it. */
interface Segment {
  readonly marker: number
  readonly start: number
  readonly end: number
}

interface Structure extends JpegSize {
  readonly segments: readonly Segment[]
  /** Behind the end marker. */
  readonly end: number
}

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP0 = 0xe0
const APP14 = 0xee
const COM = 0xfe
/** Baseline, extended and progressive frames: what browsers write and read. */
const FRAMES = [0xc0, 0xc1, 0xc2]
/** Huffman and quantisation tables, restart interval. */
const TABLES = [0xc4, 0xdb, 0xdd]

/** The size of a picture that holds nothing but itself, its longest side at most `maxSide`. */
export function inspectJpeg(bytes: Uint8Array, maxSide: number): Result<JpegSize, JpegFault> {
  const read = readStructure(bytes)
  if (!read.ok) return read
  const { segments, end, width, height } = read.value
  if (end !== bytes.length || segments.some((segment) => !isNeeded(bytes, segment))) return err('metadata')
  if (width < 1 || height < 1 || Math.max(width, height) > maxSide) return err('dimensions')
  return ok({ width, height })
}

/** The same picture without everything it does not need. */
export function stripJpeg(bytes: Uint8Array): Result<Uint8Array<ArrayBuffer>, JpegFault> {
  const read = readStructure(bytes)
  if (!read.ok) return read
  const kept = read.value.segments.filter((segment) => isNeeded(bytes, segment))
  const stripped = new Uint8Array(kept.reduce((sum, { start, end }) => sum + end - start, 4))
  stripped.set([0xff, SOI])
  let at = 2
  for (const { start, end } of kept) {
    stripped.set(bytes.subarray(start, end), at)
    at += end - start
  }
  stripped.set([0xff, EOI], at)
  return ok(stripped)
}

/** JFIF without a thumbnail and Adobe's colour transform change how the picture looks; no other application segment does. */
function isNeeded(bytes: Uint8Array, { marker, start, end }: Segment): boolean {
  const named = (name: string): boolean =>
    [...name].every((char, index) => bytes[start + 4 + index] === char.charCodeAt(0))
  if (marker === APP0) return end - start === 18 && named('JFIF\0')
  if (marker === APP14) return end - start === 16 && named('Adobe')
  return marker < APP0 && marker !== COM
}

function readStructure(bytes: Uint8Array): Result<Structure, JpegFault> {
  const word = (at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
  if (word(0) !== 0xff00 + SOI) return err('notJpeg')
  const segments: Segment[] = []
  let size: JpegSize | undefined
  let at = 2
  for (;;) {
    if (at + 2 > bytes.length) return err('truncated')
    const start = at
    const marker = bytes[start + 1] ?? 0
    if (bytes[start] !== 0xff) return err('notJpeg')
    if (marker === EOI) {
      const hasScan = segments.some((segment) => segment.marker === SOS)
      return size === undefined || !hasScan ? err('notJpeg') : ok({ segments, end: start + 2, ...size })
    }
    if (marker === SOI) return err('manyImages')
    const length = word(start + 2)
    let end = start + 2 + length
    if (end > bytes.length || start + 4 > bytes.length) return err('truncated')
    if (length < 2) return err('notJpeg')
    if (FRAMES.includes(marker)) {
      if (size !== undefined) return err('manyImages')
      size = { height: word(start + 5), width: word(start + 7) }
    } else if (marker === SOS) {
      if (size === undefined) return err('notJpeg')
      end = endOfScan(bytes, end)
    } else if (!TABLES.includes(marker) && !(marker >= APP0 && marker <= 0xef) && marker !== COM) {
      return err('notJpeg')
    }
    segments.push({ marker, start, end })
    at = end
  }
}

/** Coded data holds 0xFF only before 0x00 and restart markers. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return bytes.length
}
