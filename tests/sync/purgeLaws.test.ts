/** [S18] What holds of every purge: who may, that it is done once and to the end, and that after any course of events nothing is left. */
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { purge, purgeExtent } from '../../functions/src/handlers/purge.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { callerOf } from '../support/outboxes.ts'
import type { PhotoStation } from '../support/photoStation.ts'
import {
  CLEAN,
  type PurgeWorld,
  SCOPES,
  WORD,
  fill,
  newInitiative,
  noteOf,
  openPurgeWorld,
  row,
  textEdit,
} from '../support/purgeWorld.ts'
import { end } from '../support/revocable.ts'
import { inconsistencies } from '../support/storeConsistency.ts'
import { tracesInStore } from '../support/traces.ts'
import { draftValues, enrol, intention, newId, save, shown } from '../support/world.ts'

let world: PurgeWorld
beforeEach(async () => {
  world = await openPurgeWorld()
})
afterEach(() => world.close())

describe('who may', () => {
  const ask = { id: row, scope: 'record', reason: '氏名' }
  let hq: Actor
  beforeEach(async () => {
    hq = (await fill(world, { hanging: false })).office.actor
    await enrol(world, 'exec', 'somu', ['executive'])
    await enrol(world, 'admin', 'somu', ['admin'])
  })

  test('[S18] nobody but headquarters, not even an administrator; a stopped person or tablet neither', async () => {
    const isRefused = async (uid: string, type: string): Promise<void> => {
      const refused = { ok: false, error: { type } }
      expect(await purge(world.purgeDeps, callerOf(uid), ask)).toEqual(refused)
      expect(await purgeExtent(world.deps, callerOf(uid), { id: row, scope: 'record' })).toEqual(refused)
    }
    for (const uid of ['lead', 'staff', 'other', 'exec', 'admin']) await isRefused(uid, 'forbidden')
    await end(world, hq, 'device')
    await isRefused('hq', 'revoked')
    expect(tracesInStore(world.path, WORD)).not.toEqual([])
  })

  test('[S18] a reason, and fields in which people write freely, of records that headquarters reads', async () => {
    const refused = [
      { ...ask, reason: ' ' },
      { ...ask, reason: 'あ'.repeat(201) },
      { ...ask, scope: [] },
      { ...ask, scope: ['no'] },
      { ...ask, scope: ['progress'] },
      { ...ask, scope: 'everything' },
      { id: row, scope: 'record' },
      { ...ask, extra: 1 },
      { ...ask, rev: -1 },
    ]
    for (const body of refused)
      expect(await purge(world.purgeDeps, callerOf('hq'), body)).toEqual({
        ok: false,
        error: { type: 'invalid' },
      })
    const draft = newId()
    const values = draftValues('kameido', '下書き')
    await world.pushRaw('lead', intention('initiative', 'create', { id: draft, set: values }))
    for (const id of ['staff', 'dev-staff', draft, newId()])
      expect(await world.destroy('record', id)).toEqual({ ok: false, error: { type: 'notFound' } })
  })
})

test.each(SCOPES)(
  '[S18] asked for several times at once it is done, and told, once: $scope',
  async ({ scope }) => {
    const { author, elsewhere } = await fill(world, { hanging: true })
    const all = await Promise.all([world.destroy(scope), world.destroy(scope), world.destroy(scope)])
    expect(all.every(({ ok }) => ok)).toBe(true)
    const answer = await world.historyFor('hq')
    expect(answer.ok && answer.value.entries.filter(({ op }) => op === 'purge')).toHaveLength(1)
    if (scope !== 'record') return
    for (const station of [author, elsewhere]) await station.sync()
    expect(await world.traces([elsewhere])).toEqual([])
  },
)

test('[S18] broken off at any place and sent again it finishes; once more it has nothing to do', async () => {
  const { author, elsewhere } = await fill(world, { hanging: true })
  const { storage } = world.deps
  for (let allowed = 0; ; allowed += 1) {
    let left = allowed
    const transact: Storage['transact'] = (work) => {
      left -= 1
      return left < 0 ? Promise.reject(new Error('The power went.')) : storage.transact(work)
    }
    const failing = { ...storage, transact }
    const done = await purge({ ...world.purgeDeps, storage: failing }, callerOf('hq'), {
      ...{ id: row, scope: 'record', reason: '氏名' },
    }).catch(() => undefined)
    if (done?.ok === true) break
    expect(allowed).toBeLessThan(40)
  }
  for (const station of [author, elsewhere]) await station.sync()
  expect(await world.traces([elsewhere])).toEqual([])
  const again = await world.destroy('record')
  expect(again).toEqual({
    ok: true,
    value: { history: 0, conflicts: 0, openConflicts: 0, parked: 0, records: {} },
  })
  const answer = await world.historyFor('hq')
  expect(answer.ok && answer.value.entries.filter(({ op }) => op === 'purge')).toHaveLength(1)
  expect(inconsistencies(world.path)).toEqual([])
})

const act = fc.record({
  tablet: fc.nat({ max: 2 }),
  kind: fc.constantFrom('edit', 'edit', 'edit', 'note', 'sync', 'sync', 'offline', 'online', 'purge'),
})
/** Same seed, same courses of events. */
const COURSES = fc.sample(fc.array(act, { minLength: 12, maxLength: 30 }), { numRuns: 5, seed: 18 })

test.each(COURSES.map((acts, n) => ({ n, acts })))(
  '[S18] course of events $n: whatever was purged and synced in between, in the end nothing is left, and all agree',
  async ({ acts }) => {
    const lead = await enrol(world, 'lead', 'kameido', ['staff', 'lead'])
    const staff = await enrol(world, 'staff', 'kameido', ['staff'])
    const other = await enrol(world, 'other', 'osaki', ['staff', 'lead'])
    await enrol(world, 'hq', 'somu', ['hq'])
    const author = await world.open(lead)
    await save(author, newInitiative(row, { detail: `${WORD}の初め。` }))
    for (const n of [1, 2, 3]) await save(author, newInitiative(newId(), { detail: `ほかの取組${n}` }))
    await author.sync()
    const all = [author, await world.open(staff), await world.open(other)]
    for (const station of all) await station.sync()
    const detailOn = async (station: PhotoStation): Promise<string> =>
      String((await shown(station, row))?.['detail'])

    for (const [n, { tablet, kind }] of acts.entries()) {
      const station = all[tablet] ?? author
      if (kind === 'offline' || kind === 'online') station.network.online = kind === 'online'
      if (kind === 'sync') await station.sync()
      if (kind === 'purge') expect(await world.destroy(['detail'])).toMatchObject({ ok: true })
      if (tablet === 2) continue
      if (kind === 'edit') await save(station, textEdit(await detailOn(station), `${WORD}に${n}回。`))
      if (kind === 'note') await save(station, noteOf(`${WORD}に電話、${n}。`))
    }

    for (const station of all) {
      station.network.online = true
      await station.sync()
    }
    await author.sync()
    await save(author, textEdit(await detailOn(author), CLEAN))
    await author.sync()
    const notes = await author.tablet.records.where('note', 'initiative', row)
    for (const id of notes.map(({ record }) => record.id)) await world.destroy('record', id)
    expect(await world.destroy(['detail'])).toMatchObject({ ok: true })
    for (const station of all) {
      await station.sync()
      for (const { n } of await station.tablet.outbox.unsettled())
        await station.tablet.outbox.discardParked(n)
      await station.sync()
      expect(await detailOn(station)).toBe(CLEAN)
    }
    expect(await world.traces(all)).toEqual([])
    expect(inconsistencies(world.path)).toEqual([])
  },
)
