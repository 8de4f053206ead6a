/** A person's place that does not open leaves nothing of itself behind in the page. */
import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TabletDatabase, databaseName } from '../../src/db/schema.ts'
import { type Vault, VaultDatabase, openVault } from '../../src/db/vault.ts'
import { asUid, asUnitId } from '../../src/domain/ids.ts'
import { lazyAuth } from '../../src/identity.ts'
import { openWorkplace } from '../../src/workplace.ts'
import { loadDatabase } from '../support/rawDatabase.ts'

const profile = { uid: asUid('one'), name: '一', unit: asUnitId('kameido'), roles: ['staff'] as const }

const openChannels = new Set<FakeChannel>()
class FakeChannel extends EventTarget {
  constructor() {
    super()
    openChannels.add(this)
  }

  postMessage(): void {
    if (!openChannels.has(this)) throw new DOMException('Closed.', 'InvalidStateError')
  }

  close(): void {
    openChannels.delete(this)
  }
}

let vault: Vault
const page = new EventTarget()
beforeEach(() => {
  vault = openVault(new VaultDatabase())
  vi.stubGlobal('window', page)
  vi.stubGlobal('document', page)
  vi.stubGlobal('BroadcastChannel', FakeChannel)
})
afterEach(async () => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vault.db.close()
  for (const { name } of await indexedDB.databases()) await Dexie.delete(name ?? '')
})

const open = () =>
  openWorkplace({ auth: lazyAuth(vault), vault, finishWipes: () => Promise.resolve() }, profile)

test('a database that does not open leaves no channel and no watch on the clock', async () => {
  const name = databaseName('one')
  const stores = [{ name: 'outbox', keyPath: 'other', autoIncrement: false, indexes: [], rows: [] }]
  await loadDatabase(indexedDB, { name, version: 10, stores })
  const clearWatch = vi.spyOn(globalThis, 'clearInterval')
  await expect(open()).rejects.toThrow()
  await vi.waitFor(() => expect(clearWatch).toHaveBeenCalled())
  expect(openChannels.size).toBe(0)
})

test('a lease that cannot be read leaves no channel and no open database', async () => {
  vi.spyOn(vault.db.leases, 'get').mockImplementation(() => Dexie.Promise.reject(new Error('unreadable')))
  const closed = vi.spyOn(TabletDatabase.prototype, 'closeForGood')
  await expect(open()).rejects.toThrow('unreadable')
  await vi.waitFor(() => expect(closed).toHaveBeenCalled())
  expect(openChannels.size).toBe(0)
})
