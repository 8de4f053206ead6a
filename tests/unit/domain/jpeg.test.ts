/** [S24] What is taken as a photo: one picture, and nothing that tells where it was taken. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inspectJpeg, stripJpeg } from '../../../src/domain/jpeg.ts'
import { EOI, EXIF, SOI, frame, makeJpeg, scan, segment, text } from '../../support/jpeg.ts'

const inspect = (bytes: Uint8Array, maxSide = 1600): string => {
  const inspected = inspectJpeg(bytes, maxSide)
  return inspected.ok ? `${inspected.value.width}x${inspected.value.height}` : inspected.error
}
const join = (...parts: (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat())

const METADATA: Readonly<Record<string, readonly number[]>> = {
  'Exif with GPS': EXIF,
  XMP: segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>')),
  'a colour profile': segment(0xe2, text('ICC_PROFILE\0')),
  'several pictures in one file': segment(0xe2, text('MPF\0')),
  Photoshop: segment(0xed, text('Photoshop 3.0\0')),
  'a comment': segment(0xfe, text('亀戸'.normalize())),
  'a thumbnail in its JFIF segment': segment(0xe0, [...text('JFIF\0'), 1, 2, 0, 0, 1, 0, 1, 1, 1, 9, 9, 9]),
  'a thumbnail of its own': segment(0xe0, text('JFXX\0')),
  'what calls itself Adobe and is longer': segment(0xee, text('Adobe and more than that')),
}

describe('[S24] a photo', () => {
  test('is one picture of any size up to the longest side, however its data is coded', () => {
    expect(inspect(makeJpeg({ width: 1600, height: 1 }))).toBe('1600x1')
    expect(inspect(join(SOI, frame(3, 4, 0xc2), scan(), scan(), segment(0xc4, [0]), scan(), EOI))).toBe('3x4')
    expect(inspect(makeJpeg({ extra: segment(0xee, [...text('Adobe'), 0, 100, 0, 0, 0, 0, 1]) }))).toBe(
      '640x480',
    )
  })

  test('has sides that are neither 0 nor too long', () => {
    for (const size of [
      { width: 1601, height: 10 },
      { width: 10, height: 65_535 },
      { width: 0, height: 10 },
      { width: 10, height: 0 },
    ])
      expect(inspect(makeJpeg(size))).toBe('dimensions')
  })

  test.each(Object.entries(METADATA))('carries no %s', (_name, extra) => {
    expect(inspect(makeJpeg({ extra }))).toBe('metadata')
  })

  test('ends where it ends', () => {
    expect(inspect(join([...makeJpeg()], text('secret')))).toBe('metadata')
    expect(inspect(join([...makeJpeg()], [...makeJpeg()]))).toBe('metadata')
  })

  test('cut short anywhere it is no photo', () => {
    const whole = makeJpeg()
    for (let length = 0; length < whole.length; length += 1)
      expect(['truncated', 'notJpeg']).toContain(inspect(whole.subarray(0, length)))
  })

  test.each<readonly [string, Uint8Array, string]>([
    ['nothing', join(), 'notJpeg'],
    ['a PNG', join([0x89], text('PNG\r\n')), 'notJpeg'],
    ['a page', join(text('<!doctype html><script>alert(1)</script>')), 'notJpeg'],
    ['a page behind a JPEG’s first bytes', join(SOI, text('<script>')), 'notJpeg'],
    ['no picture between start and end', join(SOI, EOI), 'notJpeg'],
    ['a frame without data', join(SOI, frame(1, 1), EOI), 'notJpeg'],
    ['data without a frame', join(SOI, scan(), EOI), 'notJpeg'],
    ['a lossless frame', join(SOI, frame(1, 1, 0xc3), scan(), EOI), 'notJpeg'],
    ['two frames', join(SOI, frame(1, 1), frame(1, 1), scan(), EOI), 'manyImages'],
    ['a picture in a picture', join(SOI, frame(1, 1), SOI, frame(1, 1), scan(), EOI), 'manyImages'],
    ['a segment that says it has no length', join(SOI, [0xff, 0xdb, 0, 0], scan(), EOI), 'notJpeg'],
    ['a segment longer than the file', join(SOI, [0xff, 0xdb, 0xff, 0xff, 1]), 'truncated'],
  ])('is not %s', (_name, bytes, fault) => {
    expect(inspect(bytes)).toBe(fault)
  })

  test('whatever the bytes, reading them ends', () => {
    const hostile = fc
      .array(
        fc.oneof(fc.constantFrom(0xff, 0xd8, 0xd9, 0xda, 0xc0, 0xe1, 0x00), fc.integer({ min: 0, max: 255 })),
        { maxLength: 400 },
      )
      .map((bytes) => join(SOI, bytes))
    fc.assert(
      fc.property(hostile, (bytes) => {
        expect(typeof inspect(bytes)).toBe('string')
        expect(typeof stripJpeg(bytes).ok).toBe('boolean')
      }),
    )
  })
})

describe('[S24] stripping', () => {
  test('leaves the picture and takes everything else', () => {
    for (const extra of Object.values(METADATA)) {
      const stripped = stripJpeg(join([...makeJpeg({ extra })], text('behind the end')))
      expect(stripped).toEqual({ ok: true, value: makeJpeg() })
    }
  })

  test('law: what was stripped is taken by the server, and stripping again changes nothing', () => {
    const extras = fc.array(fc.constantFrom(...Object.values(METADATA)), { maxLength: 6 })
    const sides = fc.integer({ min: 1, max: 1600 })
    fc.assert(
      fc.property(extras, sides, sides, fc.nat(2000), (extra, width, height, length) => {
        const stripped = stripJpeg(makeJpeg({ width, height, length, extra: extra.flat() }))
        expect(stripped).toEqual({ ok: true, value: makeJpeg({ width, height, length }) })
        if (stripped.ok) expect(inspect(stripped.value)).toBe(`${width}x${height}`)
      }),
    )
  })

  test('of what is no JPEG is refused', () => {
    expect(stripJpeg(join(text('GIF89a')))).toEqual({ ok: false, error: 'notJpeg' })
  })
})
