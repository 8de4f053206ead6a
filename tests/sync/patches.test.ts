/** [S20] Rows that a tablet has are sent as what has changed: it ends with the same rows, and never with half a one. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rowsOf } from '../../src/db/held.ts'
import { type RowRecord, TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { type Actor, streamsOf } from '../../src/domain/actor.ts'
import { asRecordId } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import type { Patch, Pulled } from '../../src/domain/patch.ts'
import {
  type Station,
  type World,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  openWorld,
  save,
} from '../support/world.ts'

let world: World
let writer: Station
let reader: Station
let disk: IDBFactory
let actor: Actor
const SOME_TIME = '2026-11-21T00:00:00.000Z'
const STREAM = 'unit/kameido'

beforeEach(async () => {
  world = await openWorld()
  writer = await openStation(world, await enrol(world, 'writer', 'kameido', ['staff']))
  actor = await enrol(world, 'reader', 'kameido', ['staff'])
  disk = new IDBFactory()
  reader = await openStation(world, actor, disk)
})
afterEach(() => world.close())

async function create(title: string): Promise<string> {
  const id = newId()
  await save(
    writer,
    intention('initiative', 'create', {
      id,
      set: { ...draftValues('kameido', title), detail: '詳しい内容' },
    }),
  )
  await writer.sync()
  return id
}

async function edit(id: string, title: string, from: string): Promise<void> {
  await save(
    writer,
    intention('initiative', 'edit', { id, stage: 'draft', set: { title }, from: { title: from } }),
  )
  await writer.sync()
}

/** What the reader's tablet holds of a row. */
async function held(id: string): Promise<RowRecord | undefined> {
  const db = new TabletDatabase(databaseName(actor.uid), { autoOpen: true, indexedDB: disk, IDBKeyRange })
  const rows = await rowsOf(db, [asRecordId(id)])
  db.close()
  return rows.find(({ stream }) => stream === STREAM)
}

async function onServer(id: string): Promise<unknown> {
  const row = await world.deps.storage.read((tx) => tx.get('rows', `${STREAM}|${id}`))
  return row?.record
}

/** Rows of the last answer that had any. */
function lastRows(): readonly unknown[] {
  const answers: Pick<Pulled, 'pages'>[] = reader.received.map((text) => JSON.parse(text))
  return answers.flatMap(({ pages = [] }) => pages.flatMap(({ rows }) => rows)).slice(-1)
}

test('[S20] several edits come as one patch, over a row by itself and over one in a pack', async () => {
  const ids: string[] = []
  for (let n = 0; n < 40; n += 1) ids.push(await create(`題${n}`))
  await reader.sync()
  const packed = ids[7] ?? ''
  for (const round of ['甲', '乙']) {
    const { record } = (await held(packed)) ?? {}
    const title = String(record?.fields['title'])
    await edit(packed, `${round}一`, title)
    await edit(packed, `${round}二`, `${round}一`)
    await reader.sync()
    expect(lastRows()).toEqual([expect.objectContaining({ id: packed, fields: { title: `${round}二` } })])
    expect((await held(packed))?.record).toEqual(await onServer(packed))
  }
})

test('[S20] what left the stream with its parent and came back comes whole', async () => {
  const [lead, hq] = [
    await openStation(world, await enrol(world, 'lead', 'osaki', ['lead'])),
    await openStation(world, await enrol(world, 'hq', 'somu', ['hq'])),
  ]
  const [row, feedback] = [newId(), newId()]
  const together = async (
    stage: string | null,
    from: readonly string[],
    to: readonly string[],
  ): Promise<void> => {
    const first = stage === null ? { ...draftValues('osaki', '題'), stage: 'submitted' } : {}
    const set = { ...first, jointUnits: to }
    await save(
      lead,
      intention('initiative', stage === null ? 'create' : 'edit', {
        id: row,
        stage,
        set,
        from: { jointUnits: from },
      }),
    )
    await lead.sync()
  }
  const tell = async (op: 'create' | 'edit', set: Record<string, Json>): Promise<void> => {
    await hq.sync()
    const [stage, from] = op === 'edit' ? ['open', { stage: 'open' }] : [null, {}]
    await save(hq, intention('feedback', op, { id: feedback, stage, set, from }))
    await hq.sync()
    await reader.sync()
  }
  await together(null, [], ['kameido'])
  await tell('create', { stage: 'open', initiative: row, kind: 'advice', text: '助言です。' })
  expect(await held(feedback)).toBeDefined()
  await together('submitted', ['kameido'], [])
  await reader.sync()
  expect(await held(feedback)).toBeUndefined()
  await together('submitted', [], ['kameido'])
  await tell('edit', { stage: 'closed' })
  expect((await held(feedback))?.record).toEqual(await onServer(feedback))
  expect(reader.received.at(-1)).not.toContain('"reset":true')
})

describe('a patch that does not fit', () => {
  const applying = async (change: Partial<Patch>, page: { reset?: boolean; epoch?: string } = {}) => {
    const id = await create('題')
    await edit(id, '題二', '題')
    await reader.sync()
    const row = await held(id)
    if (row === undefined) throw new Error('the row did not come')
    const { seq, rev, record } = row
    const { stage, updatedBy, receiptNo } = record
    const patch = {
      ...{ id: row.id, seq: seq + 1, rev: rev + 1, over: seq, stage, updatedBy, receiptNo },
      ...{ updatedAt: SOME_TIME, fields: { detail: '半分' }, ...change },
    }
    const { epoch = 'E1', reset = false } = page
    const pages: Pulled['pages'] = [{ stream: STREAM, reset, rows: [patch], cursor: [epoch, patch.seq] }]
    const replica = await reader.tablet.replica()
    const { cursors, pull } = await replica.beginPull()
    const serverTime = SOME_TIME
    const answer = { streams: streamsOf(actor), pages, asked: cursors, more: true, lmid: 0, serverTime }
    const applied = await replica.apply(answer, pull)
    return { id, applied, before: row, after: await held(id) }
  }

  test.each<readonly [string, Partial<Patch>, { reset?: boolean; epoch?: string }]>([
    ['a row that is older', { over: 9_999, seq: 10_000 }, {}],
    ['a row that is not there', { id: asRecordId('nowhere') }, {}],
    ['a stream of another epoch', {}, { epoch: 'E2' }],
    ['a stream that is begun anew', {}, { reset: true }],
  ])('[S22] over %s is not applied; the stream is started over and ends right', async (_, change, page) => {
    const { id, applied, before, after } = await applying(change, page)
    expect(applied).toEqual({ type: 'wrong', streams: [STREAM] })
    expect(after).toEqual(before)
    await reader.sync()
    expect(reader.engine.status).toEqual({ type: 'allSent' })
    expect((await held(id))?.record).toEqual(await onServer(id))
  })

  test('[S5] over a row that another tab has got further with is left alone', async () => {
    const { applied, before, after } = await applying({ seq: 1, over: 0 })
    expect([applied, after]).toEqual([{ type: 'more' }, before])
  })
})
