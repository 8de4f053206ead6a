/** [M12] Why personal data was kept travels with the row, so that headquarters sees it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asRecordId } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import type { KeptReason } from '../../src/domain/keptReasons.ts'
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
let first: Station
let second: Station
let lead: Station
let hq: Station

beforeEach(async () => {
  world = await openWorld()
  first = await openStation(world, await enrol(world, 'staff1', 'kameido', ['staff']))
  second = await openStation(world, await enrol(world, 'staff2', 'kameido', ['staff']))
  lead = await openStation(world, await enrol(world, 'lead', 'kameido', ['lead']))
  hq = await openStation(world, await enrol(world, 'hq', 'somu', ['hq']))
})
afterEach(() => world.close())

const reason = (field: string): KeptReason => ({ field, kind: 'phone', reason: 'published', note: '' })

interface Keeping {
  readonly from?: KeptReason[]
  readonly to: readonly Json[]
  readonly stage?: string
}

/** A row on every tablet of the unit and, once submitted, at headquarters. */
async function onEveryTablet(stage: 'draft' | 'submitted'): Promise<string> {
  const id = newId()
  const set = { ...draftValues('kameido', '棚の整理'), stage }
  await save(lead, intention('initiative', 'create', { id, set }))
  for (const station of [lead, first, second, hq]) await station.sync()
  return id
}
const keep = (station: Station, id: string, { from, to, stage = 'draft' }: Keeping): Promise<void> =>
  save(
    station,
    intention('initiative', 'edit', {
      id,
      stage,
      from: { keptReasons: from ?? null },
      set: { keptReasons: to },
    }),
  )

describe('keptReasons', () => {
  test('[S14] two people’s reasons, given offline, stand together', async () => {
    const id = await onEveryTablet('draft')
    await keep(first, id, { to: [reason('background')] })
    await keep(second, id, { to: [reason('plan')] })
    for (const station of [first, second, first]) await station.sync()
    expect((await shown(first, id))?.['keptReasons']).toEqual([reason('background'), reason('plan')])
  })

  test('[M12] headquarters sees the unit’s reasons, and gives its own with 差戻し', async () => {
    const id = await onEveryTablet('submitted')
    await keep(lead, id, { to: [reason('background')], stage: 'submitted' })
    await lead.sync()
    await hq.sync()
    expect((await shown(hq, id))?.['keptReasons']).toEqual([reason('background')])
    const both = [reason('background'), reason('returnReason')]
    await keep(hq, id, { from: [reason('background')], to: both, stage: 'submitted' })
    await hq.sync()
    const [entry] = await hq.tablet.records.some([asRecordId(id)])
    expect(entry).toMatchObject({ queued: 0, parked: 0 })
  })

  test('[M12] a reason that is none of the choices is refused', async () => {
    const id = await onEveryTablet('draft')
    const kept = keep(first, id, { to: [{ ...reason('plan'), reason: 'why not' }] })
    await expect(kept).rejects.toThrow('invalidValue')
  })
})
