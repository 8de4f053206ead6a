/** [S23] A snapshot that is damaged, gone or too old: the tablet gets everything all the same. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Intention } from '../../src/domain/mutation.ts'
import { START, type SnapshotWorld, held, openSnapshotWorld } from '../support/snapshotWorld.ts'
import { intention, newId } from '../support/world.ts'

let world: SnapshotWorld
beforeEach(async () => {
  world = await openSnapshotWorld()
})
afterEach(() => world.close())

const photo = (id: string, initiative: string, caption: string): Intention => {
  const facts = { width: 40, height: 30, bytes: 900, sha256: 'a'.repeat(64), thumbSha256: 'b'.repeat(64) }
  return intention('photo', 'create', { id, set: { stage: 'posted', initiative, caption, ...facts } })
}

describe('a snapshot that will not do', () => {
  const spoil = (change: (bytes: Uint8Array) => Uint8Array | undefined, which: RegExp): void => {
    for (const [key, bytes] of world.server.objects) {
      if (!which.test(key)) continue
      const spoilt = change(Uint8Array.from(bytes))
      if (spoilt === undefined) world.server.objects.delete(key)
      else world.server.objects.set(key, spoilt)
    }
  }
  const flip = (bytes: Uint8Array): Uint8Array =>
    bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 0x10 : byte))
  const cut = (bytes: Uint8Array): Uint8Array => bytes.slice(0, -3)

  test.each([
    ['a damaged part', flip, /-2$/],
    ['a part that is gone', () => undefined, /-2$/],
    ['a part that is cut off', cut, /-1$/],
    ['a manifest that is cut off', cut, /json$/],
    ['no manifest', () => undefined, /json$/],
  ] as const)(
    '[S23] %s: the tablet gets everything all the same, and the next one a new snapshot',
    async (_, change, which) => {
      await world.server.ask(world.kameido(), START)
      spoil(change, which)
      const disk = new IDBFactory()
      const { station } = await world.openNew(world.kameido(), { disk })
      expect(station.engine.status).toEqual({ type: 'allSent' })
      expect(await held(disk, world.kameido())).toEqual(await world.pulled(world.kameido()))
      const { lines } = await world.openNew(world.leads[1] ?? world.kameido())
      expect(lines.at(-1)).toBe('{"type":"end","more":false}')
      expect(world.server.reported).toEqual([])
    },
  )

  test('[S23] blobs out of order: it is reported, and the tablet pulls', async () => {
    world.server.objects.get = () => {
      throw new Error('no bucket')
    }
    const { station, lines } = await world.openNew(world.kameido())
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect(lines).toEqual([])
    expect(world.server.reported).toHaveLength(1)
  })

  test('[S23] one that has grown old is made anew once something has changed, not before', async () => {
    await world.server.ask(world.kameido(), START)
    const first = [...world.server.written]
    world.server.advance(60 * 60_000)
    await world.server.ask(world.kameido(), START)
    expect(world.server.written).toEqual(first)
    await world.changeSome('改めた題')
    await world.server.ask(world.kameido(), START)
    expect(world.server.written.length).toBeGreaterThan(first.length)
    world.server.advance(61 * 60_000)
    await world.changeSome('さらに改めた題')
    await world.server.ask(world.kameido(), START)
    expect(first.filter((key) => world.server.objects.has(key) && !key.endsWith('json'))).toEqual([])
  })

  test('[S18][S20] what has left a stream is in no part from then on, however young the snapshot', async () => {
    const id = newId()
    const [row] = world.published
    if (row === undefined) throw new Error('no row')
    await world.commit(row.actor, photo(id, row.id, '写してはいけない説明'))
    expect(await world.everyPart(world.kameido())).toContain('写してはいけない説明')
    await world.commit(row.actor, intention('photo', 'remove', { id, stage: 'posted', set: {} }))
    expect(await world.everyPart(world.kameido())).not.toContain('写してはいけない説明')
    const disk = new IDBFactory()
    await world.openNew(world.kameido(), { disk })
    expect(await held(disk, world.kameido())).toEqual(await world.pulled(world.kameido()))
  })
})
