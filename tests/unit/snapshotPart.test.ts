/** A part on its way through a worker that is woken, and asked, before it is known what the tablet needs [S23]. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { err, ok } from '../../src/domain/result.ts'
import { askEarly, dropEarly, fetchPart, wakeEarly } from '../../src/snapshotPart.ts'
import type { PartAnswer, PartOrder } from '../../src/snapshotPart.worker.ts'
import type { SnapshotPiece } from '../../src/sync/ports.ts'
import { Stop } from '../../src/sync/stop.ts'

/** As many as were started; each does what the test says. */
const started: FakeWorker[] = []

class FakeWorker extends EventTarget {
  readonly orders: PartOrder[] = []
  isEnded = false

  constructor() {
    super()
    started.push(this)
  }

  postMessage(order: PartOrder): void {
    this.orders.push(order)
  }

  terminate(): void {
    this.isEnded = true
  }

  say(data: PartAnswer): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }

  get asked(): readonly unknown[] {
    return this.orders.flatMap((order) => (order.type === 'fetch' ? [order.asked] : []))
  }
}

const MINE = { authorization: 'Bearer mine' }
const asking = (headers: Readonly<Record<string, string>> = MINE, cursors = {}) => ({
  request: { protocol: PROTOCOL_VERSION, cursors },
  headers,
})
const begin = (rows: number): PartAnswer => ({ type: 'piece', piece: { type: 'begin', rows } })
const done: PartAnswer = { type: 'done', result: ok(undefined) }
const workerOf = (place: number): FakeWorker => {
  const worker = started[place]
  if (worker === undefined) throw new Error(`No worker ${place} was started.`)
  return worker
}

/** What is taken, a list for each time. */
function taking(): {
  readonly taken: SnapshotPiece[][]
  take(pieces: readonly SnapshotPiece[]): Promise<void>
} {
  const taken: SnapshotPiece[][] = []
  return { taken, take: (pieces) => Promise.resolve(void taken.push([...pieces])) }
}

beforeEach(() => {
  started.length = 0
  vi.stubGlobal('Worker', FakeWorker)
})
afterEach(() => {
  dropEarly()
  vi.unstubAllGlobals()
})

test('what was asked early is asked once, and all that has come of it is handed over together', async () => {
  await askEarly(Promise.resolve(ok(MINE)))
  const worker = workerOf(0)
  worker.say(begin(3))
  worker.say(begin(4))
  const { taken, take } = taking()
  const answer = fetchPart(asking(), take)
  await vi.waitFor(() => expect(taken).toHaveLength(1))
  worker.say(done)
  expect(await answer).toEqual(ok(undefined))
  expect(taken).toEqual([
    [
      { type: 'begin', rows: 3 },
      { type: 'begin', rows: 4 },
    ],
  ])
  expect(worker.asked).toEqual([asking()])
  expect(worker.orders.at(-1)).toEqual({ type: 'taken', pieces: 2 })
  expect(worker.isEnded).toBe(true)
  expect(started).toHaveLength(1)
})

test('a worker that was only woken takes whatever is asked', async () => {
  wakeEarly()
  wakeEarly()
  const wanted = asking(MINE, { master: ['E1', 4] })
  const answer = fetchPart(wanted, taking().take)
  workerOf(0).say(done)
  expect(await answer).toEqual(ok(undefined))
  expect(workerOf(0).asked).toEqual([wanted])
  expect(started).toHaveLength(1)
})

test.each([
  ['somebody else’s credentials', asking({ authorization: 'Bearer other' })],
  ['another place', asking(MINE, { master: ['E1', 4] })],
])('[S26] what was asked early is not handed to a question with %s', async (_, wanted) => {
  await askEarly(Promise.resolve(ok(MINE)))
  workerOf(0).say(begin(3))
  const { taken, take } = taking()
  const answer = fetchPart(wanted, take)
  workerOf(1).say(done)
  expect(await answer).toEqual(ok(undefined))
  expect(taken).toEqual([])
  expect(workerOf(0).isEnded).toBe(true)
  expect(workerOf(1).asked).toEqual([wanted])
})

