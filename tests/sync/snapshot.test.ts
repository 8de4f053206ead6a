/** [S23] An empty replica starts from a snapshot: it ends as one that pulled every page, whatever happens on the way. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { err } from '../../src/domain/result.ts'
import type { SyncStatus } from '../../src/sync/status.ts'
import { openRestorableWorld } from '../support/restorableWorld.ts'
import { pagesOf, piecesOf, serveSnapshots } from '../support/snapshots.ts'
import { START, type SnapshotWorld, held, openSnapshotWorld, packs } from '../support/snapshotWorld.ts'
import { draftValues, intention, newId, openStation, save, shown } from '../support/world.ts'

/** begin, page, end. */
const LINES_OF_PART = 3

let world: SnapshotWorld
beforeEach(async () => {
  world = await openSnapshotWorld()
})
afterEach(() => world.close())

/** Rows that crossed the wire. */
const seqsIn = (texts: readonly string[]): number =>
  texts.flatMap((text) => text.match(/"seq":/g) ?? []).length

describe('starting from a snapshot', () => {
  test('[S23][S22] ends with the rows, cursors, counts and sums of a paged pull, and the pull brings what it lacked', async () => {
    const disk = new IDBFactory()
    await world.server.ask(world.kameido(), START)
    await world.changeSome('改めた題')
    const { station, lines } = await world.openNew(world.kameido(), { disk })
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect(await held(disk, world.kameido())).toEqual(await world.pulled(world.kameido()))
    const byPages = await openStation(world, world.leads[1] ?? world.kameido())
    world.opened.push(byPages)
    expect(seqsIn(lines)).toBeGreaterThan(seqsIn(station.received))
    expect(seqsIn(station.received)).toBeLessThan(seqsIn(byPages.received))
  })

  test('[S23] is over once a pull was complete: from then on the tablet pulls alone', async () => {
    const { station, lines } = await world.openNew(world.kameido())
    const before = lines.length
    await world.changeSome('あとの題')
    await station.sync()
    expect(lines.length).toBe(before)
    expect(await shown(station, world.published[0]?.id ?? '')).toMatchObject({ title: 'あとの題' })
  })

  test('[S23] shows how far it is in rows, and what has come is on the list at once', async () => {
    const statuses: SyncStatus[] = []
    const listed: number[] = []
    let down = true
    const source = world.server.sourceFor(world.kameido())
    const station = await openStation(
      world.withStore(() => down),
      world.kameido(),
      new IDBFactory(),
      {
        packs,
        snapshots: {
          read: (request, take) =>
            down
              ? Promise.resolve(err({ type: 'offline' }))
              : source.read(request, async (line) => {
                  await take(line)
                  listed.push((await station.tablet.records.all()).length)
                }),
        },
      },
    )
    world.opened.push(station)
    down = false
    station.engine.onStatus((status) => statuses.push(status))
    await station.sync()
    const loading = statuses.flatMap((status) => (status.type === 'loading' ? [status] : []))
    expect(loading.length).toBeGreaterThan(2)
    const rows = loading.map((status) => status.rows)
    expect(rows).toEqual([...rows].sort((a, b) => a - b))
    for (const status of loading) expect(status.rows).toBeLessThanOrEqual(status.total)
    expect(new Set(listed).size).toBeGreaterThan(2)
    expect(station.engine.status).toEqual({ type: 'allSent' })
  })

  test('[S23] tablets that start together have one snapshot made', async () => {
    await Promise.all(world.leads.map((actor) => world.openNew(actor)))
    expect(world.server.written.filter((key) => key.endsWith('current.json'))).toHaveLength(1)
    for (const { engine } of world.opened) expect(engine.status).toEqual({ type: 'allSent' })
  })

  test('[S23] the first pages are short: of rows with long texts something is soon on the list', async () => {
    const pagesWith = async (firstChars: number): Promise<{ stream: string; rows: number }[]> => {
      world.server = serveSnapshots(world, { minRows: 1, firstChars })
      return pagesOf(await world.everyPart(world.kameido())).map(({ stream, rows }) => ({
        stream,
        rows: rows.length,
      }))
    }
    const [whole, ...others] = await pagesWith(Number.POSITIVE_INFINITY)
    const [first, rest, ...following] = await pagesWith(1)
    expect(first).toEqual({ ...whole, rows: 1 })
    expect(rest).toEqual({ ...whole, rows: (whole?.rows ?? 0) - 1 })
    expect(following).toEqual(others)
  })

  test('[S23] few rows are pulled: no snapshot is made of them', async () => {
    world.server = serveSnapshots(world, {})
    const { station, lines } = await world.openNew(world.kameido())
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect(lines).toEqual([])
    expect(world.server.written).toEqual([])
  })
})

