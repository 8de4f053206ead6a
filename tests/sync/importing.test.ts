/** 取込 (M2-12) through real tablets and handlers: broken off, repeated, done twice at once, and after the unit went on writing. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { push } from '../../functions/src/handlers/push.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asClientId, asDeviceId } from '../../src/domain/ids.ts'
import { type InitiativeSheet, identifyRows } from '../../src/domain/importIdentity.ts'
import { type RowPlan, createRowPlanner } from '../../src/domain/importInitiatives.ts'
import { guessMapping } from '../../src/domain/sheetColumns.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import {
  type Station,
  type World,
  enrol,
  intention,
  openStation,
  openWorld,
  save,
  shown,
} from '../support/world.ts'

const UNITS = [{ id: 'kameido', name: '亀戸事務所', shortName: '亀戸', kind: 'office', parent: '', order: 1 }]
const ROWS = 12
const rows = Array.from({ length: ROWS }, (_, index) => ({
  line: index + 2,
  cells: { No: String(index + 1), 取組内容: `取組${index + 1}`, 部所名: '亀戸事務所' },
}))
const SHEET: InitiativeSheet = {
  rows,
  columns: guessMapping(['No', '取組内容', '部所名']),
  fiscalYear: 2026,
}

let world: World
let hq: Actor
beforeEach(async () => {
  world = await openWorld()
  hq = await enrol(world, 'hq', 'somu', ['hq'])
})
afterEach(() => world.close())

/** What importing the sheet would do on this tablet now. */
async function planned({ tablet, actor }: Station, sheet = SHEET): Promise<RowPlan[]> {
  const known = (await tablet.records.all()).map(({ id, facets }) => ({
    id,
    fiscalYear: Number(facets['fiscalYear']),
    no: typeof facets['no'] === 'number' ? facets['no'] : null,
    title: String(facets['title']),
    unitLabel: String(facets['unitLabel']),
  }))
  const planner = createRowPlanner({ ...sheet, units: UNITS, actor, at: '2026-11-20T00:00:00.000Z' })
  const plans: RowPlan[] = []
  for (const [index, identity] of identifyRows(sheet, known).entries()) {
    const row = sheet.rows[index]
    if (row === undefined) continue
    const found = 'error' in identity ? undefined : await tablet.records.read(identity.id)
    plans.push(planner.plan(row, identity, found?.record))
  }
  return plans
}
const statuses = async (station: Station): Promise<string[]> =>
  (await planned(station)).map(({ status }) => status)
async function apply(station: Station, plans: readonly RowPlan[]): Promise<void> {
  for (const { intention: what } of plans) if (what !== undefined) await save(station, what)
}

test('an import broken off goes on where it was, also unsent and after a restart, and then changes nothing', async () => {
  const idb = new IDBFactory()
  const first = await openStation(world, hq, idb)
  first.network.online = false
  await apply(first, (await planned(first)).slice(0, 5))
  await first.tablet.close()
  const again = await openStation(world, hq, idb)
  expect(await statuses(again)).toEqual([...Array(5).fill('same'), ...Array(ROWS - 5).fill('new')])
  await apply(again, await planned(again))
  await again.sync()
  expect(await statuses(again)).toEqual(Array(ROWS).fill('same'))
  const office = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
  expect(await shown(office, 'import.fy2026.12')).toMatchObject({ title: '取組12', stage: 'submitted' })
})

test('[S10] two of headquarters import the same list at once: each row is there once, without conflicts', async () => {
  const other = await enrol(world, 'hq2', 'somu', ['hq'])
  const [a, b] = [await openStation(world, hq), await openStation(world, other)]
  await apply(a, await planned(a))
  await apply(b, await planned(b))
  await a.sync()
  await b.sync()
  await a.sync()
  const types = (await a.tablet.records.all()).map(({ type }) => type)
  expect(types.filter((type) => type === 'initiative').length).toBe(ROWS)
  expect(types).not.toContain('conflict')
  expect(await b.tablet.outbox.unsettled()).toEqual([])
})

test('what the unit wrote since stays: the list imported again is told where it differs, and saves nothing', async () => {
  const station = await openStation(world, hq)
  await apply(station, await planned(station))
  await station.sync()
  const office = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
  await save(
    office,
    intention('initiative', 'edit', {
      id: 'import.fy2026.3',
      stage: 'submitted',
      from: { title: '取組3' },
      set: { title: '取組3を直した' },
    }),
  )
  await office.sync()
  await station.sync()
  const plans = await planned(station)
  expect(plans[2]).toMatchObject({
    status: 'kept',
    kept: [{ field: 'title', from: '取組3を直した', to: '取組3' }],
  })
  expect(plans.every((plan) => plan.intention === undefined)).toBe(true)
})

test.each([
  ['the unit’s staff', ['staff']],
  ['the unit’s lead', ['lead']],
  ['the executive', ['executive']],
  ['an administrator', ['admin']],
] as const)('%s cannot import: a request made by hand is parked', async (_, roles) => {
  const station = await openStation(world, hq)
  const [plan] = await planned(station)
  if (plan?.intention === undefined) throw new Error('nothing planned')
  const answer = await push(
    world.deps,
    { uid: (await enrol(world, 'caller', 'kameido', roles)).uid, deviceId: asDeviceId('dev-caller') },
    {
      protocol: PROTOCOL_VERSION,
      clientId: asClientId('by-hand'),
      mutations: [{ ...plan.intention, mid: 1, base: { rev: 0 } }],
    },
  )
  expect(answer).toMatchObject({ ok: true, value: { receipts: [{ outcome: 'parked' }] } })
  await station.sync()
  expect(await shown(station, 'import.fy2026.1')).toBeUndefined()
})