test('what went wrong early is asked again', async () => {
  await askEarly(Promise.resolve(ok(MINE)))
  workerOf(0).say({ type: 'done', result: err({ type: 'offline' }) })
  const answer = fetchPart(asking(), taking().take)
  workerOf(1).say(done)
  expect(await answer).toEqual(ok(undefined))
})

test('a worker that did not come up early is followed by another', async () => {
  wakeEarly()
  workerOf(0).dispatchEvent(new Event('error'))
  const answer = fetchPart(asking(), taking().take)
  workerOf(1).say(done)
  expect(await answer).toEqual(ok(undefined))
  wakeEarly()
  workerOf(2).dispatchEvent(new Event('error'))
  await askEarly(Promise.resolve(ok(MINE)))
  expect(workerOf(3).asked).toEqual([asking()])
})

test('what went wrong early leaves no worker behind when another is woken', async () => {
  await askEarly(Promise.resolve(ok(MINE)))
  workerOf(0).say({ type: 'done', result: err({ type: 'offline' }) })
  wakeEarly()
  expect(started.map(({ isEnded }) => isEnded)).toEqual([true, false])
})

test('what the server refuses is not asked again: a bureau of few rows has no snapshot', async () => {
  await askEarly(Promise.resolve(ok(MINE)))
  const refused = err({ type: 'refused', refusal: { type: 'notFound' } } as const)
  workerOf(0).say({ type: 'done', result: refused })
  expect(await fetchPart(asking(), taking().take)).toEqual(refused)
  expect(started).toHaveLength(1)
})

test('credentials that come after all was dropped ask nothing', async () => {
  const credentials = Promise.withResolvers<ReturnType<typeof ok<typeof MINE>>>()
  const asked = askEarly(credentials.promise)
  dropEarly()
  credentials.resolve(ok(MINE))
  await asked
  expect(workerOf(0).asked).toEqual([])
  expect(workerOf(0).isEnded).toBe(true)
})

test('without credentials the worker waits for the question', async () => {
  await askEarly(Promise.resolve(err({ type: 'offline' })))
  const answer = fetchPart(asking(), taking().take)
  workerOf(0).say(done)
  expect(await answer).toEqual(ok(undefined))
  expect(workerOf(0).asked).toEqual([asking()])
})

test('a worker that dies on the way breaks the part off, and what it said last is not taken', async () => {
  const { taken, take } = taking()
  const answer = fetchPart(asking(), take)
  workerOf(0).say(begin(3))
  workerOf(0).dispatchEvent(new Event('error'))
  expect(await answer).toEqual(err({ type: 'offline' }))
  expect(taken).toEqual([])
})

test('one that is stopped ends at once, and so does its worker', async () => {
  const stop = new Stop()
  const answer = fetchPart(asking(), taking().take, stop)
  stop.now()
  expect(workerOf(0).isEnded).toBe(true)
  expect(await answer).toEqual(err({ type: 'timeout' }))
})

test('pieces that cannot be written break the part off', async () => {
  const answer = fetchPart(asking(), () => Promise.reject(new Error('The database is gone.')))
  workerOf(0).say(begin(3))
  expect(await answer).toEqual(err({ type: 'offline' }))
  expect(workerOf(0).isEnded).toBe(true)
})

const lines = [
  { type: 'begin', rows: 0 },
  { type: 'end', more: false },
]
const stubFetch = () =>
  vi.stubGlobal('fetch', () =>
    Promise.resolve(new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))),
  )

test('where no worker comes up the page fetches the part itself', async () => {
  stubFetch()
  const { taken, take } = taking()
  const answer = fetchPart(asking(), take)
  workerOf(0).dispatchEvent(new Event('error'))
  expect(await answer).toEqual(ok(undefined))
  expect(taken.flat()).toEqual(lines)
})

test('where the browser makes no worker at all the page fetches the part itself', async () => {
  stubFetch()
  vi.stubGlobal('Worker', function () {
    throw new DOMException('Workers are not allowed here.', 'SecurityError')
  })
  await askEarly(Promise.resolve(ok(MINE)))
  const { taken, take } = taking()
  expect(await fetchPart(asking(), take)).toEqual(ok(undefined))
  expect(taken.flat()).toEqual(lines)
})
