/** What every adapter of the blob store keeps (functions/src/blobs/blobStore.ts). One suite, run on each store. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlobStore } from '../../../functions/src/blobs/blobStore.ts'

export interface BlobsUnderTest {
  readonly blobs: BlobStore
  /** Another connection to the same data. */
  readonly connect: () => BlobStore
  readonly dispose: () => Promise<void>
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const filled = (sizeBytes: number, value: number): Uint8Array => new Uint8Array(sizeBytes).fill(value)

export function blobContract(name: string, open: () => Promise<BlobsUnderTest>): void {
  describe(`[S24] blob store contract: ${name}`, () => {
    let subject: BlobsUnderTest
    let blobs: BlobStore
    beforeEach(async () => {
      subject = await open()
      blobs = subject.blobs
    })
    afterEach(() => subject.dispose())
    const text = async (key: string): Promise<number[] | undefined> => {
      const found = await blobs.get(key)
      return found === undefined ? undefined : [...found]
    }

    test('what is missing is undefined; what was put comes back byte for byte', async () => {
      expect(await blobs.get('photos/a/b.jpg')).toBeUndefined()
      const all = Uint8Array.from({ length: 256 }, (_, value) => value)
      await blobs.put('photos/a/b.jpg', all)
      expect(await text('photos/a/b.jpg')).toEqual([...all])
      const other = await subject.connect().get('photos/a/b.jpg')
      expect([...(other ?? [])]).toEqual([...all])
    })

    test('an empty object and one of 10 MiB are objects like any other', async () => {
      await blobs.put('a/empty', bytes())
      await blobs.put('a/large', filled(10 * 1024 * 1024, 7))
      expect(await text('a/empty')).toEqual([])
      expect(await blobs.list('a')).toEqual([
        { key: 'a/empty', sizeBytes: 0 },
        { key: 'a/large', sizeBytes: 10 * 1024 * 1024 },
      ])
    })

    test('put replaces, remove removes, both may be repeated', async () => {
      await blobs.put('a/b', bytes(1, 2, 3))
      await blobs.put('a/b', bytes(4))
      expect(await text('a/b')).toEqual([4])
      await blobs.remove('a/b')
      await blobs.remove('a/b')
      expect(await text('a/b')).toBeUndefined()
      expect(await blobs.list('a')).toEqual([])
    })

    test('a list is of one folder and what is under it, by key', async () => {
      for (const key of ['p/r1/2', 'p/r1/10', 'p/r1.x/1', 'p/r10/1', 'q/r1/1']) await blobs.put(key, bytes(1))
      expect((await blobs.list('p/r1')).map(({ key }) => key)).toEqual(['p/r1/10', 'p/r1/2'])
      expect((await blobs.list('p')).map(({ key }) => key).sort()).toEqual([
        'p/r1.x/1',
        'p/r1/10',
        'p/r1/2',
        'p/r10/1',
      ])
      expect(await blobs.list('nothing')).toEqual([])
    })

    test('of many who write one object at once, one wins whole', async () => {
      const values = Array.from({ length: 12 }, (_, value) => value)
      await Promise.all(values.map((value) => blobs.put('a/same', filled(100_000, value))))
      const found = await blobs.get('a/same')
      expect(found).toHaveLength(100_000)
      expect(new Set(found).size).toBe(1)
      expect(await blobs.list('a')).toHaveLength(1)
    })

    test('a key that leads elsewhere is no key', async () => {
      for (const key of [
        '',
        '/etc/passwd',
        '../x',
        'a/../../x',
        'a//b',
        'a/.hidden',
        'a\\b',
        'a/b\0',
        'あ',
      ]) {
        await expect(async () => blobs.put(key, bytes(1))).rejects.toThrow('blob key')
        await expect(async () => blobs.get(key)).rejects.toThrow('blob key')
        await expect(async () => blobs.remove(key)).rejects.toThrow('blob key')
      }
    })
  })
}
