/** JPEG files made of their segments: right by structure, whatever a decoder would see in them. */

const word = (value: number): number[] => [value >> 8, value & 0xff]

/** A segment with its marker and length. */
export function segment(marker: number, content: readonly number[]): number[] {
  return [0xff, marker, ...word(content.length + 2), ...content]
}

export const text = (value: string): number[] => [...value].map((char) => char.charCodeAt(0))

export const SOI = [0xff, 0xd8]
export const EOI = [0xff, 0xd9]
const JFIF = segment(0xe0, [...text('JFIF\0'), 1, 2, 0, 0, 1, 0, 1, 0, 0])
export const EXIF = segment(0xe1, [...text('Exif\0\0'), ...text('GPS 35.6895N 139.6917E')])

export const frame = (width: number, height: number, marker = 0xc0): number[] =>
  segment(marker, [8, ...word(height), ...word(width), 1, 1, 0x11, 0])

/** A scan whose coded data has every kind of byte it may have. */
export const scan = (length = 40, seed = 0): number[] => [
  ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  ...Array.from({ length }, (_, index) => (index * 7 + seed) % 255),
  ...[0xff, 0x00, 0xff, 0xd0, 0x12],
]

export interface TestJpeg {
  readonly width?: number
  readonly height?: number
  /** Bytes of coded data, about. */
  readonly length?: number
  /** Makes the picture differ from others. */
  readonly seed?: number
  /** Segments put in after the header. */
  readonly extra?: readonly number[]
}

export function makeJpeg({
  width = 640,
  height = 480,
  length = 40,
  seed = 0,
  extra = [],
}: TestJpeg = {}): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...SOI,
    ...JFIF,
    ...extra,
    ...segment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]),
    ...frame(width, height),
    ...segment(0xc4, [0, ...Array.from({ length: 16 }, () => 0)]),
    ...scan(length, seed),
    ...EOI,
  ])
}
