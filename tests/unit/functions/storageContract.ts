/** What every adapter of the storage port keeps (functions/src/storage/storage.ts). One suite, run on each store. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HeadDoc, ParkedDoc, RowDoc, Storage } from '../../../functions/src/storage/storage.ts'

/** A fresh store and ways to come to the same data again. */
export interface StorageUnderTest {
  readonly storage: Storage
  /** Another connection to the same data, while the first stays open. */
  readonly connect: () => Promise<Storage>
  /** Closes the first connection and opens the data again. */
  readonly reopen: () => Promise<Storage>
  readonly dispose: () => Promise<void>
}

const head = (seq: number): HeadDoc => ({ epoch: 'E', seq, floor: 0, count: seq, sum: '0000000000000000' })
const row = (stream: string, id: string, seq: number): RowDoc => ({ stream, id, seq, rev: 1, record: null })
const parked = (waitingFor: string, uid = 'u1'): ParkedDoc => ({
  uid,
  deviceId: 'd1',
  clientId: 'c1',
  mid: 1,
  mutation: { mid: 1 },
  reason: { type: 'unknownRecord' },
  parkedAt: '2026-11-20T00:00:00.000Z',
  recordId: 'r1',
  parentId: '',
  waitingFor,
  held: '',
})
const meta = (storage: Storage, key: string): Promise<string | undefined> =>
  storage.read(async (tx) => (await tx.get('meta', key))?.value)
const setMeta = (storage: Storage, key: string, value: string): Promise<void> =>
  storage.transact(async (tx) => tx.put('meta', key, { value }))
const increment = (storage: Storage): Promise<number> =>
  storage.transact(async (tx) => {
    const seq = ((await tx.get('heads', 'hq'))?.seq ?? 0) + 1
    tx.put('heads', 'hq', head(seq))
    return seq
  })

