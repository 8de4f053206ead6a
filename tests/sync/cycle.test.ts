/** 点検 and meetings through the real handlers: who may write what, who receives it, and what several people write at once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { push } from '../../functions/src/handlers/push.ts'
import { withItem } from '../../src/domain/agenda.ts'
import { asDeviceId, asRecordId } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../src/domain/mutation.ts'
import { checkIdOf } from '../../src/domain/types/check.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
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

const CYCLE = 'cycle-2026-interim'
const CYCLE_VALUES = {
  ...{ stage: 'open', fiscalYear: 2026, kind: 'interim' },
  ...{ opens: '2026-10-01', dueDate: '2026-10-31' },
}
const WRITTEN = { achievement: 'achieved', issues: '人手が足りない。', opinions: ['もっと早くできる。'] }

let world: World
let staff: Station
let lead: Station
let other: Station
let hq: Station
let exec: Station
let row: string
let check: string
beforeEach(async () => {
  world = await openWorld()
  const open = async (uid: string, unit: string, ...roles: Parameters<typeof enrol>[3]) =>
    openStation(world, await enrol(world, uid, unit, roles))
  staff = await open('staff', 'kameido', 'staff')
  lead = await open('lead', 'kameido', 'lead')
  other = await open('other', 'osaki', 'staff', 'lead')
  hq = await open('hq', 'somu', 'hq')
  exec = await open('exec', 'somu', 'executive')
  row = newId()
  check = checkIdOf(CYCLE, row)
  const values = { ...draftValues('kameido', '窓口の改善'), stage: 'submitted' }
  await saved(lead, intention('initiative', 'create', { id: row, set: values }))
  await saved(hq, intention('cycle', 'create', { id: CYCLE, set: CYCLE_VALUES }))
  for (const station of [staff, lead, other, hq, exec]) await station.sync()
})
afterEach(() => world.close())

async function saved(station: Station, ...all: Intention[]): Promise<void> {
  for (const each of all) await save(station, each)
  await station.sync()
}

const mids = new Map<string, number>()
/** What the server answers to a raw request of this person, whatever their tablet would have refused. */
async function raw({ actor: { uid } }: Station, what: Intention, rev = 0): Promise<unknown> {
  const mid = (mids.get(uid + row) ?? 0) + 1
  mids.set(uid + row, mid)
  const answer = await push(
    world.deps,
    { uid, deviceId: asDeviceId(`dev-${uid}`) },
    {
      protocol: PROTOCOL_VERSION,
      clientId: `raw-${uid}`,
      mutations: [{ ...mutationJson(what), mid, base: { rev } }],
    },
  )
  return answer.ok && answer.value.type === 'receipts' ? answer.value.receipts[0] : answer
}
const REFUSED = { outcome: 'parked', reason: { type: 'notAllowed' } }

type Values = Readonly<Record<string, Json>>
const begin = (values: Values = WRITTEN): Intention =>
  intention('check', 'create', {
    id: check,
    set: { stage: 'draft', initiative: row, cycle: CYCLE, kind: 'interim', ...values },
  })
const move = (type: string, id: string, from: string, to: string): Intention =>
  intention(type, 'edit', { id, stage: from, set: { stage: to }, from: { stage: from } })
const submit = (): Intention => move('check', check, 'draft', 'submitted')

