import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ReviewItem, reviewQueue } from '../../src/domain/reviewQueue.ts'
import { reviewIdOf } from '../../src/domain/types/review.ts'
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
  shown,
} from '../support/world.ts'

let world: World
let lead: Station
let hq: Station
/** The same person on another tablet. */
let hqElsewhere: Station
let row: string

beforeEach(async () => {
  world = await openWorld()
  lead = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
  const actor = await enrol(world, 'hq', 'somu', ['hq'])
  hq = await openStation(world, actor)
  hqElsewhere = await openStation(world, actor, new IDBFactory())
  row = newId()
  await save(
    lead,
    intention('initiative', 'create', {
      id: row,
      set: { ...draftValues('kameido', '棚の整理'), stage: 'submitted' },
    }),
  )
  await settle()
})
afterEach(async () => {
  await world.close()
})

/** Everybody has what everybody saved. */
async function settle(): Promise<void> {
  for (const station of [lead, hq, hqElsewhere, lead, hq, hqElsewhere]) await station.sync()
}

const review = (rev: number): ReturnType<typeof intention> =>
  intention('review', 'create', {
    id: reviewIdOf('hq', row),
    set: { stage: 'seen', initiative: row, rev, ownRev: rev },
  })
const rename = (title: string, from: string): ReturnType<typeof intention> =>
  intention('initiative', 'edit', { id: row, set: { title }, from: { title: from }, stage: 'submitted' })

async function queueOf(station: Station): Promise<ReviewItem[]> {
  return reviewQueue(await station.tablet.records.all(), { uid: station.actor.uid })
}

test('[S14] two tablets of one person that looked apart come to the higher revision, without a conflict', async () => {
  await save(lead, rename('棚と鍵の整理', '棚の整理'))
  await lead.sync()
  // One saw the row as it came, the other after the change; neither knows of the other.
  await save(hq, review(1))
  await hqElsewhere.sync()
  await save(hqElsewhere, review(2))
  await hqElsewhere.sync()
  await settle()
  for (const station of [hq, hqElsewhere]) {
    expect(await shown(station, reviewIdOf('hq', row))).toMatchObject({ rev: 2 })
    expect(await queueOf(station)).toEqual([])
  }
})

test('a row leaves the queue when it was seen, comes back with the unit’s change, and not with one’s own', async () => {
  expect(await queueOf(hq)).toMatchObject([{ id: row, reasons: ['new'] }])
  await save(hq, review(1))
  expect(await queueOf(hq)).toEqual([])
  await save(
    hq,
    intention('initiative', 'edit', { id: row, set: { goodPractice: true }, stage: 'submitted' }),
  )
  await settle()
  expect(await queueOf(hq)).toEqual([])
  expect(await queueOf(hqElsewhere)).toEqual([])
  await save(lead, rename('棚と鍵の整理', '棚の整理'))
  await settle()
  expect(await queueOf(hq)).toMatchObject([{ id: row, reasons: ['changed'] }])
})

test('a reply written offline brings the row back, closing it lets it go, and a closed feedback can be opened again', async () => {
  const feedback = newId()
  await save(hq, review(1))
  await save(
    hq,
    intention('feedback', 'create', {
      id: feedback,
      set: { stage: 'open', initiative: row, kind: 'request', text: '待ち時間の数字を書いてください。' },
    }),
  )
  await settle()
  lead.network.online = false
  const answer = { reply: '平均二十五分です。', stage: 'answered' }
  const from = { stage: 'open' }
  await save(lead, intention('feedback', 'edit', { id: feedback, set: answer, from, stage: 'open' }))
  await settle()
  expect(await queueOf(hq)).toEqual([])
  lead.network.online = true
  await settle()
  expect(await queueOf(hq)).toMatchObject([{ id: row, reasons: ['replied'], replies: [feedback] }])
  const move = (to: string, was: string): ReturnType<typeof intention> =>
    intention('feedback', 'edit', { id: feedback, set: { stage: to }, from: { stage: was }, stage: was })
  await save(hq, move('closed', 'answered'))
  await settle()
  expect(await queueOf(hqElsewhere)).toEqual([])
  await save(hq, move('answered', 'closed'))
  await settle()
  expect(await queueOf(hqElsewhere)).toMatchObject([{ reasons: ['replied'] }])
})
