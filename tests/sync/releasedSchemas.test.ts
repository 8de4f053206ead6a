/**
 * [S25] A tablet that was last used under an older release opens, and brings everything it holds to today's server.
 * How to keep the schema of a release: tests/fixtures/README.md.
 */
import { everyRow } from '../support/heldRows.ts'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import * as v from 'valibot'
import { afterEach, describe, expect, test } from 'vitest'
import { push } from '../../functions/src/handlers/push.ts'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { mutationSchema } from '../../src/domain/mutation.ts'
import { type RawDatabase, loadDatabase } from '../support/rawDatabase.ts'
import { OWNER, fixtureVersions, readFixture, worldOf, writeFixture } from '../support/schemaFixture.ts'
import { dumpStore } from '../support/storeFile.ts'
import { inconsistencies } from '../support/storeConsistency.ts'
import { openStation } from '../support/world.ts'

const storedEntrySchema = v.object({
  state: v.string(),
  hash: v.string(),
  mid: v.number(),
  mutation: mutationSchema,
})
const entrySchema = v.union([
  storedEntrySchema,
  v.pipe(
    v.object({ entry: storedEntrySchema }),
    v.transform(({ entry }) => entry),
  ),
])

/** Every mutation the fixture's tablet holds: waiting, settled, parked or kept for a restored server. */
function entriesOf(tablet: RawDatabase): v.InferOutput<typeof storedEntrySchema>[] {
  const rows = tablet.stores
    .filter(({ name }) => name === 'outbox' || name === 'acked')
    .flatMap((store) => store.rows)
  return rows.map((row) => v.parse(entrySchema, row))
}

async function currentVersion(): Promise<number> {
  const db = new TabletDatabase('any', { indexedDB: new IDBFactory(), IDBKeyRange })
  await db.open()
  const version = db.verno
  db.close()
  return version
}

if (process.env['WRITE_SCHEMA_FIXTURE'] === '1') await writeFixture(await currentVersion())

test('[S25] a fixture of every former schema is kept', async () => {
  const former = Array.from({ length: (await currentVersion()) - 1 }, (_, index) => index + 1)
  expect(fixtureVersions(), 'see tests/fixtures/README.md').toEqual(expect.arrayContaining(former))
})

describe.each(fixtureVersions())('a tablet of schema %i', (version) => {
  const fixture = readFixture(version)
  const entries = entriesOf(fixture.tablet)
  const done: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of done.splice(0)) await close()
  })

  async function openWorld() {
    const world = await worldOf(fixture)
    done.push(world.close)
    return world
  }
  async function openTablet() {
    const world = await openWorld()
    const idb = new IDBFactory()
    await loadDatabase(idb, fixture.tablet)
    return { world, idb, station: await openStation(world, OWNER, idb) }
  }

  test('the fixture holds every state a mutation can be in, and a form', () => {
    expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['queued', 'settled', 'parked']))
    for (const { name, rows } of fixture.tablet.stores) expect(rows, name).not.toEqual([])
  })

  test('[S25] opens, and everything it holds is on the server, once', async () => {
    const { world, station } = await openTablet()
    const server = dumpStore(world.path)
    for (const { mid, hash } of entries) {
      const receipts = Object.values(server['receipts'] ?? {}).filter((receipt) => receipt.includes(hash))
      expect(receipts, `mutation ${mid}`).toHaveLength(1)
    }
    const kept = JSON.stringify([server['records'], server['history'], server['parked']])
    for (const { mutation } of entries)
      for (const { to } of Object.values(mutation.set))
        expect(kept).toContain(JSON.stringify(JSON.stringify(to)).slice(1, -1))
    expect(await station.tablet.outbox.queuedCount()).toBe(0)
    expect(station.engine.status).toEqual({ type: 'allSent' })
    expect((await station.tablet.outbox.unsettled()).map(({ state }) => state)).toEqual(['parked'])
    expect(inconsistencies(world.path)).toEqual([])
    station.tablet.close()
  })

  test('[S25] shows what it showed, and its kept forms', async () => {
    const { idb, station } = await openTablet()
    const index = await station.tablet.records.all()
    const db = new TabletDatabase(databaseName(OWNER.uid), { indexedDB: idb, IDBKeyRange })
    await db.open()
    const ids = new Set(
      [...(await everyRow(db)), ...(await db.outbox.toArray()).map(({ recordId }) => ({ id: recordId }))].map(
        ({ id }) => id,
      ),
    )
    db.close()
    for (const id of ids) {
      const shown = await station.tablet.records.read(id)
      const listed = index.find((entry) => entry.id === id)
      expect(listed?.stage).toBe(shown?.record.removed === true ? undefined : shown?.record.stage)
    }
    const forms = await station.tablet.forms.list()
    expect(forms).toEqual(['log:new:later'])
    expect(await station.tablet.forms.load('log:new:later')).toMatchObject({ draft: { title: '書きかけ' } })
    station.tablet.close()
  })

  test('[S10][S25] what it sent is understood, and has the hash it settles on', async () => {
    const world = await openWorld()
    const caller = { uid: OWNER.uid, deviceId: asDeviceId(`dev-${OWNER.uid}`) }
    const answer = await push(world.deps, caller, fixture.push)
    if (!answer.ok || answer.value.type !== 'receipts') throw new Error(JSON.stringify(answer))
    const queued = entries.filter(({ state }) => state === 'queued')
    expect(answer.value.receipts.map(({ hash }) => hash)).toEqual(queued.map(({ hash }) => hash))
    expect(answer.value.receipts.filter(({ outcome }) => outcome === 'parked')).toEqual([])
  })
})
