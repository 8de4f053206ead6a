/** Gzip put together of pieces, and the cache that holds them. */
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OWN_PIECE_BYTES, gzipOf } from '../../../functions/src/http/gzip.ts'
import { type BuiltPage, createPageCache } from '../../../functions/src/pageCache.ts'

const page = (text: string): BuiltPage => ({ bytes: Buffer.from(text), rows: 1, chars: 1, isComplete: true })

describe('gzip of pieces', () => {
  const pieceOf = fc
    .tuple(fc.string({ maxLength: 40, unit: 'grapheme' }), fc.constantFrom(0, 1, 1, OWN_PIECE_BYTES, 40_000))
    .map(([text, times]) => Buffer.from(times === OWN_PIECE_BYTES ? 'x'.repeat(times) : text.repeat(times)))

  test('is the text, whatever the pieces are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pieceOf, { maxLength: 6 }), async (pieces) => {
        expect(gunzipSync(await gzipOf(pieces)).equals(Buffer.concat(pieces))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('does not compress a large piece again that comes in another answer', async () => {
    const large = Buffer.from(Array.from({ length: 4000 }, (_, n) => `行${n}`).join())
    const text = (before: string): Promise<Buffer> => gzipOf([Buffer.from(before), large])
    const [first, second] = [await text('一'), await text('二')]
    expect(gunzipSync(second).toString()).toBe(`二${large.toString()}`)
    const tail = (bytes: Buffer): Buffer => bytes.subarray(-1000, -10)
    expect(tail(first).equals(tail(second))).toBe(true)
    // What has changed in place since is not looked at: the very same bytes are sent.
    large.fill(0)
    expect(tail(await text('三')).equals(tail(first))).toBe(true)
  })
})

describe('pages kept for others', () => {
  test('are the last used, within the limit', () => {
    const cache = createPageCache(100)
    cache.keep('a', page('x'.repeat(30)))
    cache.keep('b', page('x'.repeat(30)))
    expect(cache.get('a')).toBeDefined()
    cache.keep('c', page('x'.repeat(30)))
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true])
  })

  test('one larger than the limit is not kept, and the same key counts once', () => {
    const cache = createPageCache(100)
    cache.keep('a', page('x'.repeat(60)))
    cache.keep('a', page('y'.repeat(60)))
    expect(cache.get('a')?.bytes.toString()).toBe('y'.repeat(60))
    cache.keep('large', page('x'.repeat(90)))
    expect([cache.get('a'), cache.get('large')]).toEqual([undefined, undefined])
  })

  test('[S18] are all dropped when something was destroyed', () => {
    const cache = createPageCache()
    cache.keep('a', page('秘密'))
    cache.forget()
    expect(cache.get('a')).toBeUndefined()
  })
})
