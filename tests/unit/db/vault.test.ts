/** [S26] What the tablet keeps of its people: PINs, leases, and their going. */
import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lookAtLease, renewLease } from '../../../src/db/leases.ts'
import { listPeople } from '../../../src/db/people.ts'
import { checkPin, pinStanding, setPin } from '../../../src/db/pins.ts'
import { databaseName } from '../../../src/db/schema.ts'
import { openTablet } from '../../../src/db/tablet.ts'
import { type Vault, VaultDatabase, openVault } from '../../../src/db/vault.ts'
import { beginWipe, finishWipes } from '../../../src/db/wiping.ts'
import { asUid, asUnitId } from '../../../src/domain/ids.ts'
import { LEASE_MS, isLeaseSpent } from '../../../src/domain/lease.ts'
import { turnsText } from '../../../src/text/people.ts'
import { loadDatabase } from '../../support/rawDatabase.ts'
import { draftValues, intention, newId } from '../../support/world.ts'

const START_MS = Date.UTC(2026, 10, 20)

let vault: Vault
beforeEach(() => {
  vault = openVault(new VaultDatabase())
})
afterEach(async () => {
  vault.db.close()
  for (const { name } of await indexedDB.databases()) await Dexie.delete(name ?? '')
})

async function keepPerson(uid: string): Promise<void> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const profile = {
    uid: asUid(uid),
    name: `${uid}さん`,
    unit: asUnitId('kameido'),
    roles: ['staff'] as const,
  }
  const session = { uid, profile, deviceId: `dev-${uid}`, refreshToken: 'token', account: `hash-${uid}` }
  await vault.db.sessions.put({ ...session, keys })
}

async function saveDraft(uid: string): Promise<void> {
  const tablet = await openTablet({
    actor: { uid: asUid(uid), unit: asUnitId('kameido'), roles: ['staff'] },
    hash: (text) => Promise.resolve(String(text.length)),
    newId,
    now: () => new Date(START_MS).toISOString(),
    nowMs: () => START_MS,
  })
  const set = draftValues('kameido', '下書き')
  await tablet.outbox.save(intention('initiative', 'create', { id: newId(), set }))
  tablet.close()
}

test('[S26] the right PIN opens, and takes the count of wrong ones back', async () => {
  await setPin(vault.db, 'one', '482917')
  expect(await checkPin(vault.db, 'one', '482918')).toEqual({ type: 'wrongPin', left: 9 })
  expect(await checkPin(vault.db, 'one', '482917')).toBeUndefined()
  expect(await checkPin(vault.db, 'one', '482918')).toEqual({ type: 'wrongPin', left: 9 })
  expect(await checkPin(vault.db, 'two', '482917')).toEqual({ type: 'noPin' })
})

test('[S26] ten wrong PINs lock, also from many tabs at once and over a restart; the password unlocks', async () => {
  await setPin(vault.db, 'one', '482917')
  const tabs = [vault.db, new VaultDatabase(), new VaultDatabase()]
  const guesses = Array.from({ length: 24 }, (_, n) => String(200_000 + n))
  const answers = await Promise.all(
    guesses.map((guess, index) => checkPin(tabs[index % tabs.length] ?? vault.db, 'one', guess)),
  )
  expect(answers.filter((answer) => answer?.type === 'wrongPin')).toHaveLength(9)
  tabs.forEach((tab) => tab.close())
  vault = openVault(new VaultDatabase())
  expect(await pinStanding(vault.db, 'one')).toBe('locked')
  expect(await checkPin(vault.db, 'one', '482917')).toEqual({ type: 'locked' })
  await vault.admit('one')
  expect(await checkPin(vault.db, 'one', '482917')).toBeUndefined()
})

test('[S26] what is kept of a PIN is salted, slow to try, and not the PIN', async () => {
  await setPin(vault.db, 'one', '482917')
  await setPin(vault.db, 'two', '482917')
  const [one, two] = await vault.db.pins.toArray()
  expect(one?.iterations).toBeGreaterThanOrEqual(600_000)
  expect(one?.digest).not.toEqual(two?.digest)
  expect(one?.salt).not.toEqual(two?.salt)
})

