/** Many tablets at once through the real handlers: nothing lost, nothing doubled, and no cursor skips a row. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller, Deps } from '../../functions/src/handlers/context.ts'
import { pull } from '../support/pulling.ts'
import { push } from '../../functions/src/handlers/push.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'
import { type DeviceId, type Uid, asDeviceId, asUid } from '../../src/domain/ids.ts'
import { type Cursor, type Receipt, PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../support/world.ts'

const OFFICES = 35
const STREAM = 'unit/kameido'
/** More attempts at one transaction would be no bound. */
const MOST_ATTEMPTS = 9

interface Writer {
  readonly uid: Uid
  readonly deviceId: DeviceId
}

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

async function enrolWriter(uid: string): Promise<Writer> {
  await enrol(world, uid, 'kameido', ['staff'])
  return { uid: asUid(uid), deviceId: asDeviceId(`dev-${uid}`) }
}

/** Pushes one new draft and answers its receipt. */
async function pushDraft(deps: Deps, writer: Writer): Promise<Receipt> {
  const what = intention('initiative', 'create', { id: newId(), set: draftValues('kameido', writer.uid) })
  const answer = await push(deps, writer, {
    protocol: PROTOCOL_VERSION,
    clientId: `client-${writer.uid}`,
    mutations: [{ ...what, mid: 1, base: { rev: 0 } }],
  })
  const [receipt] = answer.ok && answer.value.type === 'receipts' ? answer.value.receipts : []
  if (receipt === undefined) throw new Error(`not received: ${JSON.stringify(answer)}`)
  return receipt
}

/** One person who pulls again and again and keeps every row of the stream, as a tablet does. */
class Reader {
  readonly seqs: number[] = []
  private cursors: Record<string, Cursor> = {}
  private readonly caller: Caller

  constructor(caller: Caller) {
    this.caller = caller
  }

  async pull(): Promise<void> {
    const request = { protocol: PROTOCOL_VERSION, clientId: null, cursors: this.cursors }
    const answer = await pull(world.deps, this.caller, request)
    if (!answer.ok) throw new Error(`pull refused: ${JSON.stringify(answer.error)}`)
    for (const { stream, rows, cursor } of answer.value.pages) {
      this.cursors = { ...this.cursors, [stream]: cursor }
      if (stream === STREAM) this.seqs.push(...rows.map(({ seq }) => seq))
    }
  }
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

describe('contention', () => {
  test.each([1, 2])(
    `[S9][S19] of ${OFFICES} tablets that push to one stream at once, to %i server(s), none is lost, doubled or skipped`,
    async (serverCount) => {
      const writers: Writer[] = []
      for (let n = 1; n <= OFFICES; n += 1) writers.push(await enrolWriter(`staff${n}`))
      const reader = new Reader(await enrolWriter('reader'))
      const attempts: number[] = []
      const servers = [world.deps, ...(serverCount > 1 ? [world.anotherServer()] : [])].map((deps) => ({
        ...deps,
        storage: countingAttempts(deps.storage, attempts),
      }))

      let writing = true
      const reading = (async () => {
        while (writing) {
          await reader.pull()
          await sleep(20)
        }
      })()
      const receipts = await Promise.all(
        writers.map((writer, index) => pushDraft(servers[index % serverCount] ?? world.deps, writer)),
      )
      writing = false
      await reading
      await reader.pull()

      expect(receipts.map(({ outcome }) => outcome)).toEqual(receipts.map(() => 'accepted'))
      expect(new Set(receipts.map(({ receiptNo }) => receiptNo)).size).toBe(OFFICES)
      const { head, rows } = await world.deps.storage.read(async (tx) => ({
        head: await tx.get('heads', STREAM),
        rows: await tx.find('rowsByStream', { value: STREAM }),
      }))
      expect(head).toMatchObject({ seq: OFFICES, count: OFFICES })
      expect(rows.map(({ doc }) => doc.seq)).toEqual(upTo(OFFICES))
      expect(reader.seqs).toEqual(upTo(OFFICES))
      expect(attempts.length).toBe(OFFICES)
      expect(Math.max(...attempts)).toBeLessThanOrEqual(MOST_ATTEMPTS)
    },
  )

  test('[S19] a cursor never skips the row of a writer that stalls before its commit', async () => {
    const [slow, fast] = [await enrolWriter('slow'), await enrolWriter('fast')]
    const reader = new Reader(await enrolWriter('reader'))
    await pushDraft(world.deps, await enrolWriter('earlier'))
    await reader.pull()
    const other = world.anotherServer()
    const stall = Promise.withResolvers<undefined>()
    const decided = Promise.withResolvers<undefined>()
    const stalling = {
      ...world.deps,
      storage: beforeCommit(world.deps.storage, () => {
        decided.resolve(undefined)
        return stall.promise
      }),
    }

    const slowPush = pushDraft(stalling, slow)
    await decided.promise
    const fastPush = pushDraft(other, fast)
    for (let n = 0; n < 5; n += 1) {
      await sleep(20)
      await reader.pull()
    }
    stall.resolve(undefined)
    await Promise.all([slowPush, fastPush])
    await reader.pull()

    expect(reader.seqs).toEqual([1, 2, 3])
  })
})

/** The store, noting how often the work of each transaction ran. */
function countingAttempts(storage: Storage, attempts: number[]): Storage {
  return {
    ...storage,
    async transact(work) {
      let count = 0
      try {
        return await storage.transact((tx) => {
          count += 1
          return work(tx)
        })
      } finally {
        attempts.push(count)
      }
    },
  }
}

/** The store, waiting in each transaction when everything is read and decided and nothing committed. */
function beforeCommit(storage: Storage, wait: () => Promise<void>): Storage {
  return {
    ...storage,
    transact: (work) =>
      storage.transact(async (tx) => {
        const result = await work(tx)
        await wait()
        return result
      }),
  }
}
