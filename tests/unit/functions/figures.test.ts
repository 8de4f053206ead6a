/** 公表した集計 by raw requests: who publishes, what is refused, and that nobody edits what was published (M4-18). */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { history } from '../../../functions/src/handlers/history.ts'
import { pull } from '../../support/pulling.ts'
import type { Json } from '../../../src/domain/json.ts'
import { countLedger } from '../../../src/domain/ledger.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { type Send, callerOf, openOutboxes } from '../../support/outboxes.ts'
import { type World, enrol, intention, newId, openWorld } from '../../support/world.ts'

let world: World
let send: Send
beforeEach(async () => {
  world = await openWorld()
  const push = openOutboxes(world.deps)
  send = (uid, what) => push(uid, what, { rev: 1 })
  await enrol(world, 'hq', 'somu', ['hq'])
  await enrol(world, 'exec', 'somu', ['executive'])
  await enrol(world, 'admin', 'somu', ['admin'])
  await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
})
afterEach(() => world.close())

const LEDGER = countLedger(
  [{ leadUnit: 'kameido', unitLabel: '', theme: '窓口', progress: 'done', stage: 'submitted' }],
  { units: [{ id: 'kameido', shortName: '亀戸事務所', parent: '', ended: false }], themes: [] },
)
const published = (id: string, more: Readonly<Record<string, Json>> = {}): Intention =>
  intention('figures', 'create', {
    id,
    set: {
      ...{ stage: 'published', title: '11月の集計', asOf: '2026-11-20T14:59:59.999Z', fiscalYear: 2026 },
      ledger: LEDGER,
      ...more,
    },
  })
const edit = (id: string, set: Readonly<Record<string, Json>>, from = {}): Intention =>
  intention('figures', 'edit', { id, stage: 'published', set, from })

test.each(['lead', 'exec', 'admin'])('%s cannot publish', async (uid) => {
  expect(await send(uid, published(newId()))).toMatchObject({
    outcome: 'parked',
    reason: { type: 'notAllowed' },
  })
})

test('what headquarters publishes is read by everybody', async () => {
  const id = newId()
  expect(await send('hq', published(id))).toMatchObject({ outcome: 'accepted' })
  for (const uid of ['lead', 'exec', 'admin']) {
    const answer = await pull(world.deps, callerOf(uid), {
      ...{ protocol: PROTOCOL_VERSION, clientId: null, cursors: {} },
    })
    expect(JSON.stringify(answer)).toContain('11月の集計')
  }
})

test('figures that do not reconcile are refused, whoever sends them', async () => {
  const off = { ...LEDGER, total: { ...LEDGER.total, total: 2 } }
  const shifted = { ...LEDGER, themes: LEDGER.themes.slice(1) }
  for (const ledger of [off, shifted, {}, 'ledger'])
    expect(await send('hq', published(newId(), { ledger }))).toMatchObject({
      outcome: 'parked',
      reason: { type: 'invalidValue', field: 'ledger' },
    })
})

test('nobody edits what was published, not even headquarters', async () => {
  const id = newId()
  await send('hq', published(id))
  const other = { ...LEDGER, themes: LEDGER.themes.map((line) => ({ ...line, label: '別' })) }
  const changes = [
    { title: '別の名' },
    { asOf: '2026-11-21T14:59:59.999Z' },
    { fiscalYear: 2025 },
    { ledger: other },
  ]
  for (const uid of ['hq', 'lead', 'exec', 'admin'])
    for (const set of changes)
      expect(await send(uid, edit(id, set))).toMatchObject({
        outcome: 'parked',
        reason: { type: 'notAllowed' },
      })
})

test('headquarters takes it back, with a reason, which history keeps; it stays taken back', async () => {
  const id = newId()
  await send('hq', published(id))
  const withdrawn = (more = {}) => edit(id, { stage: 'withdrawn', ...more }, { stage: 'published' })
  expect(await send('lead', withdrawn({ withdrawReason: '誤り' }))).toMatchObject({ outcome: 'parked' })
  expect(await send('hq', withdrawn())).toMatchObject({
    outcome: 'parked',
    reason: { type: 'missingValue', field: 'withdrawReason' },
  })
  expect(await send('hq', withdrawn({ withdrawReason: '年度の誤り' }))).toMatchObject({ outcome: 'accepted' })
  expect(JSON.stringify(await history(world.deps, callerOf('exec'), { id }))).toContain('年度の誤り')
  const back = intention('figures', 'edit', {
    ...{ id, stage: 'withdrawn' },
    ...{ set: { stage: 'published' }, from: { stage: 'withdrawn' } },
  })
  expect(await send('hq', back)).toMatchObject({ outcome: 'parked', reason: { type: 'stageRefused' } })
})