test('[S26] the lease is spent thirty days after the server was last met, and begins anew when it is met', async () => {
  await lookAtLease(vault.db, 'one', START_MS)
  await renewLease(vault.db, 'one', { metAtMs: START_MS + 5, nowMs: START_MS })
  expect(isLeaseSpent(await lookAtLease(vault.db, 'one', START_MS + LEASE_MS))).toBe(false)
  expect(isLeaseSpent(await lookAtLease(vault.db, 'one', START_MS + LEASE_MS + 90_000))).toBe(true)
  expect(isLeaseSpent(await lookAtLease(vault.db, 'one', START_MS))).toBe(true)
  await renewLease(vault.db, 'one', { metAtMs: START_MS + 5, nowMs: START_MS })
  expect(await lookAtLease(vault.db, 'one', START_MS)).toMatchObject({ metAtMs: START_MS + 5, spentMs: 0 })
})

test('[S26] meetings within a minute are written once', async () => {
  await renewLease(vault.db, 'one', { metAtMs: START_MS, nowMs: START_MS })
  await renewLease(vault.db, 'one', { metAtMs: START_MS + 59_000, nowMs: START_MS + 59_000 })
  expect((await vault.db.leases.get('one'))?.metAtMs).toBe(START_MS)
  await renewLease(vault.db, 'one', { metAtMs: START_MS + 61_000, nowMs: START_MS + 61_000 })
  expect((await vault.db.leases.get('one'))?.metAtMs).toBe(START_MS + 61_000)
})

test('[S26] the people of the tablet are listed with what is unsent of each, last used first', async () => {
  await keepPerson('one')
  await keepPerson('two')
  await keepPerson('gone')
  await vault.end('gone')
  await saveDraft('two')
  await setPin(vault.db, 'two', '482917')
  await lookAtLease(vault.db, 'one', START_MS)
  await lookAtLease(vault.db, 'two', START_MS + 1)
  expect(await listPeople(vault.db)).toMatchObject([
    { uid: 'two', name: 'twoさん', unsentCount: 1, pin: 'set', usedAtMs: START_MS + 1 },
    { uid: 'one', unsentCount: 0, pin: 'none' },
  ])
  // Looking has made no database where there was none.
  expect(await Dexie.exists(databaseName('one'))).toBe(false)
})

test('[S26] a person whose database does not open is listed all the same, and so are the others', async () => {
  await keepPerson('one')
  await setPin(vault.db, 'one', '482917')
  await keepPerson('two')
  await saveDraft('two')
  const stores = [{ name: 'outbox', keyPath: 'other', autoIncrement: false, indexes: [], rows: [] }]
  await loadDatabase(indexedDB, { name: databaseName('one'), version: 10, stores })
  await lookAtLease(vault.db, 'one', START_MS)
  expect(await listPeople(vault.db)).toMatchObject([
    { uid: 'one', name: 'oneさん', unsentCount: null, pin: 'set', usedAtMs: START_MS },
    { uid: 'two', name: 'twoさん', unsentCount: 1 },
  ])
  // Nobody may take what is not known for nothing.
  expect(turnsText.unsent(null)).toBe('未送信 件数不明')
})

test('[S26] a token that was renewed after its session ended is not kept', async () => {
  await keepPerson('one')
  await vault.renew('one', { refreshToken: 'next' })
  expect((await vault.byUid('one'))?.refreshToken).toBe('next')
  await vault.end('one')
  await vault.renew('one', { refreshToken: 'late' })
  expect((await vault.byUid('one'))?.refreshToken).toBe('')
  await beginWipe(vault.db, 'one')
  await vault.renew('one', { refreshToken: 'later' })
  expect(await vault.byUid('one')).toBeUndefined()
})

test('who is signed in is known as their session knows them, until it ends', async () => {
  await keepPerson('one')
  await keepPerson('two')
  await vault.setCurrent('one')
  expect((await vault.current())?.name).toBe('oneさん')
  const moved = { uid: asUid('one'), name: '改めました', unit: asUnitId('somu'), roles: ['lead'] as const }
  await vault.renew('one', { profile: moved })
  expect(await vault.current()).toEqual(moved)
  await vault.renew('two', { profile: { ...moved, uid: asUid('two') } })
  expect(await vault.current()).toEqual(moved)
  await vault.admit('two')
  expect((await vault.current())?.uid).toBe('two')
  await vault.end('two')
  expect(await vault.current()).toBeUndefined()
})

