/** [S26] The lease of a person whose tablet meets the server. */
import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import { VaultDatabase } from '../../src/db/vault.ts'
import { asUid } from '../../src/domain/ids.ts'
import { LEASE_MS } from '../../src/domain/lease.ts'
import { watchLease } from '../../src/leaseWatch.ts'
import { limitQuota } from '../support/watchedIndexedDb.ts'

afterEach(() => vi.unstubAllGlobals())

test('[S26] a meeting that could not be written does not keep the next one from renewing the lease', async () => {
  vi.stubGlobal('document', new EventTarget())
  const db = new VaultDatabase()
  const now = Date.now()
  const spentMs = LEASE_MS - 1000
  await db.leases.put({ uid: 'one', metAtMs: now - spentMs, seenAtMs: now, spentMs })
  const watch = await watchLease(db, asUid('one'))
  const spent = vi.fn()
  watch.listen((lease) => spent(lease.spentMs))
  let isFull = true
  let refused = 0
  const lift = limitQuota(() => {
    refused += Number(isFull)
    return isFull
  })
  const meet = (): void => watch.met(new Date(now).toISOString())
  meet()
  await vi.waitFor(() => expect(refused).toBe(1))
  isFull = false
  await vi.waitFor(() => {
    meet()
    expect(spent).toHaveBeenLastCalledWith(0)
  })
  expect((await db.leases.get('one'))?.spentMs).toBe(0)
  lift()
  watch.stop()
  await db.delete()
})
