/** [S6] A tablet that is open all day asks every half minute: where nothing is new it only reads. */
import { IDBObjectStore } from 'fake-indexeddb'
import { expect, test, vi } from 'vitest'
import {
  type Station,
  draftValues,
  enrol,
  intention,
  newId,
  openStation,
  openWorld,
  save,
} from '../support/world.ts'

/** Writes to the tablets' databases while `act` runs. */
async function writesOf(act: () => Promise<void>): Promise<number> {
  const spies = (['add', 'put', 'delete', 'clear'] as const).map((method) =>
    vi.spyOn(IDBObjectStore.prototype, method),
  )
  await act()
  const writes = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
  for (const spy of spies) spy.mockRestore()
  return writes
}

async function create(station: Station, title: string): Promise<void> {
  await save(station, intention('initiative', 'create', { id: newId(), set: draftValues('kameido', title) }))
  await station.sync()
}

async function titles({ tablet }: Station): Promise<unknown[]> {
  const entries = await tablet.records.all()
  return entries.flatMap(({ type, facets, queued }) =>
    type === 'initiative' && queued === 0 ? [facets['title']] : [],
  )
}

test('[S6] a pull with nothing new writes nothing; what comes later arrives, and what was sent is let go', async () => {
  const world = await openWorld()
  try {
    const reader = await openStation(world, await enrol(world, 'reader', 'kameido', ['staff']))
    const writer = await openStation(world, await enrol(world, 'writer', 'kameido', ['staff']))
    await create(writer, '前からある取組')
    expect(await writesOf(() => reader.sync())).toBeGreaterThan(0)
    expect(await writesOf(() => reader.sync())).toBe(0)

    await create(writer, 'あとから来た取組')
    await reader.sync()
    expect(await titles(reader)).toEqual(['前からある取組', 'あとから来た取組'])

    await create(reader, '自分の取組')
    expect(await titles(reader)).toContain('自分の取組')
    expect(await writesOf(() => reader.sync())).toBe(0)
  } finally {
    await world.close()
  }
})