describe('a tablet that is killed on the way', () => {
  test('[S21][S23] at any line goes on from there, whatever changed meanwhile', async () => {
    const { lines } = await world.openNew(world.kameido())
    for (let kill = 0; kill < lines.length; kill += 1) {
      const disk = new IDBFactory()
      let station = await world.openKilledAt(kill, disk)
      expect(station.engine.status.type).not.toBe('allSent')
      station.tablet.close()
      if (kill % 3 === 0) await world.changeSome(`題${kill}`)
      if (kill % 4 === 0) world.server.advance(11 * 60_000)
      const again = world.server.sourceFor(world.kameido())
      station = await openStation(world, world.kameido(), disk, { snapshots: again, packs })
      expect(station.engine.status).toEqual({ type: 'allSent' })
      station.tablet.close()
      expect(await held(disk, world.kameido())).toEqual(await world.pulled(world.kameido()))
      if (kill > LINES_OF_PART && kill % 3 !== 0 && kill % 4 !== 0)
        expect(again.lines.length).toBeLessThan(piecesOf(await world.everyPart(world.kameido())).length)
    }
  })

  test('[S21][S23] between a pull and a snapshot older than it ends right as well', async () => {
    await world.server.ask(world.kameido(), START)
    await world.changeSome('改めた題')
    const disk = new IDBFactory()
    let station = await openStation(world, world.kameido(), disk)
    await forgetStarted(disk, world.kameido())
    station.tablet.close()
    station = await openStation(world, world.kameido(), disk, {
      snapshots: world.server.sourceFor(world.kameido()),
      packs,
    })
    world.opened.push(station)
    expect(await held(disk, world.kameido())).toEqual(await world.pulled(world.kameido()))
  })

  test('[S5][S23] overtaken by the pull of another tab does not fall back', async () => {
    const disk = new IDBFactory()
    const source = world.server.sourceFor(world.kameido(), async (count) => {
      if (count !== 4) return
      await world.changeSome('改めた題')
      const other = await openStation(world, world.kameido(), disk)
      other.tablet.close()
    })
    world.opened.push(
      await openStation(
        world.withStore(() => true),
        world.kameido(),
        disk,
        { snapshots: source, packs },
      ),
    )
    expect(source.lines.length).toBeGreaterThan(4)
    expect(await held(disk, world.kameido())).toEqual(await world.pulled(world.kameido()))
  })

  test('[S1][S23] keeps what was saved before its first rows came', async () => {
    const disk = new IDBFactory()
    const before = await world.openKilledAt(4, disk)
    const id = newId()
    await save(before, intention('initiative', 'create', { id, set: draftValues('kameido', '初日の取組') }))
    before.tablet.close()
    const { station } = await world.openNew(world.kameido(), { disk })
    expect(await station.tablet.outbox.unsettled()).toEqual([])
    expect(await shown(station, id)).toMatchObject({ title: '初日の取組' })
  })
})

test('[S22][S23] after a restore nothing of the time that was lost is handed out, also to a tablet in the middle', async () => {
  await world.close()
  const restorable = await openRestorableWorld()
  world = await openSnapshotWorld(restorable)
  restorable.backUp()
  await world.changeSome('失われた題')
  const disk = new IDBFactory()
  const before = await world.openKilledAt(12, disk)
  before.tablet.close()
  expect(await world.everyPart(world.kameido())).toContain('失われた題')
  await restorable.restore()
  // Its streams grow beyond where they were.
  for (const title of ['次の題', 'その次の題']) await world.changeSome(title)
  expect(await world.everyPart(world.kameido())).not.toContain('失われた題')
  const { station } = await world.openNew(world.kameido(), { disk })
  expect(station.engine.status).toEqual({ type: 'allSent' })
  expect(await held(disk, world.kameido())).toEqual(await world.pulled(world.kameido()))
})

async function forgetStarted(disk: IDBFactory, { uid }: Actor): Promise<void> {
  const db = new TabletDatabase(databaseName(uid), { autoOpen: true, indexedDB: disk, IDBKeyRange })
  await db.client.update('me', { started: false })
  db.close()
}
