/** Receipt numbers, which people read out on the telephone, stand for one change for ever. */
import { expect, test } from 'vitest'
import * as v from 'valibot'
import { pulledSchema } from '../../src/domain/patch.ts'
import { draftValues, enrol, intention, newId, openStation, openWorld, save } from '../support/world.ts'

test.each(['ome', 'hq', 'master', 'S0'])(
  '[S13] streams of one name never share a receipt number: a person %s in a unit of that id',
  async (name) => {
    const world = await openWorld()
    const actor = await enrol(world, name, name, ['staff', 'lead'])
    const [one, two] = [await openStation(world, actor), await openStation(world, actor)]
    const id = newId()
    const edit = (title: string, from: string) =>
      intention('initiative', 'edit', { id, stage: 'draft', set: { title }, from: { title: from } })
    await save(one, intention('initiative', 'create', { id, set: draftValues(name, '題0') }))
    await one.sync()
    for (let round = 1; round <= 4; round += 1) {
      await two.sync()
      await save(one, edit(`題${round}`, `題${round - 1}`))
      await save(two, edit(`別の題${round}`, `題${round - 1}`))
      await save(two, intention('initiative', 'create', { id: newId(), set: submitted(name, round) }))
      for (const station of [one, two, one]) await station.sync()
    }
    const rows = [...one.received, ...two.received].flatMap((text) => {
      const pulled = v.safeParse(pulledSchema, JSON.parse(text))
      return pulled.success ? pulled.output.pages.flatMap((page) => page.rows) : []
    })
    const uses = Map.groupBy(rows, (row) => ('over' in row ? row.receiptNo : row.record?.receiptNo))
    const shared = [...uses].filter(
      ([number, all]) => typeof number === 'string' && new Set(all.map((row) => row.id)).size > 1,
    )
    expect(shared.map(([number]) => number)).toEqual([])
    expect(uses.size).toBeGreaterThan(12)
    await world.close()
  },
)

const submitted = (unit: string, round: number) => ({
  ...draftValues(unit, `提出${round}`),
  stage: 'submitted',
})