const acts = (done: string[]) => ({
  forget: async (uid: string) => void done.push(`forget ${uid}`),
  clearTablet: async () => void done.push('clear'),
})

test('[S26] a wipe takes the person and leaves the others; the last one takes the app along', async () => {
  await keepPerson('one')
  await keepPerson('two')
  for (const uid of ['one', 'two']) await saveDraft(uid)
  await setPin(vault.db, 'one', '482917')
  await vault.setCurrent('one')
  const done: string[] = []
  await beginWipe(vault.db, 'one')
  await finishWipes(vault.db, acts(done))
  expect(done).toEqual(['forget one'])
  expect(await vault.current()).toBeUndefined()
  expect((await listPeople(vault.db)).map(({ uid, unsentCount }) => [uid, unsentCount])).toEqual([['two', 1]])
  expect(await vault.db.pins.count()).toBe(0)
  expect(await Dexie.exists(databaseName('one'))).toBe(false)
  await beginWipe(vault.db, 'two')
  await finishWipes(vault.db, acts(done))
  expect(done).toEqual(['forget one', 'forget two', 'clear'])
  expect(await indexedDB.databases()).toEqual([])
})

test('[S26] two people who end at once in two tabs leave nothing behind', async () => {
  for (const uid of ['one', 'two']) {
    await keepPerson(uid)
    await saveDraft(uid)
  }
  await beginWipe(vault.db, 'one')
  const tab = new VaultDatabase()
  const done: string[] = []
  const meanwhile = {
    ...acts(done),
    async forget(uid: string) {
      done.push(`forget ${uid}`)
      if (uid === 'one') await beginWipe(tab, 'two')
    },
  }
  await finishWipes(vault.db, meanwhile)
  await finishWipes(tab, acts([]))
  expect(done).toContain('forget two')
  expect(await indexedDB.databases()).toEqual([])
})

test.each(['clearTablet', 'delete'] as const)(
  '[S26] a wipe cut short at %s goes on where it was',
  async (at) => {
    await keepPerson('one')
    await saveDraft('one')
    await beginWipe(vault.db, 'one')
    const cut = () => Promise.reject(new Error('cut'))
    if (at === 'delete')
      vi.spyOn(vault.db, 'delete').mockImplementation(() => Dexie.Promise.reject(new Error('cut')))
    await expect(
      finishWipes(vault.db, { ...acts([]), ...(at === 'clearTablet' && { clearTablet: cut }) }),
    ).rejects.toThrow('cut')
    const done: string[] = []
    vault = openVault(new VaultDatabase())
    await finishWipes(vault.db, acts(done))
    expect(done).toContain('clear')
    expect(await indexedDB.databases()).toEqual([])
  },
)

test('[S26] who signed in again before the wipe was finished keeps the new session', async () => {
  await keepPerson('one')
  await saveDraft('one')
  await beginWipe(vault.db, 'one')
  await keepPerson('one')
  const done: string[] = []
  await finishWipes(vault.db, acts(done))
  expect(done).toEqual([])
  expect((await vault.byUid('one'))?.refreshToken).toBe('token')
  expect(await Dexie.exists(databaseName('one'))).toBe(false)
  expect(await vault.db.wipes.count()).toBe(0)
})

test('[S25][S26] a vault of the first release opens with its people', async () => {
  const old = new Dexie('kaizencho-device')
  old.version(1).stores({ sessions: 'uid, account', current: 'key' })
  const profile = { uid: 'one', name: '一', unit: 'kameido', roles: ['staff'] }
  await old.table('sessions').put({ uid: 'one', profile, deviceId: 'd', keys: {}, refreshToken: 'token' })
  await old.table('current').put({ key: 'me', uid: 'one' })
  old.close()
  expect((await vault.current())?.name).toBe('一')
  expect(await listPeople(vault.db)).toMatchObject([{ name: '一', pin: 'none', usedAtMs: null }])
})