describe('a check', () => {
  test('is drafted by staff, submitted by the lead, and takes its row along', async () => {
    await saved(staff, begin())
    await lead.sync()
    await saved(lead, submit(), move('initiative', row, 'submitted', 'reviewed'))
    for (const station of [staff, other, hq, exec]) {
      await station.sync()
      expect(await shown(station, check)).toMatchObject({ ...WRITTEN, stage: 'submitted' })
      expect(await shown(station, row)).toMatchObject({ stage: 'reviewed' })
    }
  })

  test('as a draft is read by its unit alone; headquarters sees that there is one', async () => {
    await saved(staff, begin())
    for (const station of [lead, other, hq, exec]) await station.sync()
    expect(await shown(lead, check)).toMatchObject(WRITTEN)
    expect(await shown(hq, check)).toEqual({ stage: 'draft', initiative: row, cycle: CYCLE, kind: 'interim' })
    for (const station of [other, exec]) {
      expect(await shown(station, check)).toBeUndefined()
      expect(station.received.join()).not.toContain(WRITTEN.issues)
    }
    expect(hq.received.join()).not.toContain(WRITTEN.issues)
  })

  test('needs 達成度 and the opinion of a young member of staff', async () => {
    await saved(lead, begin({ achievement: 'achieved' }))
    expect(await raw(lead, submit(), 1)).toMatchObject({
      reason: { type: 'missingValue', field: 'opinions' },
    })
    expect(await raw(lead, begin({ opinions: ['　'] }))).toMatchObject({ reason: { type: 'invalidValue' } })
  })

  test('[S10] begun by two offline is one check, and the submission of one of them stands', async () => {
    await saved(staff, begin({ issues: '人手が足りない。' }))
    await saved(lead, begin({ achievement: 'partly', opinions: ['楽になった。'] }), submit())
    await staff.sync()
    expect(await shown(staff, check)).toMatchObject({
      ...{
        stage: 'submitted',
        achievement: 'partly',
        issues: '人手が足りない。',
        opinions: ['楽になった。'],
      },
    })
  })

  test('[S17] of a row that was returned meanwhile is kept, and the move of the row becomes 要確認', async () => {
    lead.network.online = false
    await saved(lead, begin(), submit(), move('initiative', row, 'submitted', 'reviewed'))
    const giveBack = { stage: 'returned', returnReason: '目標を書いてください。' }
    await saved(
      hq,
      intention('initiative', 'edit', {
        ...{ id: row, stage: 'submitted', set: giveBack, from: { stage: 'submitted' } },
      }),
    )
    lead.network.online = true
    await lead.sync()
    expect(await shown(lead, check)).toMatchObject({ stage: 'submitted' })
    expect(await shown(lead, row)).toMatchObject({ stage: 'returned' })
    const open = await lead.tablet.records.where('conflict', 'target', row)
    expect(open.map(({ record }) => record.fields['mine'])).toEqual(['reviewed'])
  })

  test('[S26] staff cannot submit it, and nobody else can write it', async () => {
    for (const station of [other, hq, exec]) expect(await raw(station, begin())).toMatchObject(REFUSED)
    const elsewhere = intention('check', 'create', {
      ...{ id: newId(), set: { stage: 'draft', initiative: row, cycle: CYCLE, kind: 'interim' } },
    })
    expect(await raw(lead, elsewhere)).toMatchObject(REFUSED)
    await saved(staff, begin())
    for (const station of [staff, other, hq, exec])
      expect(await raw(station, submit(), 1)).toMatchObject(REFUSED)
    expect(await raw(lead, move('check', check, 'draft', 'concluded'), 1)).toMatchObject(REFUSED)
    await lead.sync()
    await saved(lead, submit())
    const change = intention('check', 'edit', { id: check, stage: 'submitted', set: { next: '広げる。' } })
    for (const station of [staff, other, hq, exec])
      expect(await raw(station, change, 2)).toMatchObject(REFUSED)
  })

  test('結果まとめ concludes a row that came too late for 中間点検', async () => {
    const id = checkIdOf('cycle-2026-result', row)
    const values = { stage: 'draft', initiative: row, cycle: 'cycle-2026-result', kind: 'result' }
    await saved(
      lead,
      intention('check', 'create', {
        id,
        set: { ...values, achievement: 'exceeded', result: '待ち時間が半分。' },
      }),
      move('check', id, 'draft', 'concluded'),
      move('initiative', row, 'submitted', 'concluded'),
    )
    await hq.sync()
    expect(await shown(hq, row)).toMatchObject({ stage: 'concluded' })
    expect(await shown(hq, id)).toMatchObject({ result: '待ち時間が半分。' })
  })
})

