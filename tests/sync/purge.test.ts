/** [S18] Personal data stored by mistake is destroyed everywhere: the word is put wherever the product keeps anything, and looked for. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { purgeExtent } from '../../functions/src/handlers/purge.ts'
import { asRecordId } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { PURGED_VALUE } from '../../src/domain/purgeMark.ts'
import { checkIdOf } from '../../src/domain/types/check.ts'
import { cycleIdOf } from '../../src/domain/types/cycle.ts'
import { callerOf } from '../support/outboxes.ts'
import { picture } from '../support/photoStation.ts'
import { CLEAN, type PurgeWorld, SCOPES, WORD, fill, openPurgeWorld, row } from '../support/purgeWorld.ts'
import { inconsistencies } from '../support/storeConsistency.ts'
import { tracesOnTablet } from '../support/traces.ts'
import { intention, newId, shown } from '../support/world.ts'

let world: PurgeWorld
beforeEach(async () => {
  world = await openPurgeWorld()
})
afterEach(() => world.close())

describe.each(SCOPES)('$scope', ({ scope }) => {
  test('[S18] nothing is left of it, on the server nor on any tablet that has synced', async () => {
    const hanging = scope === 'record'
    const { author, colleague, elsewhere, office } = await fill(world, { hanging })
    const all = [author, colleague, elsewhere, office]
    for (const station of all)
      expect(await tracesOnTablet(station.disk, station.actor.uid, WORD)).not.toEqual([])
    expect(await world.traces([])).not.toEqual([])
    expect(world.photos.size).toBe(hanging ? 2 : 0)

    const expected = await purgeExtent(world.deps, callerOf('hq'), { id: row, scope })
    const done = await world.destroy(scope)
    expect(done).toEqual(expected)
    expect(done).toMatchObject({ ok: true, value: { conflicts: 1, openConflicts: 1, parked: 2 } })
    for (const station of all) await station.sync()
    for (const station of all) await station.sync()

    expect(await world.traces(all)).toEqual([])
    expect(world.photos.size).toBe(0)
    for (const { shelf } of all) expect(await shelf.waiting()).toEqual([])
    expect(inconsistencies(world.path)).toEqual([])
    const left = await Promise.all(all.map((station) => shown(station, row)))
    for (const fields of left) expect(fields?.['detail']).toBe(hanging ? undefined : CLEAN)
  })
})

test('[S18] histories go on telling who changed what and when, and what was destroyed and why', async () => {
  const { author, elsewhere } = await fill(world, { hanging: false })
  await world.destroy(['detail'])
  for (const station of [author, elsewhere]) {
    const answer = await world.historyFor(station.actor.uid)
    if (!answer.ok) throw new Error('no history')
    const changes = answer.value.entries.flatMap(({ set, conflicted }) => [
      ...Object.values({ detail: set['detail'] }),
      ...conflicted,
    ])
    expect(changes).toEqual([
      { from: null, to: PURGED_VALUE },
      { from: PURGED_VALUE, to: PURGED_VALUE },
      undefined,
      'detail',
      { from: PURGED_VALUE, to: CLEAN },
      undefined,
    ])
    expect(answer.value.entries.at(-1)).toMatchObject({
      ...{ op: 'purge', by: 'hq', set: {} },
      purge: { scope: ['detail'], reason: '住民の氏名が書かれていたため' },
    })
  }
})

test('[S18] a photo is destroyed by itself, its bytes and its words', async () => {
  const { author, office } = await fill(world, { hanging: true })
  const [photo] = await office.tablet.records.where('photo', 'initiative', row)
  expect(await world.destroy('record', photo?.record.id)).toMatchObject({
    ok: true,
    value: { records: { photo: 1 } },
  })
  expect(world.photos.size).toBe(0)
  for (const station of [author, office]) {
    await station.sync()
    expect(await station.shelf.read(String(photo?.record.fields['sha256']))).toBeUndefined()
    expect(await shown(station, row)).toBeDefined()
  }
})

test('[S18] a photo that was removed before takes its bytes along too; those of others stay', async () => {
  const { elsewhere, office } = await fill(world, { hanging: true })
  const [photo] = await office.tablet.records.where('photo', 'initiative', row)
  const id = photo?.record.id ?? row
  const other = { sha256: 'f'.repeat(64), bytes: new TextEncoder().encode('別の写真').buffer }
  const facts = { width: 640, height: 480, bytes: 12, sha256: other.sha256, thumbSha256: 'e'.repeat(64) }
  const [, another] = await office.tablet.records.where('initiative', 'leadUnit', 'kameido')
  await world.pushRaw(
    'lead',
    intention('photo', 'create', {
      ...{ id: newId(), set: { stage: 'posted', initiative: another?.record.id ?? row, ...facts } },
    }),
  )
  await world.pushRaw('lead', intention('photo', 'remove', { id, set: {}, stage: 'posted' }), { rev: 1 })
  for (const station of [elsewhere, office]) {
    await station.sync()
    expect(await station.tablet.records.where('photo', 'initiative', row)).toEqual([])
    await station.shelf.cache({ id: asRecordId(newId()), field: 'sha256', sha256: other.sha256 }, other.bytes)
  }
  await world.destroy('record')
  for (const station of [elsewhere, office]) {
    await station.sync()
    expect(await station.shelf.read(other.sha256)).toBeDefined()
    expect(await tracesOnTablet(station.disk, station.actor.uid, WORD)).toEqual([])
  }
})

test('[S18] a note takes the photos taken for it along', async () => {
  const { office } = await fill(world, { hanging: true })
  const [note] = await office.tablet.records.where('note', 'initiative', row)
  const { sha256: hash, thumbSha256, width, height, bytes } = picture()
  const facts = { sha256: hash, thumbSha256, width, height, bytes, note: note?.record.id ?? '' }
  const added = await world.pushRaw(
    'lead',
    intention('photo', 'create', { id: newId(), set: { stage: 'posted', initiative: row, ...facts } }),
  )
  expect(added?.outcome).toBe('accepted')
  expect(await world.destroy('record', note?.record.id)).toMatchObject({
    ok: true,
    value: { records: { note: 1, photo: 1 } },
  })
  // One that comes late is not taken.
  const late = { ...facts, sha256: thumbSha256, thumbSha256: hash }
  const refused = await world.pushRaw(
    'lead',
    intention('photo', 'create', { id: newId(), set: { stage: 'posted', initiative: row, ...late } }),
  )
  expect(refused?.reason?.type).toBe('purged')
})

test.each(SCOPES)(
  '[S18] a form that is kept keeps what was typed, not what it began from: $scope',
  async ({ scope }) => {
    const { elsewhere: station } = await fill(world, { hanging: false })
    const started = (await station.tablet.records.read(asRecordId(row)))?.record
    expect(started?.fields['detail']).toContain(WORD)
    const forms = {
      untouched: { recordId: row, started, draft: { detail: started?.fields['detail'], plan: '続ける。' } },
      edited: { recordId: row, started, draft: { detail: '窓口で会った。', plan: '' } },
    }
    for (const [id, value] of Object.entries(forms)) await station.tablet.forms.keep(id, value)
    await world.destroy(scope)
    await station.sync()
    expect(await tracesOnTablet(station.disk, station.actor.uid, WORD)).toEqual([])
    const now = scope === 'record' ? '' : CLEAN
    expect(await station.tablet.forms.load('untouched')).toMatchObject({
      draft: { detail: now, plan: '続ける。' },
    })
    expect(await station.tablet.forms.load('edited')).toMatchObject({
      ...{ started: { fields: { detail: PURGED_VALUE } }, draft: { detail: '窓口で会った。' } },
    })
    const late = intention('initiative', 'edit', {
      ...{ id: row, set: { detail: '窓口で会った。' }, from: { detail: PURGED_VALUE }, stage: 'submitted' },
    })
    expect(await world.pushRaw('staff', late)).toMatchObject({ reason: { type: 'purged' } })
  },
)

test('[S18] what is written in meetings and 点検票 can be destroyed as well', async () => {
  const { office } = await fill(world, { hanging: false })
  const [meeting, minute, action] = [newId(), newId(), newId()]
  const cycle = cycleIdOf(2026, 'interim')
  const check = checkIdOf(cycle, asRecordId(row))
  const made = [
    intention('meeting', 'create', {
      id: meeting,
      set: {
        stage: 'planned',
        kind: 'board',
        title: `${WORD}の件`,
        date: '2026-11-20',
        place: `${WORD}宅`,
      },
    }),
    intention('minute', 'create', { id: minute, set: { stage: 'posted', meeting, text: `${WORD}が発言` } }),
    intention('action', 'create', {
      id: action,
      set: { stage: 'open', meeting, text: `${WORD}に連絡`, owner: 'kameido' },
    }),
    intention('cycle', 'create', {
      id: cycle,
      set: {
        ...{ stage: 'open', fiscalYear: 2026, kind: 'interim', note: `${WORD}のこと` },
        ...{ opens: '2026-10-01', dueDate: '2026-12-01' },
      },
    }),
  ]
  for (const what of made) expect((await world.pushRaw('hq', what))?.reason).toBeUndefined()
  const written = intention('check', 'create', {
    id: check,
    set: { stage: 'draft', initiative: row, cycle, kind: 'interim', opinions: [WORD], issues: WORD },
  })
  expect(await world.pushRaw('lead', written)).toMatchObject({ outcome: 'accepted' })
  const clear = (type: string, id: string, from: Record<string, Json>, stage: string): Intention =>
    intention(type, 'edit', {
      ...{ id, from, stage, set: Object.fromEntries(Object.keys(from).map((field) => [field, null])) },
    })
  await world.pushRaw('hq', clear('cycle', cycle, { note: `${WORD}のこと` }, 'open'), { rev: 1 })
  await world.pushRaw('lead', clear('check', check, { opinions: [WORD], issues: WORD }, 'draft'), { rev: 1 })
  await office.sync()

  for (const id of [check, cycle])
    expect(await world.destroy('record', id)).toEqual({ ok: false, error: { type: 'invalid' } })
  expect(await world.destroy(['opinions', 'issues'], check)).toMatchObject({
    ok: true,
    value: { history: 2 },
  })
  expect(await world.destroy(['note'], cycle)).toMatchObject({ ok: true, value: { history: 2 } })
  expect(await world.destroy('record', minute)).toMatchObject({ ok: true, value: { records: { minute: 1 } } })
  expect(await world.destroy('record', meeting)).toMatchObject({
    ok: true,
    value: { records: { meeting: 1, action: 1 } },
  })
  await world.destroy(['detail'])
  await office.sync()
  expect(await world.traces([office])).toEqual([])
  expect(await shown(office, cycle)).toMatchObject({ fiscalYear: 2026 })
})