/** Runs the contract on the store that `open` makes afresh for each test. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(`storage contract: ${name}`, () => {
    let subject: StorageUnderTest
    let storage: Storage
    beforeEach(async () => {
      subject = await open()
      storage = subject.storage
    })
    afterEach(() => subject.dispose())

    describe('documents', () => {
      test('a missing document is undefined; a put one comes back equal', async () => {
        expect(await storage.read((tx) => tx.get('heads', 'hq'))).toBeUndefined()
        await storage.transact(async (tx) => tx.put('heads', 'hq', head(7)))
        expect(await storage.read((tx) => tx.get('heads', 'hq'))).toEqual(head(7))
      })

      test('getAll answers in the order of the keys, with holes', async () => {
        await storage.transact(async (tx) => {
          tx.put('meta', 'a', { value: '1' })
          tx.put('meta', 'b', { value: '2' })
        })
        const docs = await storage.read((tx) => tx.getAll('meta', ['b', 'missing', 'a', 'b']))
        expect(docs.map((doc) => doc?.value)).toEqual(['2', undefined, '1', '2'])
        expect(await storage.read((tx) => tx.getAll('meta', []))).toEqual([])
      })

      test('put replaces the whole document, remove deletes it, both may be repeated', async () => {
        await setMeta(storage, 'a', '1')
        await setMeta(storage, 'a', '2')
        expect(await meta(storage, 'a')).toBe('2')
        await storage.transact(async (tx) => tx.remove('meta', 'a'))
        await storage.transact(async (tx) => tx.remove('meta', 'a'))
        expect(await meta(storage, 'a')).toBeUndefined()
      })

      test('the last of several writes to one document counts', async () => {
        await storage.transact(async (tx) => {
          tx.put('meta', 'a', { value: '1' })
          tx.remove('meta', 'a')
          tx.put('meta', 'a', { value: '3' })
        })
        expect(await meta(storage, 'a')).toBe('3')
      })

      test('equal keys of different collections are different documents', async () => {
        await storage.transact(async (tx) => {
          tx.put('meta', 'hq', { value: 'x' })
          tx.put('heads', 'hq', head(1))
        })
        await storage.transact(async (tx) => tx.remove('heads', 'hq'))
        expect(await meta(storage, 'hq')).toBe('x')
      })

      test('Japanese, quotes, surrogates, control characters and SQL survive in keys and values', async () => {
        const text = `部所「皮革」'; DROP TABLE meta; -- "𠮷\\ \u0000\u0001\n％_`
        await setMeta(storage, text, text)
        expect(await meta(storage, text)).toBe(text)
      })

      test('a document is stored as it was at put', async () => {
        const value = { stream: 'hq', id: 'a', seq: 1, rev: 1, record: null }
        await storage.transact(async (tx) => {
          tx.put('rows', 'hq|a', value)
          value.rev = 99
        })
        expect((await storage.read((tx) => tx.get('rows', 'hq|a')))?.rev).toBe(1)
      })
    })

    describe('find', () => {
      test('[S19] an ordered index answers ascending by its number, not by its digits', async () => {
        await storage.transact(async (tx) => {
          for (const seq of [10, 9, 2, 100, 1]) tx.put('rows', `hq|${seq}`, row('hq', `${seq}`, seq))
          tx.put('rows', 'review|3', row('review', '3', 3))
        })
        const seqs = await storage.read(async (tx) =>
          (await tx.find('rowsByStream', { value: 'hq' })).map(({ doc }) => doc.seq),
        )
        expect(seqs).toEqual([1, 2, 9, 10, 100])
      })

      test('[S20] `after` leaves out what is not beyond it, `limit` takes the first', async () => {
        await storage.transact(async (tx) => {
          for (let seq = 1; seq <= 12; seq += 1) tx.put('rows', `hq|${seq}`, row('hq', `${seq}`, seq))
        })
        const page = (after: number, limit?: number): Promise<number[]> =>
          storage.read(async (tx) =>
            (
              await tx.find('rowsByStream', { value: 'hq', after, ...(limit === undefined ? {} : { limit }) })
            ).map(({ doc }) => doc.seq),
          )
        expect(await page(8)).toEqual([9, 10, 11, 12])
        expect(await page(8, 2)).toEqual([9, 10])
        expect(await page(0, 3)).toEqual([1, 2, 3])
        expect(await page(12)).toEqual([])
      })

      test('an index without order answers ascending by key, in the order of its bytes', async () => {
        const keys = ['b', 'a|10', 'a|9', 'A', 'あ', '𠮷', '｡']
        await storage.transact(async (tx) => {
          for (const key of keys) tx.put('parked', key, parked('r1'))
        })
        const found = await storage.read((tx) => tx.find('parkedByWaitingFor', { value: 'r1' }))
        const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        expect(found.map(({ key }) => key)).toEqual(byBytes)
      })

      test('a document moves in the index when its field changes, and leaves with it', async () => {
        const waiting = (value: string): Promise<string[]> =>
          storage.read(async (tx) => (await tx.find('parkedByWaitingFor', { value })).map(({ key }) => key))
        await storage.transact(async (tx) => tx.put('parked', 'c1|1', parked('r1')))
        expect(await waiting('r1')).toEqual(['c1|1'])
        await storage.transact(async (tx) => tx.put('parked', 'c1|1', parked('')))
        expect(await waiting('r1')).toEqual([])
        expect(await waiting('')).toEqual(['c1|1'])
        await storage.transact(async (tx) => tx.remove('parked', 'c1|1'))
        expect(await waiting('')).toEqual([])
      })

      test('[S18] what was kept aside is found by its record and by the one that hangs on', async () => {
        await storage.transact(async (tx) => {
          tx.put('parked', 'c1|1', { ...parked(''), recordId: 'n1', parentId: 'r1' })
          tx.put('parked', 'c1|2', { ...parked(''), recordId: 'r1' })
        })
        const found = async (index: 'parkedByRecord' | 'parkedByParent'): Promise<string[]> =>
          storage.read(async (tx) => (await tx.find(index, { value: 'r1' })).map(({ key }) => key))
        expect(await found('parkedByRecord')).toEqual(['c1|2'])
        expect(await found('parkedByParent')).toEqual(['c1|1'])
      })

      test('a value matches as a whole, case and width included', async () => {
        await storage.transact(async (tx) => {
          tx.put('parked', '1', parked('r1'))
          tx.put('parked', '2', parked('R1'))
          tx.put('parked', '3', parked('r10'))
          tx.put('parked', '4', parked('ｒ１'))
        })
        const found = await storage.read((tx) => tx.find('parkedByWaitingFor', { value: 'r1' }))
        expect(found.map(({ key }) => key)).toEqual(['1'])
      })
    })

    describe('transactions', () => {
      test('[S18] scrubbing changes nothing that is stored, and waits for what is under way', async () => {
        const writing = Array.from({ length: 5 }, () => increment(storage))
        await Promise.all([...writing, storage.scrub(), increment(storage)])
        expect((await storage.read((tx) => tx.get('heads', 'hq')))?.seq).toBe(6)
      })

      test('[S9] a transaction that throws leaves nothing behind, and the store works on', async () => {
        await setMeta(storage, 'a', 'before')
        const failing = storage.transact(async (tx) => {
          tx.put('meta', 'a', { value: 'after' })
          tx.put('meta', 'b', { value: 'after' })
          throw new Error('work failed')
        })
        await expect(failing).rejects.toThrow('work failed')
        expect(await meta(storage, 'a')).toBe('before')
        expect(await meta(storage, 'b')).toBeUndefined()
        await setMeta(storage, 'c', '1')
        expect(await meta(storage, 'c')).toBe('1')
      })

      test('[S9] a transaction answers with what its work answered', async () => {
        expect(await storage.transact(async () => 42)).toBe(42)
      })

      test('[S9] a transaction reads before it writes', async () => {
        const wrong = storage.transact(async (tx) => {
          tx.put('meta', 'a', { value: '1' })
          return tx.get('meta', 'a')
        })
        await expect(wrong).rejects.toThrow()
        expect(await meta(storage, 'a')).toBeUndefined()
      })

      test('[S9] a transaction that has ended can no longer be used', async () => {
        const leaked = await storage.transact(async (tx) => ({ tx }))
        expect(() => leaked.tx.put('meta', 'a', { value: '1' })).toThrow()
        await expect(leaked.tx.get('meta', 'a')).rejects.toThrow()
      })

      test('[S20] a snapshot does not see half a transaction, nor one committed after its first read', async () => {
        await storage.transact(async (tx) => {
          tx.put('heads', 'a', head(1))
          tx.put('heads', 'b', head(1))
        })
        const seen = await storage.read(async (tx) => {
          const first = await tx.get('heads', 'a')
          await storage.transact(async (write) => {
            write.put('heads', 'a', head(2))
            write.put('heads', 'b', head(2))
          })
          return [first?.seq, (await tx.get('heads', 'b'))?.seq, (await tx.get('heads', 'a'))?.seq]
        })
        expect(seen).toEqual([1, 1, 1])
        const after = await storage.read((tx) => tx.getAll('heads', ['a', 'b']))
        expect(after.map((doc) => doc?.seq)).toEqual([2, 2])
      })

      test('[S20] readers among many writers always see both halves of a pair equal', async () => {
        const write = (seq: number): Promise<void> =>
          storage.transact(async (tx) => {
            await tx.getAll('heads', ['a', 'b'])
            tx.put('heads', 'a', head(seq))
            tx.put('heads', 'b', head(seq))
          })
        const check = (): Promise<boolean> =>
          storage.read(async (tx) => {
            const a = await tx.get('heads', 'a')
            const b = await tx.get('heads', 'b')
            return a?.seq === b?.seq
          })
        const jobs = Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? write(n).then(() => true) : check()))
        expect((await Promise.all(jobs)).every(Boolean)).toBe(true)
      })

      test('[S9] of 35 offices that count at once none is lost and none counted twice', async () => {
        const answers = await Promise.all(Array.from({ length: 35 }, () => increment(storage)))
        expect([...answers].sort((a, b) => a - b)).toEqual(Array.from({ length: 35 }, (_, n) => n + 1))
        expect((await storage.read((tx) => tx.get('heads', 'hq')))?.seq).toBe(35)
      })

      test('[S9] two connections to one store lose nothing to each other', async () => {
        const other = await subject.connect()
        const answers = await Promise.all(
          Array.from({ length: 40 }, (_, n) => increment(n % 2 === 0 ? storage : other)),
        )
        expect(new Set(answers).size).toBe(40)
        expect((await other.read((tx) => tx.get('heads', 'hq')))?.seq).toBe(40)
        await other.close()
      })
    })

    describe('durability', () => {
      test('[S9] what was committed is there after reopening, indexes included', async () => {
        await storage.transact(async (tx) => {
          tx.put('rows', 'hq|a', row('hq', 'a', 1))
          tx.put('meta', 'a', { value: '1' })
        })
        const again = await subject.reopen()
        expect(await meta(again, 'a')).toBe('1')
        expect(await again.read((tx) => tx.find('rowsByStream', { value: 'hq' }))).toHaveLength(1)
      })

      test('closing waits for what has begun; afterwards nothing is taken any more', async () => {
        const pending = Array.from({ length: 10 }, () => increment(storage))
        const closing = storage.close()
        await expect(increment(storage)).rejects.toThrow()
        await closing
        expect(await Promise.all(pending)).toHaveLength(10)
        const again = await subject.reopen()
        expect((await again.read((tx) => tx.get('heads', 'hq')))?.seq).toBe(10)
      })
    })
  })
}