test('[S26] cycles are headquarters’ alone', async () => {
  const values = { ...CYCLE_VALUES, kind: 'result' }
  for (const station of [staff, lead, exec]) {
    const start = intention('cycle', 'create', { id: 'cycle-2026-result', set: values })
    expect(await raw(station, start)).toMatchObject(REFUSED)
    expect(await raw(station, move('cycle', CYCLE, 'open', 'closed'), 1)).toMatchObject(REFUSED)
  }
})

describe('a meeting', () => {
  let meeting: string
  const plan = (id = meeting): Intention =>
    intention('meeting', 'create', {
      id,
      set: {
        ...{ stage: 'planned', kind: 'briefing', title: '中間報告会', date: '2026-11-20' },
        agenda: withItem([], { initiative: asRecordId(row), minutes: 10 }),
      },
    })
  const minute = (text: string, id = newId()): Intention =>
    intention('minute', 'create', { id, set: { stage: 'posted', meeting, initiative: row, text } })
  const action = (id: string): Intention =>
    intention('action', 'create', {
      ...{ id, set: { stage: 'open', meeting, text: '様式を配る', owner: 'kameido', dueDate: '2026-12-01' } },
    })
  beforeEach(() => {
    meeting = newId()
  })

  test('what two people write in it offline is all there afterwards, and everybody reads it', async () => {
    const second = await openStation(world, await enrol(world, 'hq2', 'somu', ['hq']))
    await saved(hq, plan())
    await second.sync()
    for (const station of [hq, second]) station.network.online = false
    await save(hq, minute('予算を確かめる。'))
    await save(second, minute('他の所でも使える。'))
    const id = newId()
    await save(second, action(id))
    for (const station of [hq, second]) station.network.online = true
    for (const station of [hq, second, lead, exec]) await station.sync()
    for (const station of [lead, exec]) {
      await station.sync()
      const texts = await station.tablet.records.where('minute', 'meeting', meeting)
      expect(texts.map(({ record }) => record.fields['text']).sort()).toEqual([
        '予算を確かめる。',
        '他の所でも使える。',
      ])
      expect(await shown(station, id)).toMatchObject({ owner: 'kameido', stage: 'open' })
    }
    await saved(lead, move('action', id, 'open', 'done'))
    await hq.sync()
    expect(await shown(hq, id)).toMatchObject({ stage: 'done' })
  })

  test('[S20] takes what was written in it along when it is removed', async () => {
    const id = newId()
    await saved(hq, plan(), minute('消えるメモ。', id))
    await lead.sync()
    expect(await shown(lead, id)).toBeDefined()
    await saved(hq, intention('meeting', 'remove', { id: meeting, stage: 'planned', set: {} }))
    await lead.sync()
    expect(await shown(lead, meeting)).toBeUndefined()
    expect(await shown(lead, id)).toBeUndefined()
    expect(lead.engine.status).toEqual({ type: 'allSent' })
  })

  test('[S26] units and executives write nothing in it; only the owner says that an action is done', async () => {
    await saved(hq, plan())
    const id = newId()
    await saved(hq, action(id))
    for (const station of [staff, lead, other, exec]) {
      expect(await raw(station, plan(newId()))).toMatchObject(REFUSED)
      expect(await raw(station, move('meeting', meeting, 'planned', 'held'), 1)).toMatchObject(REFUSED)
      expect(await raw(station, minute('横から。'))).toMatchObject(REFUSED)
      expect(await raw(station, action(newId()))).toMatchObject(REFUSED)
      const remove = intention('action', 'remove', { id, stage: 'open', set: {} })
      expect(await raw(station, remove, 1)).toMatchObject(REFUSED)
    }
    for (const station of [other, exec])
      expect(await raw(station, move('action', id, 'open', 'done'), 1)).toMatchObject(REFUSED)
    expect(await raw(staff, move('action', id, 'open', 'done'), 1)).toMatchObject({ outcome: 'accepted' })
  })
})
